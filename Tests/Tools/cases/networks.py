"""Whole networks through /v1/forward."""

import numpy as np


def conv(s, outputs, inputs, kernel, padding=0, **more):
    weight = s.numbers(outputs, inputs // more.get("groups", 1), kernel, kernel, low=-0.5, high=0.5)
    return {"type": "conv2d", "weight": s.tensor(weight), "bias": s.tensor(s.numbers(outputs)), "padding": padding, **more}


def norm(s, channels):
    return {
        "type": "batch_norm2d",
        "running_mean": s.tensor(s.numbers(channels)), "running_var": s.tensor(s.numbers(channels, low=0.5, high=2)),
        "weight": s.tensor(s.numbers(channels)), "bias": s.tensor(s.numbers(channels)),
    }


def linear(s, outputs, inputs):
    weight = s.numbers(outputs, inputs, low=-0.3, high=0.3)
    return {"type": "linear", "weight": s.tensor(weight), "bias": s.tensor(s.numbers(outputs))}


def cases(s):
    s.add_network("one layer", {"input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
                                "layers": [{"type": "conv2d", "weight": [[0, 1], [2, 3]]}]}, "the seed, as a network")
    s.add_network("LeNet in small", {
        "input": s.tensor(s.numbers(1, 1, 28, 28, low=0, high=1)),
        "layers": [
            conv(s, 6, 1, 5, 2), {"type": "relu"}, {"type": "max_pool2d", "kernel_size": 2},
            conv(s, 16, 6, 5), {"type": "relu"}, {"type": "max_pool2d", "kernel_size": 2},
            {"type": "flatten"}, linear(s, 24, 400), {"type": "relu"}, linear(s, 10, 24),
            {"type": "softmax", "dim": 1},
        ],
    }, "a chain")
    s.add_network("residual block", {
        "input": s.tensor(s.numbers(2, 8, 9, 10)),
        "layers": [
            conv(s, 8, 8, 3, 1), norm(s, 8), {"type": "relu"}, conv(s, 8, 8, 3, 1), norm(s, 8) | {"name": "path"},
            {"type": "add", "inputs": ["path", "input"]}, {"type": "relu", "name": "end"},
        ],
    }, "the input is added back")
    s.add_network("residual block with a shortcut", {
        "input": s.tensor(s.numbers(1, 4, 9, 9)),
        "layers": [
            conv(s, 8, 4, 1, stride=2) | {"name": "shortcut"},
            conv(s, 8, 4, 3, 1, stride=2) | {"inputs": ["input"]}, {"type": "relu"},
            conv(s, 8, 8, 3, 1) | {"name": "path"}, {"type": "add", "inputs": ["shortcut", "path"]}, {"type": "relu"},
        ],
        "outputs": ["shortcut", "path"],
    }, "branches of the input, and named outputs")
    s.add_network("inception", {
        "input": s.tensor(s.numbers(1, 6, 8, 9)),
        "layers": [
            conv(s, 3, 6, 1) | {"name": "a", "inputs": ["input"]},
            conv(s, 2, 6, 1) | {"inputs": ["input"]}, {"type": "relu"}, conv(s, 4, 2, 3, 1) | {"name": "b"},
            conv(s, 2, 6, 1) | {"inputs": ["input"]}, conv(s, 3, 2, 5, 2) | {"name": "c"},
            {"type": "max_pool2d", "kernel_size": 3, "stride": 1, "padding": 1, "inputs": ["input"]},
            conv(s, 2, 6, 1) | {"name": "d"},
            {"type": "concat", "inputs": ["a", "b", "c", "d"], "name": "joined"},
            {"type": "avg_pool2d", "kernel_size": 2},
        ],
        "outputs": ["joined"],
    }, "four branches, concatenated")
    s.add_network("U-Net in small", {
        "input": s.tensor(s.numbers(1, 2, 12, 16)),
        "layers": [
            conv(s, 4, 2, 3, "same"), {"type": "relu", "name": "level1"},
            {"type": "max_pool2d", "kernel_size": 2},
            conv(s, 8, 4, 3, "same"), {"type": "relu", "name": "level2"},
            {"type": "max_pool2d", "kernel_size": 2},
            conv(s, 8, 8, 3, "same"), {"type": "silu"},
            {"type": "upsample", "scale_factor": 2, "mode": "nearest", "name": "up2"},
            {"type": "concat", "inputs": ["up2", "level2"]},
            conv(s, 4, 16, 3, "same"),
            {"type": "upsample", "scale_factor": 2, "mode": "bilinear", "name": "up1"},
            {"type": "concat", "inputs": ["up1", "level1"], "dim": 1},
            conv(s, 1, 8, 1), {"type": "sigmoid", "name": "mask"},
        ],
        "outputs": ["level1", "level2", "mask"],
    }, "down and up again")
    s.add_network("gated", {
        "input": s.tensor(s.numbers(1, 4, 5, 6)),
        "layers": [
            {"type": "adaptive_avg_pool2d", "output_size": 1}, conv(s, 2, 4, 1), {"type": "relu"}, conv(s, 4, 2, 1),
            {"type": "hardsigmoid", "name": "gate"}, {"type": "multiply", "inputs": ["input", "gate"]},
        ],
    }, "squeeze and excitation: [1,4,1,1] is broadcast over [1,4,5,6]")
    s.add_network("mobile", {
        "input": s.tensor(s.numbers(1, 6, 8, 8)),
        "layers": [
            conv(s, 12, 6, 1), {"type": "relu6"}, conv(s, 12, 12, 3, 1, groups=12), {"type": "relu6"}, conv(s, 6, 12, 1),
            {"type": "layer_norm", "normalized_shape": [8]}, {"type": "gelu"},
        ],
    }, "depthwise between pointwise")
    s.add_network("three summands and a reused name", {
        "input": s.tensor(s.numbers(3, 4)),
        "layers": [
            {"type": "tanh", "name": "t"}, {"type": "sigmoid", "inputs": ["input"], "name": "g"},
            {"type": "add", "inputs": ["t", "g", "input"]}, {"type": "multiply", "inputs": ["t", "t"], "name": "square"},
            {"type": "concat", "inputs": ["square", "g", "t"], "dim": 0},
        ],
        "outputs": ["input", "t", "square"],
    }, "a name may be read often, the input is one too")
    s.add_network("audio", {
        "input": s.tensor(s.numbers(1, 2, 30)),
        "layers": [
            {"type": "conv1d", "weight": s.tensor(s.numbers(4, 2, 5)), "stride": 2, "padding": 2},
            {"type": "leaky_relu", "negative_slope": 0.1},
            {"type": "conv_transpose1d", "weight": s.tensor(s.numbers(4, 2, 4)), "stride": 2, "padding": 1},
            {"type": "lp_pool1d", "kernel_size": 3},
        ],
    }, "1-d, down and up")
    s.add_network("volume, unbatched", {
        "input": s.tensor(s.numbers(2, 4, 6, 6)),
        "layers": [
            {"type": "conv3d", "weight": s.tensor(s.numbers(3, 2, 3, 3, 3)), "padding": "same"},
            {"type": "max_pool3d", "kernel_size": 2}, {"type": "prelu", "weight": [0.25]},
        ],
    }, "3-d without a batch axis")
    s.add_network("answer as base64", {
        "input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "encoding": "base64",
        "layers": [{"type": "conv2d", "weight": [[0, 1], [2, 3]], "name": "c"}, {"type": "relu"}], "outputs": ["c"],
    }, "the form of the answer holds for all outputs")
