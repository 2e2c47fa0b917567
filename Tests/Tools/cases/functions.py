"""Activations, softmax, normalisations, linear, and what only moves numbers."""

import numpy as np

ACTIVATIONS = {
    "relu": [{}], "relu6": [{}], "leaky_relu": [{}, {"negative_slope": 0.2}, {"negative_slope": 0}],
    "elu": [{}, {"alpha": 0.5}], "selu": [{}], "gelu": [{}, {"approximate": "none"}, {"approximate": "tanh"}],
    "silu": [{}], "mish": [{}], "sigmoid": [{}], "tanh": [{}], "softplus": [{}], "hardsigmoid": [{}], "hardswish": [{}],
}
# Where a careless formula overflows, cancels or loses a sign.
EXTREMES = [0.0, -0.0, 1e-20, -1e-20, 1e-7, -1e-7, 3.0, -3.0, 6.0, -6.0, 9.5, -9.5, 20.0, -20.0, 20.5, 88.0, -88.0,
            89.0, -89.0, 104.0, -104.0, 1e10, -1e10, 3e38, -3e38, np.inf, -np.inf, np.nan]
# Functions that are about as large as a small x: expm1 and its kin, not e^x − 1.
NEAR_IDENTITY = ("elu", "selu", "tanh", "leaky_relu", "silu", "gelu", "mish", "hardswish")


def cases(s):
    for name, variants in ACTIVATIONS.items():
        for parameters in variants:
            label = f"{name} {parameters}" if parameters else name
            s.add(label.replace("'", ""), name, s.numbers(2, 3, 17, low=-6, high=6), parameters, "ordinary values")
            s.add(f"{label}, extremes".replace("'", ""), name, EXTREMES, parameters, "where formulas break",
                  form="nested", tolerance={"absolute": 1e-6, "relative": 1e-6})
        for shape in ((1,), (7,), (16,), (33,), (2, 1, 3, 5)):
            s.add(f"{name} over {list(shape)}", name, s.numbers(*shape, low=-4, high=4), {}, "vector remainders")
    for name in NEAR_IDENTITY:
        s.add(f"{name} near zero", name, np.float32([1e-6, -1e-6, 3e-5, -3e-5, 1e-12, -1e-12]), {},
              "relative accuracy", tolerance={"absolute": 1e-15, "relative": 1e-4})
    s.add("softplus far below zero", "softplus", [-20, -40, -80], {}, "e^x, not 0",
          tolerance={"absolute": 1e-40, "relative": 1e-4})
    s.add("relu of an empty batch", "relu", np.zeros((0, 3, 4)), {}, "N = 0")
    s.add("prelu, one weight", "prelu", s.numbers(2, 3, 4), {"weight": np.float32([0.3])}, "shared")
    s.add("prelu, per channel", "prelu", s.numbers(2, 3, 4, 5), {"weight": s.numbers(3)}, "a weight a channel")
    softmaxes(s)
    normalizations(s)
    linears(s)
    rearrangements(s)
    imported(s)


def softmaxes(s):
    for name in ("softmax", "log_softmax"):
        for dim in (0, 1, 2, 3, -1, -2, -4):
            s.add(f"{name}, dim {dim}", name, s.numbers(2, 3, 4, 5, low=-5, high=5), {"dim": dim}, "each axis")
        s.add(f"{name} of large numbers", name, [1000, 1001, 998], {"dim": 0}, "the largest is taken off first")
        s.add(f"{name} of far apart numbers", name, [[-200, 0, 200], [88, -88, 0]], {"dim": 1}, "underflow")
        s.add(f"{name} of one", name, [[5], [7]], {"dim": 1}, "1, or 0")
        s.add(f"{name} with −∞", name, [1.0, -np.inf, 2.0], {"dim": 0}, "no share", form="nested")
        s.add(f"{name} with NaN", name, [[1.0, np.nan], [1.0, 2.0]], {"dim": 1}, "its row only", form="nested")
        s.add(f"{name} over 1000", name, s.numbers(2, 1000, low=-3, high=3), {"dim": -1}, "a classifier's end")


def normalizations(s):
    for rank, shape in ((1, (2, 3, 7)), (2, (2, 5, 4, 6)), (3, (1, 3, 2, 3, 4))):
        channels = shape[1]
        statistics = {"running_mean": s.numbers(channels), "running_var": s.numbers(channels, low=0.2, high=3)}
        affine = {"weight": s.numbers(channels), "bias": s.numbers(channels)}
        name = f"batch_norm{rank}d"
        s.add(f"{name}, plain", name, s.numbers(*shape), statistics, "running statistics")
        s.add(f"{name}, weight and bias", name, s.numbers(*shape), {**statistics, **affine}, "affine")
        s.add(f"{name}, bias only", name, s.numbers(*shape), {**statistics, "bias": affine["bias"]}, "half affine")
        s.add(f"{name}, eps 0.1", name, s.numbers(*shape), {**statistics, "eps": 0.1}, "eps")
    s.add("batch_norm2d, tiny variance", "batch_norm2d", s.numbers(1, 2, 3, 3),
          {"running_mean": s.numbers(2), "running_var": np.float32([0, 1e-8])}, "eps carries it")
    for shape, normalized in (((2, 3, 8), [8]), ((2, 3, 8), [3, 8]), ((4, 17), [17]), ((1, 2, 3, 4), [2, 3, 4])):
        weights = {"weight": s.numbers(*normalized), "bias": s.numbers(*normalized)}
        s.add(f"layer_norm {list(shape)} over {normalized}", "layer_norm", s.numbers(*shape),
              {"normalized_shape": normalized}, "trailing axes")
        s.add(f"layer_norm {list(shape)} over {normalized}, affine", "layer_norm", s.numbers(*shape),
              {"normalized_shape": normalized, **weights, "eps": 1e-3}, "trailing axes")
    for groups in (1, 2, 3, 6):
        s.add(f"group_norm, {groups} groups", "group_norm", s.numbers(2, 6, 3, 5), {"num_groups": groups}, "groups")
        s.add(f"group_norm, {groups} groups, affine", "group_norm", s.numbers(2, 6, 7),
              {"num_groups": groups, "weight": s.numbers(6), "bias": s.numbers(6), "eps": 0.01}, "groups")
    for shape in ((2, 3, 9), (2, 3, 4, 5), (1, 2, 2, 3, 4)):
        s.add(f"instance_norm {list(shape)}", "instance_norm", s.numbers(*shape), {}, "a group a channel")
        s.add(f"instance_norm {list(shape)}, affine", "instance_norm", s.numbers(*shape),
              {"weight": s.numbers(shape[1]), "bias": s.numbers(shape[1]), "eps": 1e-2}, "a group a channel")
    s.add("layer_norm of a large mean", "layer_norm", s.numbers(2, 16) + 1000, {"normalized_shape": [16]},
          "E[x²] − E[x]² would cancel")
    for size in (1, 2, 3, 4, 5, 9):
        s.add(f"local_response_norm, size {size}", "local_response_norm", s.numbers(2, 6, 3, 4), {"size": size},
              "even sizes are lopsided")
    s.add("local_response_norm as AlexNet", "local_response_norm", s.numbers(1, 7, 4, 4, low=-9, high=9),
          {"size": 5, "alpha": 1e-3, "beta": 0.5, "k": 2}, "all parameters")
    s.add("local_response_norm 3-d", "local_response_norm", s.numbers(1, 4, 6), {"size": 3, "alpha": 0.5}, "[N,C,L]")


def linears(s):
    for inputs, outputs in ((1, 1), (3, 2), (7, 9), (16, 17), (33, 8), (100, 10)):
        s.add(f"linear {inputs} to {outputs}", "linear", s.numbers(2, inputs),
              {"weight": s.numbers(outputs, inputs), "bias": s.numbers(outputs)}, "tile edges")
    s.add("linear without bias", "linear", s.numbers(3, 5), {"weight": s.numbers(4, 5)}, "no bias")
    s.add("linear of a vector", "linear", s.numbers(5), {"weight": s.numbers(4, 5)}, "rank 1")
    s.add("linear over rank 4", "linear", s.numbers(2, 3, 2, 5), {"weight": s.numbers(4, 5)}, "the last axis")
    s.add("linear, empty batch", "linear", np.zeros((0, 5)), {"weight": s.numbers(4, 5)}, "N = 0")


def rearrangements(s):
    x = s.numbers(2, 3, 4, 5)
    for parameters in ({}, {"start_dim": 0}, {"start_dim": 2}, {"start_dim": 1, "end_dim": 2},
                       {"start_dim": -2, "end_dim": -1}, {"start_dim": 0, "end_dim": 1}, {"start_dim": 3}):
        s.add(f"flatten {parameters}".replace("'", ""), "flatten", x, parameters, "axes become one")
    for mode in ("constant", "reflect", "replicate", "circular"):
        for shape, padding in (((1, 2, 7), [[2, 1]]), ((1, 2, 4, 5), [[1, 2], [0, 3]]), ((2, 4, 5), [[3, 0], [2, 2]]),
                               ((1, 1, 3, 4, 5), [[1, 0], [2, 1], [0, 2]])):
            s.add(f"pad {list(shape)} by {padding}, {mode}", "pad", s.numbers(*shape),
                  {"padding": padding, "mode": mode}, "what is added")
    s.add("pad with a value", "pad", s.numbers(2, 3), {"padding": [[1, 1], [0, 2]], "value": -1.5}, "constant")
    s.add("pad with nothing", "pad", s.numbers(1, 2, 3), {"padding": [[0, 0]]}, "a copy")
    for scale in (2, 3, [2, 3], 1.5, [0.5, 2], 1):
        for mode in ("nearest", "bilinear"):
            s.add(f"upsample {mode} by {scale}", "upsample", s.numbers(1, 2, 4, 6),
                  {"scale_factor": scale, "mode": mode}, "where each cell reads")
    for size in ([8, 9], [3, 4], [1, 1], [4, 6], 7):
        for mode in ("nearest", "bilinear"):
            s.add(f"upsample {mode} to {size}", "upsample", s.numbers(2, 1, 4, 6), {"size": size, "mode": mode},
                  "where each cell reads")
    s.add("upsample nearest 1-d", "upsample", s.numbers(1, 2, 5), {"scale_factor": 2}, "[N,C,L]")
    s.add("upsample nearest 3-d", "upsample", s.numbers(1, 2, 2, 3, 2), {"scale_factor": [2, 1, 3]}, "[N,C,D,H,W]")
    for padding in ([[-1, 2]], [[0, -2]], [[-2, -1]], [[1, -1], [-2, 3]]):
        s.add(f"pad by {padding}", "pad", s.numbers(2, 5, 6), {"padding": padding}, "cells are taken away")


def imported(s):
    """What exported networks hold beside layers of their own."""
    for parameters in ({"min": -1, "max": 2.5}, {"min": 0}, {"max": 6}, {}, {"min": 2, "max": -1}):
        label = f"clamp {parameters}".replace("'", "")
        s.add(label, "clamp", s.numbers(2, 3, 5, low=-8, high=8), parameters, "bounds")
        s.add(f"{label}, extremes", "clamp", EXTREMES, parameters, "NaN stays", form="nested")
    x = s.numbers(2, 3, 4, 5)
    for weight, bias in (((3, 1, 1), (3, 1, 1)), ((1,), None), (None, (5,)), ((4, 1), (1, 3, 1, 5)), ((1, 1), None),
                         ((2, 3, 4, 5), (2, 1, 1, 1))):
        tensors = {key: s.numbers(*shape) for key, shape in (("weight", weight), ("bias", bias)) if shape is not None}
        s.add(f"scale by {weight}, plus {bias}", "scale", x, tensors, "broadcast over the input")
    s.add("scale of an empty batch", "scale", np.zeros((0, 3)), {"weight": s.numbers(3)}, "N = 0")
    for shape in ([6, 20], [-1, 5], [2, -1], [120], [2, 3, 4, 5], [1, 2, 1, 3, 20, 1], 120):
        s.add(f"reshape to {shape}", "reshape", x, {"shape": shape}, "the same elements")
    s.add("reshape to no axes", "reshape", s.numbers(1, 1), {"shape": []}, "a scalar")
    for target in ({"scale_factor": 2}, {"size": [7, 3]}, {"size": [1, 1]}, {"scale_factor": [1.5, 1]}):
        s.add(f"upsample bilinear, corners aligned, {target}".replace("'", ""), "upsample", s.numbers(1, 2, 4, 6),
              {"mode": "bilinear", "align_corners": True, **target}, "cell centres at the corners")
    for target in ({"scale_factor": 2}, {"size": [7, 9]}, {"size": [3, 4]}, {"scale_factor": [1.7, 0.5]}, {"size": [4, 12]}):
        s.add(f"upsample nearest-exact, {target}".replace("'", ""), "upsample", s.numbers(1, 2, 4, 6),
              {"mode": "nearest-exact", **target}, "where the centres lie")
    s.add("upsample nearest-exact 1-d", "upsample", s.numbers(1, 2, 5), {"scale_factor": 1.4, "mode": "nearest-exact"}, "[N,C,L]")
