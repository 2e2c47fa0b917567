"""Random requests for every operation: sizes around the tiles, every parameter, every form of tensor."""

import numpy as np
import oracle
from oracle import windows, wire

EXTENTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 15, 16, 17, 23, 31, 32, 33, 47, 49]
CHANNELS = [1, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 24, 33]
# Keeps one request at a fraction of a second for the oracle.
LARGEST_TENSOR = 60_000
LARGEST_COST = 30_000_000


class Impossible(Exception):
    """The parameters do not fit each other; another draw will."""


class Draw:
    def __init__(self, random):
        self.random = random

    def one(self, values):
        return values[int(self.random.integers(len(values)))]

    def chance(self, share):
        return self.random.random() < share

    def numbers(self, *shape, low=-2.0, high=2.0):
        if int(np.prod(shape)) > LARGEST_TENSOR:
            raise Impossible
        return self.random.uniform(low, high, shape).astype(np.float32)

    def extents(self, rank):
        return [self.one(EXTENTS if rank < 3 else EXTENTS[:10]) for _ in range(rank)]

    def tensor(self, array):
        return wire.encode(array, self.one(["nested", "flat", "base64"]))

    def spatial(self, rank, values):
        """An integer, or one for each axis; and the same as a list."""
        if self.chance(0.6):
            value = self.one(values)
            return value, [value] * rank
        each = [self.one(values) for _ in range(rank)]
        return each, each

    def padding(self, rank, limits):
        """`limits`: the most cells that each end of each axis may have."""
        kind = self.one(["none", "even", "each", "pairs", "valid", "same", "same_lower"])
        draw = lambda axis: int(self.random.integers(max(limits[axis], 0) + 1))
        if kind == "none":
            return None
        if kind == "even":
            return int(self.random.integers(max(min(limits), 0) + 1))
        if kind == "each":
            return [draw(axis) for axis in range(rank)]
        if kind == "pairs":
            return [[draw(axis), draw(axis)] for axis in range(rank)]
        return kind

    def input(self, rank, channels, extents):
        """Batched, unbatched, or spatial axes only when there is one channel."""
        shape = [*extents]
        if not (channels == 1 and self.chance(0.2)):
            shape = [channels, *shape]
            if self.chance(0.75):
                shape = [self.one([1, 1, 2, 3]), *shape]
        array = self.numbers(*shape)
        if self.chance(0.04):
            flat = array.reshape(-1)
            flat[self.random.integers(flat.size)] = self.one([np.nan, np.inf, -np.inf])
        return array


def convolution(d, rank):
    groups = d.one([1, 1, 1, 2, 3, 4, 8])
    per_group, outputs = d.one(CHANNELS), d.one(CHANNELS)
    if d.chance(0.2):
        groups, per_group, outputs = d.one([2, 3, 8, 16, 17]), 1, d.one([1, 1, 2])
    inputs, outputs = per_group * groups, outputs * groups
    extents = d.extents(rank)
    kernel = [d.one([1, 2, 3, 3, 3, 4, 5, 7] if rank < 3 else [1, 2, 3]) for _ in range(rank)]
    if d.chance(0.5):
        kernel = [kernel[0]] * rank
    stride, _ = d.spatial(rank, [1, 1, 1, 2, 2, 3, 4])
    dilation, _ = d.spatial(rank, [1, 1, 1, 1, 2, 3])
    mode = d.one(["zeros", "zeros", "zeros", "reflect", "replicate", "circular"])
    limits = [{"reflect": e - 1, "circular": e}.get(mode, 4) for e in extents]
    padding = d.padding(rank, [min(limit, 4) for limit in limits])
    if mode in ("reflect", "circular") and padding in ("same", "same_lower"):
        padding = "valid"
    parameters = {"weight": d.numbers(outputs, per_group, *kernel), "stride": stride, "dilation": dilation,
                  "padding": padding, "groups": groups if groups > 1 else None,
                  "padding_mode": mode if mode != "zeros" or d.chance(0.2) else None,
                  "bias": d.numbers(outputs) if d.chance(0.5) else None,
                  "algorithm": d.one([None, None, "auto", "direct"])}
    return d.input(rank, inputs, extents), parameters


def transposed(d, rank):
    groups = d.one([1, 1, 2, 3])
    inputs, per_group = d.one(CHANNELS[:8]) * groups, d.one(CHANNELS[:8])
    extents = [min(extent, 17) for extent in d.extents(rank)]
    kernel = [d.one([1, 2, 3, 4, 5] if rank < 3 else [1, 2, 3]) for _ in range(rank)]
    stride, strides = d.spatial(rank, [1, 2, 2, 3])
    dilation, dilations = d.spatial(rank, [1, 1, 2])
    padding = d.padding(rank, [min(2, windows.reach([k], [g])[0] - 1) for k, g in zip(kernel, dilations)])
    parameters = {"weight": d.numbers(inputs, per_group, *kernel), "stride": stride, "dilation": dilation,
                  "padding": padding, "groups": groups if groups > 1 else None,
                  "bias": d.numbers(per_group * groups) if d.chance(0.5) else None}
    reaches = windows.reach(kernel, dilations)
    if padding in ("same", "same_lower"):
        if any(r < s for r, s in zip(reaches, strides)):
            raise Impossible
    else:
        added = [int(d.random.integers(s)) for s in strides]
        pads = windows.resolve_padding(padding or 0, extents, kernel, strides, dilations)
        least = [(e - 1) * s + r - b - a for e, s, r, (b, a) in zip(extents, strides, reaches, pads)]
        if min(least) < 1:
            raise Impossible
        if d.chance(0.3):
            parameters["output_padding"] = added
        elif d.chance(0.3):
            parameters["output_size"] = [low + extra for low, extra in zip(least, added)]
    return d.input(rank, inputs, extents), parameters


def pool(d, rank, kind):
    extents = d.extents(rank)
    kernel, kernels = d.spatial(rank, [1, 2, 2, 3, 3, 4, 5] if rank < 3 else [1, 2, 3])
    dilation, dilations = d.spatial(rank, [1, 1, 1, 2, 3])
    parameters = {"kernel_size": kernel, "dilation": dilation if dilation != 1 else None,
                  "padding": d.padding(rank, [r - 1 for r in windows.reach(kernels, dilations)]),
                  "stride": d.spatial(rank, [1, 1, 2, 2, 3, 5])[0] if d.chance(0.7) else None,
                  "ceil_mode": d.one([None, True, False])}
    if kind == "max":
        parameters["return_indices"] = d.one([None, True])
    elif kind == "avg":
        parameters["count_include_pad"] = d.one([None, True, False])
        parameters["divisor_override"] = d.one([None, None, None, 1, 5, -3])
    else:
        parameters["norm_type"] = d.one([None, 1, 2, 3, 1.5])
    return d.input(rank, d.one(CHANNELS), extents), parameters


def adaptive(d, rank, kind):
    extents = d.extents(rank)
    size = d.one([1, 2, 3, 7, [d.one([None, 1, 2, 5, 9]) for _ in range(rank)]])
    parameters = {"output_size": size}
    if kind == "max":
        parameters["return_indices"] = d.one([None, True])
    return d.input(rank, d.one(CHANNELS), extents), parameters


def unpool(d, rank):
    kernel = d.one([2, 3])
    array = d.numbers(d.one([1, 2]), d.one(CHANNELS[:6]), *[d.one([2, 4, 6, 8, 9]) for _ in range(rank)])
    if min(array.shape[2:]) < kernel:
        raise Impossible
    pooled = oracle.evaluate(f"max_pool{rank}d", {"kernel_size": kernel, "return_indices": True}, array)
    return pooled.output.astype(np.float32), {
        "indices": pooled.indices.tolist(), "kernel_size": kernel, "output_size": list(array.shape[2:])
    }


def any_shape(d):
    shape = [d.one([1, 2, 3])] + [d.one([1, 3, 5, 8, 17]) for _ in range(d.one([0, 1, 2, 3]))]
    return d.numbers(*shape, low=-8, high=8)


def features(d, rank):
    return d.numbers(d.one([1, 2]), d.one(CHANNELS), *d.extents(rank))


def batch_norm(d, rank):
    x = features(d, rank)
    channels = x.shape[1]
    return x, {"running_mean": d.numbers(channels), "running_var": d.numbers(channels, low=0.1, high=3),
               "weight": d.numbers(channels) if d.chance(0.5) else None,
               "bias": d.numbers(channels) if d.chance(0.5) else None, "eps": d.one([None, 1e-3])}


def affine(d, count):
    return {"weight": d.numbers(*count) if d.chance(0.5) else None, "bias": d.numbers(*count) if d.chance(0.5) else None}


def layer_norm(d):
    x = features(d, 1)
    axes = d.one([1, 2])
    return x, {"normalized_shape": list(x.shape[-axes:]), **affine(d, x.shape[-axes:])}


def group_norm(d):
    x = features(d, d.one([1, 2]))
    return x, {"num_groups": d.one([g for g in range(1, x.shape[1] + 1) if x.shape[1] % g == 0]), **affine(d, x.shape[1:2])}


def instance_norm(d):
    x = features(d, d.one([1, 2]))
    if np.prod(x.shape[2:]) < 2:
        raise Impossible
    return x, affine(d, x.shape[1:2])


def linear(d):
    inputs, outputs = d.one(EXTENTS), d.one(EXTENTS)
    return d.numbers(*[d.one([1, 2, 3]) for _ in range(d.one([0, 1, 2]))], inputs), {
        "weight": d.numbers(outputs, inputs), "bias": d.numbers(outputs) if d.chance(0.5) else None}


def flatten(d):
    x = any_shape(d)
    start = d.one(range(x.ndim))
    return x, {"start_dim": start, "end_dim": d.one(range(start, x.ndim))}


def reshape(d):
    x = any_shape(d)
    extents = [x.size]
    for _ in range(d.one([0, 1, 2])):
        place = d.one(range(len(extents)))
        factor = d.one([f for f in range(1, extents[place] + 1) if extents[place] % f == 0])
        extents[place : place + 1] = [factor, extents[place] // factor]
    if d.chance(0.5):
        extents[d.one(range(len(extents)))] = -1
    return x, {"shape": extents}


def scale(d):
    x = any_shape(d)
    draw = lambda: d.numbers(*[d.one([1, extent]) for extent in x.shape[d.one(range(x.ndim)) :]])
    return x, {"weight": draw() if d.chance(0.7) else None, "bias": draw() if d.chance(0.7) else None}


def pad(d):
    rank = d.one([1, 2, 3])
    x = d.numbers(1, d.one([1, 2, 3]), *[min(e, 9) for e in d.extents(rank)])
    mode = d.one(["constant", "reflect", "replicate", "circular"])
    limits = [{"reflect": e - 1, "circular": e}.get(mode, 4) for e in x.shape[2:]]
    padding = [[int(d.random.integers(min(l, 4) + 1)), int(d.random.integers(min(l, 4) + 1))] for l in limits]
    return x, {"padding": padding, "mode": mode, "value": d.one([None, 2.5]) if mode == "constant" else None}


def upsample(d):
    mode = d.one(["nearest", "nearest-exact", "bilinear"])
    rank = 2 if mode == "bilinear" else d.one([1, 2, 3])
    corners = d.one([None, True, False]) if mode == "bilinear" else None
    x = features(d, rank)
    if d.chance(0.5):
        return x, {"scale_factor": d.spatial(rank, [1, 2, 3])[0], "mode": mode, "align_corners": corners}
    return x, {"size": d.spatial(rank, [1, 2, 5, 8, 13])[0], "mode": mode, "align_corners": corners}


def unfold(d):
    extents = d.extents(2)
    kernel, kernels = d.spatial(2, [1, 2, 3])
    x = d.numbers(*([d.one([1, 2])] if d.chance(0.7) else []), d.one([1, 2, 3]), *extents)
    return x, {"kernel_size": kernel, "stride": d.spatial(2, [1, 2])[0], "dilation": d.spatial(2, [1, 2])[0],
               "padding": d.padding(2, [2, 2])}


def fold(d):
    size = [d.one([4, 5, 7, 8]) for _ in range(2)]
    kernel = [d.one([1, 2, 3]) for _ in range(2)]
    stride = [d.one([1, 2]) for _ in range(2)]
    padding = [d.one([0, 1]) for _ in range(2)]
    blocks = windows.output_extents(size, [[p, p] for p in padding], kernel, stride, [1, 1])
    x = d.numbers(d.one([1, 2]), d.one([1, 2, 3]) * int(np.prod(kernel)), int(np.prod(blocks)))
    return x, {"output_size": size, "kernel_size": kernel, "stride": stride, "padding": padding}


def softmax(d):
    x = any_shape(d)
    return x, {"dim": d.one(range(-x.ndim, x.ndim))}


def prelu(d):
    x = features(d, d.one([1, 2]))
    return x, {"weight": d.numbers(d.one([1, x.shape[1]]))}


def elementwise(d, **choices):
    return any_shape(d), {name: d.one(values) for name, values in choices.items()}


def specification(operation, d):
    """(input array, parameters) of one random request."""
    family, rank = operation, oracle.SPATIAL_RANK.get(operation)
    if rank:
        family = operation[:-2]
        make = {
            "conv": convolution, "conv_transpose": transposed, "max_unpool": unpool, "batch_norm": batch_norm,
            **{f"{kind}_pool": lambda d, r, kind=kind: pool(d, r, kind) for kind in ("max", "avg", "lp")},
            **{f"adaptive_{kind}_pool": lambda d, r, kind=kind: adaptive(d, r, kind) for kind in ("max", "avg")},
        }[family]
        return make(d, rank)
    if family in ("softmax", "log_softmax"):
        return softmax(d)
    choices = {"leaky_relu": {"negative_slope": [None, 0.2]}, "elu": {"alpha": [None, 0.7]},
               "gelu": {"approximate": [None, "none", "tanh"]},
               "clamp": {"min": [None, -1.5, 0], "max": [None, 6, 1]}}
    if family == "local_response_norm":
        return features(d, d.one([1, 2])), {"size": d.one([1, 2, 3, 5]), "alpha": d.one([None, 0.5])}
    special = {"layer_norm": layer_norm, "group_norm": group_norm, "instance_norm": instance_norm, "linear": linear,
               "flatten": flatten, "reshape": reshape, "scale": scale, "pad": pad, "upsample": upsample, "unfold": unfold, "fold": fold, "prelu": prelu}
    return special[family](d) if family in special else elementwise(d, **choices.get(family, {}))


def cost(operation, array, parameters):
    weight = parameters.get("weight")
    return array.size * (weight.size if isinstance(weight, np.ndarray) and weight.ndim > 2 else 1)


def request(operation, random):
    """(body, the oracle's answer), drawn until it can be computed."""
    d = Draw(random)
    while True:
        try:
            array, parameters = specification(operation, d)
            if cost(operation, array, parameters) > LARGEST_COST:
                continue
            parameters = {key: value for key, value in parameters.items() if value is not None}
            body = {"input": d.tensor(array)} | {
                key: d.tensor(value) if isinstance(value, np.ndarray) else value for key, value in parameters.items()
            }
            if d.chance(0.5):
                body["encoding"] = d.one(["nested", "flat", "base64"])
            answer = oracle.evaluate(operation, body, wire.decode(body["input"]))
            if 0 in answer.output.shape or answer.output.size > 20 * LARGEST_TENSOR:
                continue
            return body, answer
        except (Impossible, RuntimeError, ValueError, IndexError):
            # PyTorch refuses what does not fit; such requests are the error cases' affair.
            continue
