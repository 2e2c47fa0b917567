"""conv, conv_transpose, linear, unfold and fold: everything that sums products."""

import numpy as np
import torch
import torch.nn.functional as F

from . import operations, precision, windows, wire

CONVOLVE = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
TRANSPOSE = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}

# The kernels that a conv2d can name; the interface lists them at GET /v1/kernels.
NAMED_KERNELS = {
    "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "box3": [[1 / 9] * 3] * 3,
    "gaussian3": [[v / 16 for v in row] for row in ([1, 2, 1], [2, 4, 2], [1, 2, 1])],
    "gaussian5": [[a * b / 256 for b in (1, 4, 6, 4, 1)] for a in (1, 4, 6, 4, 1)],
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "sobel_x": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "sobel_y": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "scharr_x": [[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]],
    "scharr_y": [[-3, -10, -3], [0, 0, 0], [3, 10, 3]],
    "prewitt_x": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
    "prewitt_y": [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
    "laplacian": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
    "edge": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
}


def finite_magnitude(array):
    return np.abs(np.where(np.isfinite(array), array, 0))


def batched(array, rank):
    """[N, C, extents…] of an input of rank, rank + 1 or rank + 2 axes."""
    return array.reshape((1,) * (rank + 2 - array.ndim) + array.shape)


def unbatched(array, input_axes, rank):
    """The answer has the input's rank; [extents…] in and several channels out give [C, extents…]."""
    if input_axes == rank + 2:
        return array
    if input_axes == rank and array.shape[1] == 1:
        return array[0, 0]
    return array[0]


def parameter_tensor(parameters, key):
    value = parameters.get(key)
    return None if value is None else wire.decode(value).astype(np.float64)


def weight_of(parameters, rank, channels):
    """The weight with all its axes, and the groups."""
    groups = parameters.get("groups", 1)
    if "kernel" in parameters:
        kernel = np.float32(NAMED_KERNELS[parameters["kernel"]]).astype(np.float64)
        return np.broadcast_to(kernel, (channels, 1, *kernel.shape)).copy(), channels
    weight = parameter_tensor(parameters, "weight")
    return (weight[None, None] if weight.ndim == rank else weight), groups


def convolution(rank):
    def compute(parameters, array):
        x = batched(array, rank)
        weight, groups = weight_of(parameters, rank, x.shape[1])
        bias = parameter_tensor(parameters, "bias")
        kernel = list(weight.shape[2:])
        stride = windows.per_axis(parameters.get("stride", 1), rank)
        dilation = windows.per_axis(parameters.get("dilation", 1), rank)
        pads = windows.resolve_padding(parameters.get("padding", 0), x.shape[2:], kernel, stride, dilation)
        mode = {"zeros": "constant"}.get(name := parameters.get("padding_mode", "zeros"), name)

        def run(x, weight, bias):
            if x.shape[0] == 0:
                extents = windows.output_extents(x.shape[2:], pads, kernel, stride, dilation)
                return np.zeros((0, weight.shape[0], *extents))
            padded = F.pad(torch.from_numpy(x), windows.torch_pads(pads), mode=mode)
            bias = None if bias is None else torch.from_numpy(bias)
            return CONVOLVE[rank](padded, torch.from_numpy(weight), bias, stride, 0, dilation, groups).numpy()

        output = run(x, weight, bias)
        magnitude = run(finite_magnitude(x), finite_magnitude(weight), None if bias is None else np.abs(bias))
        bound = precision.sum_bound(magnitude, weight[0].size + 1)
        if rank == 2 and max(kernel) > 2 and parameters.get("algorithm", "auto") != "direct" and x.size:
            sums = finite_magnitude(weight).reshape(weight.shape[0], -1).sum(1)
            bound = np.maximum(bound, 2e-6 * sums[None, :, None, None] * finite_magnitude(x).max())
        return operations.Answer(unbatched(output, array.ndim, rank), unbatched(bound, array.ndim, rank))

    return compute


def transposed_convolution(rank):
    def compute(parameters, array):
        x = batched(array, rank)
        weight, groups = weight_of(parameters, rank, x.shape[1])
        bias = parameter_tensor(parameters, "bias")
        kernel = list(weight.shape[2:])
        stride = windows.per_axis(parameters.get("stride", 1), rank)
        dilation = windows.per_axis(parameters.get("dilation", 1), rank)
        # Cells that the kernels touch, before padding cuts and output_padding adds.
        touched = [(i - 1) * s + r for i, s, r in zip(x.shape[2:], stride, windows.reach(kernel, dilation))]
        padding = parameters.get("padding", 0)
        if padding in ("same", "same_lower"):
            pads, added = [], [0] * rank
            for extent, step, cells in zip(x.shape[2:], stride, touched):
                total = cells - extent * step
                less, more = total // 2, total - total // 2
                pads.append([less, more] if padding == "same" else [more, less])
        else:
            pads = windows.resolve_padding(padding, x.shape[2:], kernel, stride, dilation)
            added = windows.per_axis(parameters.get("output_padding", 0), rank)
            if parameters.get("output_size") is not None:
                wanted = windows.per_axis(parameters["output_size"], rank)
                added = [w - (t - b - e) for w, t, (b, e) in zip(wanted, touched, pads)]
        extents = [t - b - e + a for t, (b, e), a in zip(touched, pads, added)]

        def run(x, weight, bias):
            channels = weight.shape[1] * groups
            if x.shape[0] == 0:
                return np.zeros((0, channels, *extents))
            whole = TRANSPOSE[rank](
                torch.from_numpy(x), torch.from_numpy(weight), None, stride, 0, 0, groups, dilation
            ).numpy()
            grow = [(0, max(a - e, 0)) for (_, e), a in zip(pads, added)]
            whole = np.pad(whole, [(0, 0), (0, 0), *grow])
            cut = tuple(slice(b, b + extent) for (b, _), extent in zip(pads, extents))
            part = whole[(slice(None), slice(None), *cut)]
            return part if bias is None else part + bias.reshape(1, -1, *([1] * rank))

        output = run(x, weight, bias)
        magnitude = run(finite_magnitude(x), finite_magnitude(weight), None if bias is None else np.abs(bias))
        depth = x.shape[1] // groups * int(np.prod(kernel)) + 1
        bound = precision.sum_bound(magnitude, depth)
        return operations.Answer(unbatched(output, array.ndim, rank), unbatched(bound, array.ndim, rank))

    return compute


def linear(parameters, x):
    weight = parameter_tensor(parameters, "weight")
    bias = parameter_tensor(parameters, "bias")
    shift = 0 if bias is None else bias
    magnitude = finite_magnitude(x) @ np.abs(weight).T + np.abs(shift)
    output = F.linear(*(None if a is None else torch.from_numpy(a) for a in (x, weight, bias))).numpy()
    return operations.Answer(output, precision.sum_bound(magnitude, weight.shape[1] + 1))


def unfold(parameters, array):
    kernel, stride, dilation, pads = block_walk(parameters, array.shape[-2:])
    x = F.pad(torch.from_numpy(batched(array, 2)), windows.torch_pads(pads))
    output = F.unfold(x, kernel, dilation, 0, stride).numpy()
    return operations.Answer(output if array.ndim == 4 else output[0], None)


def fold(parameters, array):
    size = windows.per_axis(parameters["output_size"], 2)
    kernel, stride, dilation, pads = block_walk(parameters, size)
    padded = [extent + b + e for extent, (b, e) in zip(size, pads)]
    x = array if array.ndim == 3 else array[None]

    def run(x):
        whole = F.fold(torch.from_numpy(x), padded, kernel, dilation, 0, stride).numpy()
        return whole[..., pads[0][0] : pads[0][0] + size[0], pads[1][0] : pads[1][0] + size[1]]

    output, magnitude = run(x), run(finite_magnitude(x))
    bound = precision.sum_bound(magnitude, int(np.prod(kernel)))
    return operations.Answer(*((output, bound) if array.ndim == 3 else (output[0], bound[0])))


def block_walk(parameters, extents):
    kernel = windows.per_axis(parameters["kernel_size"], 2)
    stride = windows.per_axis(parameters.get("stride", 1), 2)
    dilation = windows.per_axis(parameters.get("dilation", 1), 2)
    return kernel, stride, dilation, windows.resolve_padding(
        parameters.get("padding", 0), extents, kernel, stride, dilation
    )


OPERATIONS = {
    **{f"conv{rank}d": convolution(rank) for rank in (1, 2, 3)},
    **{f"conv_transpose{rank}d": transposed_convolution(rank) for rank in (1, 2, 3)},
    "linear": linear,
    "unfold": unfold,
    "fold": fold,
}
