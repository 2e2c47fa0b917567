"""The numbers that both sides of a comparison compute with: `convbench` makes the same ones (Noise.swift)."""

import numpy as np


def noise(count, seed, scale=1.0, centre=0.0):
    """`count` float32 numbers around `centre`, `scale` to either side: number i depends on i and the seed alone."""
    x = np.arange(count, dtype=np.uint32) + np.uint32(seed * 0x9E3779B9 & 0xFFFFFFFF)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    unit = (x >> np.uint32(8)).astype(np.float32) / np.float32(1 << 23) - np.float32(1)
    return unit * np.float32(scale) + np.float32(centre)


def parameters(index, layer, shape):
    """The weights by name of layer `index` of a network, which reads `shape`. Weights are scaled so that a result is about
    as large as its input. The network's own input has seed 0."""
    made, kind = {}, layer["type"]

    def add(name, extents, scale, centre=0.0):
        seed = 8 * index + 1 + len(made)
        made[name] = noise(int(np.prod(extents)), seed, scale, centre).reshape(extents)

    if kind.startswith("conv"):
        kernel = spatial(layer["kernel_size"], int(kind[-2]))
        groups, outputs = layer.get("groups", 1), layer["out_channels"]
        scale = (3 / (shape[1] // groups * np.prod(kernel))) ** 0.5
        if kind.startswith("conv_transpose"):
            add("weight", [shape[1], outputs // groups, *kernel], scale)
        else:
            add("weight", [outputs, shape[1] // groups, *kernel], scale)
        if layer.get("bias"):
            add("bias", [outputs], 0.1)
    elif kind == "linear":
        add("weight", [layer["out_features"], shape[-1]], (3 / shape[-1]) ** 0.5)
        if layer.get("bias"):
            add("bias", [layer["out_features"]], 0.1)
    elif kind.startswith("batch_norm"):
        add("running_mean", [shape[1]], 0.1)
        add("running_var", [shape[1]], 0.5, 1)
        if layer.get("affine"):
            add("weight", [shape[1]], 0.1, 1)
            add("bias", [shape[1]], 0.1)
    elif kind == "prelu":
        add("weight", [1], 0.1, 0.25)
    return made


def spatial(value, rank):
    """One number for each spatial axis."""
    return list(value) if isinstance(value, list) else [value] * rank
