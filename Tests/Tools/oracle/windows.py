"""How a window walks: spatial parameters, padding in every form, output extents, and the windows themselves."""

import math

import numpy as np


def per_axis(value, rank):
    """An integer, or a list of one per axis."""
    return [value] * rank if not isinstance(value, list) else list(value)


def reach(kernel, dilation):
    """The effective kernel: cells from the first tap to the last."""
    return [d * (k - 1) + 1 for k, d in zip(kernel, dilation)]


def resolve_padding(padding, extents, kernel, stride, dilation):
    """[begin, end] per axis. "same" gives ⌈extent / stride⌉ outputs, its odd cell at the end ("same_lower": start)."""
    rank = len(extents)
    if padding == "valid":
        return [[0, 0]] * rank
    if padding in ("same", "same_lower"):
        pairs = []
        for extent, cells, step in zip(extents, reach(kernel, dilation), stride):
            total = max((math.ceil(extent / step) - 1) * step + cells - extent, 0)
            less, more = total // 2, total - total // 2
            pairs.append([less, more] if padding == "same" else [more, less])
        return pairs
    return [list(pair) if isinstance(pair, list) else [pair, pair] for pair in per_axis(padding, rank)]


def output_extents(extents, pads, kernel, stride, dilation, ceil_mode=False):
    outputs = []
    for extent, (begin, end), cells, step in zip(extents, pads, reach(kernel, dilation), stride):
        free = extent + begin + end - cells
        count = free // step + 1
        if ceil_mode:
            count = -(-free // step) + 1
            # The last window must start inside the input or the padding before it.
            if (count - 1) * step >= extent + begin:
                count -= 1
        outputs.append(count)
    return outputs


def torch_pads(pads):
    """Pairs per axis, outermost first, in the order of torch.nn.functional.pad (innermost first, flat)."""
    return [amount for pair in reversed(pads) for amount in pair]


def positions(extents, outputs, pads, kernel, stride, dilation):
    """Per axis the [outputs, taps] input positions of each window, which may lie outside the input."""
    return [
        np.arange(count)[:, None] * step - begin + np.arange(taps)[None, :] * gap
        for count, taps, step, gap, (begin, _) in zip(outputs, kernel, stride, dilation, pads)
    ]


def gather(array, where, fill):
    """The windows of the trailing axes: [..., outputs…, taps…], `fill` outside the input."""
    rank = len(where)
    lead = array.ndim - rank
    for axis, index in enumerate(where):
        at = lead + axis
        extent = array.shape[at]
        inside = (index >= 0) & (index < extent)
        taken = np.take(array, np.clip(index, 0, extent - 1), axis=at)
        mask = inside.reshape((1,) * at + index.shape + (1,) * (taken.ndim - at - 2))
        # The taps go to the end, so that the next axis is where it was, one further.
        array = np.moveaxis(np.where(mask, taken, fill), at + 1, -1)
    return array


def outer_product(vectors):
    result = np.ones(())
    for vector in vectors:
        result = np.multiply.outer(result, vector)
    return result
