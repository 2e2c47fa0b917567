"""Pools, adaptive pools and unpooling.

The interface's pools take more than PyTorch's (pairs of padding, up to the effective kernel; dilation everywhere), so
they are composed window by window; wherever PyTorch defines the case, its own function must give the same numbers.
"""

import numpy as np
import torch
import torch.nn.functional as F

from . import operations, precision, windows
from .convolution import batched, finite_magnitude, unbatched
from .wire import decode

MAX = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
AVERAGE = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}
ADAPTIVE_MAX = {1: F.adaptive_max_pool1d, 2: F.adaptive_max_pool2d, 3: F.adaptive_max_pool3d}
ADAPTIVE_AVERAGE = {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d}
UNPOOL = {1: F.max_unpool1d, 2: F.max_unpool2d, 3: F.max_unpool3d}


class Walk:
    """One pool's windows over an input."""

    def __init__(self, parameters, x, rank):
        self.rank = rank
        self.extents = list(x.shape[2:])
        self.kernel = windows.per_axis(parameters["kernel_size"], rank)
        stride = parameters.get("stride")
        self.stride = self.kernel if stride is None else windows.per_axis(stride, rank)
        self.dilation = windows.per_axis(parameters.get("dilation", 1), rank)
        self.pads = windows.resolve_padding(
            parameters.get("padding", 0), self.extents, self.kernel, self.stride, self.dilation
        )
        self.ceil = parameters.get("ceil_mode", False)
        self.outputs = windows.output_extents(
            self.extents, self.pads, self.kernel, self.stride, self.dilation, self.ceil
        )
        self.where = windows.positions(
            self.extents, self.outputs, self.pads, self.kernel, self.stride, self.dilation
        )

    @property
    def is_pytorchs(self):
        """Whether PyTorch's pools define it: even padding of at most half the kernel, a kernel that fits."""
        fits = all(
            e + b + a >= r
            for e, (b, a), r in zip(self.extents, self.pads, windows.reach(self.kernel, self.dilation))
        )
        return fits and all(b == e and 2 * b <= k for (b, e), k in zip(self.pads, self.kernel))

    @property
    def symmetric(self):
        return [begin for begin, _ in self.pads]

    def taps(self, x, fill):
        """[N, C, outputs…, taps]"""
        return windows.gather(x, self.where, fill).reshape(*x.shape[:2], *self.outputs, -1)


def must_agree(composed, torchs):
    torchs = torchs.numpy()
    # PyTorch's 1-d and 3-d pools leave out an axis of their own accord in corners that are errors elsewhere.
    if not np.allclose(composed, torchs, rtol=1e-12, atol=1e-12, equal_nan=True):
        raise AssertionError("the composition and PyTorch disagree")


def max_pool(rank):
    def compute(parameters, array):
        x = batched(array, rank)
        walk = Walk(parameters, x, rank)
        if x.shape[0] == 0:
            empty = np.zeros((0, x.shape[1], *walk.outputs))
            wants = parameters.get("return_indices")
            return operations.Answer(empty, None, empty.astype(np.int64) if wants else None)
        taps = walk.taps(x, -np.inf)
        flat = np.arange(int(np.prod(walk.extents))).reshape(1, 1, *walk.extents)
        places = walk.taps(flat, -1)
        if (places < 0).all(-1).any():
            # Dilated taps can step over a tiny input; such a window has no largest element and no index.
            raise ValueError("a window without a cell of the input")
        # NaN wins; then the largest, first in row-major order; never a cell of the padding.
        rank_of = np.where(np.isnan(taps), np.inf, taps)
        nan_first = np.isnan(taps).any(-1)
        choice = np.where(
            nan_first,
            np.argmax(np.isnan(taps), -1),
            np.argmax(np.where(places >= 0, rank_of == rank_of.max(-1, keepdims=True), False), -1),
        )
        output = np.take_along_axis(taps, choice[..., None], -1)[..., 0]
        indices = np.take_along_axis(np.broadcast_to(places, taps.shape), choice[..., None], -1)[..., 0]
        if walk.is_pytorchs:
            torchs, torch_indices = MAX[rank](
                torch.from_numpy(x), walk.kernel, walk.stride, walk.symmetric, walk.dilation, walk.ceil, True
            )
            must_agree(output, torchs)
            # Which of several NaN in one window is named is the implementation's own affair.
            must_agree(np.where(np.isnan(taps).sum(-1) > 1, torch_indices.numpy(), indices), torch_indices)
        answer = operations.Answer(unbatched(output, array.ndim, rank), None)
        if parameters.get("return_indices"):
            answer.indices = unbatched(indices, array.ndim, rank)
        return answer

    return compute


def average_pool(rank):
    def compute(parameters, array):
        x = batched(array, rank)
        walk = Walk(parameters, x, rank)
        if x.shape[0] == 0:
            return operations.Answer(np.zeros((0, x.shape[1], *walk.outputs)), None)
        counts_padding = parameters.get("count_include_pad", True)
        override = parameters.get("divisor_override")
        # Taps before the end of input + padding, and taps inside the input, as products over the axes.
        cut = windows.outer_product(
            [(w < extent + end).sum(1) for w, extent, (_, end) in zip(walk.where, walk.extents, walk.pads)]
        )
        inside = windows.outer_product(
            [((w >= 0) & (w < extent)).sum(1) for w, extent in zip(walk.where, walk.extents)]
        )
        divisor = override if override is not None else (cut if counts_padding else inside)
        divisor = np.broadcast_to(np.asarray(divisor, np.float64), inside.shape)
        total = np.where(inside > 0, walk.taps(x, 0).sum(-1), 0)
        output = np.where(inside > 0, total / np.where(inside > 0, divisor, 1), 0)
        magnitude = walk.taps(finite_magnitude(x), 0).sum(-1) / np.abs(np.where(inside > 0, divisor, 1))
        if walk.is_pytorchs and set(walk.dilation) == {1} and (rank > 1 or override is None):
            more = () if rank == 1 else (override,)
            must_agree(
                output,
                AVERAGE[rank](
                    torch.from_numpy(x), walk.kernel, walk.stride, walk.symmetric, walk.ceil, counts_padding, *more
                ),
            )
        bound = precision.sum_bound(magnitude, int(np.prod(walk.kernel)))
        return operations.Answer(unbatched(output, array.ndim, rank), unbatched(bound, array.ndim, rank))

    return compute


def norm_pool(rank):
    """(Σ|x|^p)^(1/p) over the cells inside the input: ONNX's LpPool."""

    def compute(parameters, array):
        x = batched(array, rank)
        walk = Walk(parameters, x, rank)
        if x.shape[0] == 0:
            return operations.Answer(np.zeros((0, x.shape[1], *walk.outputs)), None)
        power = float(parameters.get("norm_type", 2))
        output = (np.abs(walk.taps(x, 0)) ** power).sum(-1) ** (1 / power)
        # The error of the sum is relative, the root divides it by p, and each power adds a few roundings of its own.
        bound = precision.sum_bound(np.where(np.isfinite(output), output, 0), int(np.prod(walk.kernel)) + 16 * power)
        return operations.Answer(unbatched(output, array.ndim, rank), unbatched(bound, array.ndim, rank))

    return compute


def adaptive_pool(rank, kind):
    def compute(parameters, array):
        x = batched(array, rank)
        wanted = windows.per_axis(parameters["output_size"], rank)
        sizes = [extent if size is None else size for extent, size in zip(x.shape[2:], wanted)]
        if kind == "max":
            output, indices = ADAPTIVE_MAX[rank](torch.from_numpy(x), sizes, return_indices=True)
            answer = operations.Answer(unbatched(output.numpy(), array.ndim, rank), None)
            if parameters.get("return_indices"):
                answer.indices = unbatched(indices.numpy(), array.ndim, rank)
            return answer
        output = ADAPTIVE_AVERAGE[rank](torch.from_numpy(x), sizes).numpy()
        magnitude = ADAPTIVE_AVERAGE[rank](torch.from_numpy(finite_magnitude(x)), sizes).numpy()
        bound = precision.sum_bound(magnitude, np.prod([-(-e // s) + 1 for e, s in zip(x.shape[2:], sizes)]))
        return operations.Answer(unbatched(output, array.ndim, rank), unbatched(bound, array.ndim, rank))

    return compute


def unpool(rank):
    def compute(parameters, array):
        x = batched(array, rank)
        indices = batched(decode(parameters["indices"], np.int64), rank)
        kernel = windows.per_axis(parameters["kernel_size"], rank)
        stride = parameters.get("stride")
        stride = kernel if stride is None else windows.per_axis(stride, rank)
        pads = windows.resolve_padding(parameters.get("padding", 0), x.shape[2:], kernel, stride, [1] * rank)
        default = [
            (extent - 1) * s - b - e + k for extent, s, (b, e), k in zip(x.shape[2:], stride, pads, kernel)
        ]
        size = parameters.get("output_size")
        size = default if size is None else windows.per_axis(size, rank)
        output = np.zeros((*x.shape[:2], int(np.prod(size))))
        np.put_along_axis(output, indices.reshape(*x.shape[:2], -1), x.reshape(*x.shape[:2], -1), -1)
        output = output.reshape(*x.shape[:2], *size)
        if all(b == e for b, e in pads):
            must_agree(
                output,
                UNPOOL[rank](
                    torch.from_numpy(x), torch.from_numpy(indices), kernel, stride, [b for b, _ in pads], size
                ),
            )
        return operations.Answer(unbatched(output, array.ndim, rank), None)

    return compute


OPERATIONS = {}
for _rank in (1, 2, 3):
    OPERATIONS |= {
        f"max_pool{_rank}d": max_pool(_rank),
        f"avg_pool{_rank}d": average_pool(_rank),
        f"lp_pool{_rank}d": norm_pool(_rank),
        f"adaptive_max_pool{_rank}d": adaptive_pool(_rank, "max"),
        f"adaptive_avg_pool{_rank}d": adaptive_pool(_rank, "average"),
        f"max_unpool{_rank}d": unpool(_rank),
    }
