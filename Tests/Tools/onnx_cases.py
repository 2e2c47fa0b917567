"""ONNX models of one operator, or of a few that exporters write together: each attribute, each version's way to say it.

`CASES` has (name, model, input array). Weights and inputs are random with a seed of the case's name. Those in `RARE` may be
refused: ways to resize that no framework's default is and no layer computes.
"""

import zlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CASES = []
RARE = set()
#: The version of the operators where a case does not say another.
OPSET = 17


class Sketch:
    """Nodes on their way to a model."""

    def __init__(self, name, shape, opset):
        self.name, self.shape, self.opset = name, shape, opset
        self.random = np.random.default_rng(zlib.crc32(name.encode()))
        self.nodes, self.initializers = [], []

    def numbers(self, *shape, low=-1.0, high=1.0):
        return self.random.uniform(low, high, shape).astype(np.float32)

    def constant(self, array, kind=None):
        array = np.asarray(array)
        if kind is None:
            kind = np.int64 if array.dtype.kind == "i" else np.float32
        name = f"constant{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(array.astype(kind), name))
        return name

    def add(self, operator, *inputs, outputs=1, domain="", **attributes):
        """Arrays among the inputs become initializers."""
        names = [value if isinstance(value, str) else self.constant(value) for value in inputs]
        results = [f"{operator}{len(self.nodes)}_{index}" for index in range(outputs)]
        self.nodes.append(helper.make_node(operator, names, results, domain=domain, **attributes))
        return results[0] if outputs == 1 else results

    def model(self, *outputs):
        value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        graph = helper.make_graph(
            self.nodes, "graph", [value("input", self.shape)], [value(name, None) for name in outputs], self.initializers
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)


def case(name, shape, build, opset=OPSET, low=-2.0, high=2.0, batch=2):
    """`build(s)` adds nodes that read "input" and gives the output's name, or several. A batch of "N" is run with 2."""
    s = Sketch(name, shape, opset)
    outputs = build(s)
    model = s.model(*([outputs] if isinstance(outputs, str) else outputs))
    extents = [batch if isinstance(extent, str) else extent for extent in shape]
    CASES.append((name, model, s.numbers(*extents, low=low, high=high)))


def one(name, shape, operator, *constants, **options):
    """One node, whose inputs after the first are constants: arrays, or shapes to be filled with random numbers."""
    known = ("opset", "low", "high", "batch")
    settings = {key: options.pop(key) for key in known if key in options}

    def build(s):
        inputs = [s.numbers(*c) if isinstance(c, tuple) else c for c in constants]
        return s.add(operator, "input", *inputs, **options)

    case(name, shape, build, **settings)


def convolutions():
    for options in (
        {}, {"pads": [1, 1, 1, 1]}, {"pads": [0, 1, 2, 0]}, {"strides": [2, 2]}, {"strides": [2, 1], "pads": [1, 0, 1, 0]},
        {"dilations": [2, 2]}, {"dilations": [1, 2], "pads": [2, 2, 2, 2]}, {"auto_pad": "SAME_UPPER"},
        {"auto_pad": "SAME_LOWER"}, {"auto_pad": "VALID", "strides": [2, 2]}, {"auto_pad": "NOTSET"},
        {"auto_pad": "SAME_UPPER", "strides": [2, 2]}, {"auto_pad": "SAME_LOWER", "strides": [2, 3]},
        {"kernel_shape": [3, 3]},
    ):
        one(f"Conv {options}", ["N", 4, 9, 10], "Conv", (6, 4, 3, 3), (6,), **options)
    one("Conv without bias", ["N", 4, 7, 7], "Conv", (3, 4, 2, 3))
    one("Conv of even kernel, same", ["N", 2, 7, 7], "Conv", (3, 2, 4, 2), auto_pad="SAME_UPPER")
    one("Conv in groups", ["N", 6, 7, 7], "Conv", (4, 3, 3, 3), (4,), group=2)
    one("Conv by depth", ["N", 8, 7, 7], "Conv", (8, 1, 3, 3), (8,), group=8, pads=[1, 1, 1, 1])
    one("Conv by depth, twice", ["N", 3, 7, 7], "Conv", (6, 1, 3, 3), (6,), group=3)
    one("Conv 1-d", ["N", 3, 20], "Conv", (5, 3, 5), (5,), strides=[2], pads=[2, 1], dilations=[2])
    one("Conv 1-d, same", ["N", 3, 20], "Conv", (5, 3, 4), auto_pad="SAME_LOWER", strides=[3])
    one("Conv 3-d", [1, 2, 5, 6, 7], "Conv", (3, 2, 2, 3, 3), (3,), pads=[0, 1, 1, 1, 0, 1], strides=[1, 2, 1])
    one("Conv, version 7", [1, 3, 8, 8], "Conv", (2, 3, 3, 3), opset=7)
    for options in (
        {}, {"strides": [2, 2]}, {"pads": [1, 1, 1, 1], "strides": [2, 2]}, {"pads": [0, 1, 2, 0], "strides": [2, 2]},
        {"strides": [2, 2], "output_padding": [1, 0]}, {"dilations": [2, 1]},
        {"strides": [3, 2], "dilations": [2, 2], "pads": [1, 1, 0, 2], "output_padding": [0, 1]},
        {"strides": [2, 2], "output_shape": [12, 13]}, {"strides": [2, 2], "output_shape": [11, 12]},
        {"strides": [2, 2], "output_shape": [10, 11], "auto_pad": "SAME_UPPER"},
        {"strides": [2, 2], "output_shape": [10, 11], "auto_pad": "SAME_LOWER"},
        {"strides": [2, 2], "auto_pad": "SAME_UPPER"}, {"strides": [2, 2], "auto_pad": "SAME_LOWER"},
        {"strides": [1, 1], "auto_pad": "SAME_UPPER"}, {"strides": [2, 2], "auto_pad": "VALID"},
    ):
        one(f"ConvTranspose {options}", ["N", 4, 5, 6], "ConvTranspose", (4, 3, 3, 3), (3,), **options)
    one("ConvTranspose in groups", ["N", 6, 4, 4], "ConvTranspose", (6, 2, 2, 2), (6,), group=3, strides=[2, 2])
    one("ConvTranspose 1-d", ["N", 3, 6], "ConvTranspose", (3, 2, 4), strides=[2], pads=[1, 1])
    one("ConvTranspose 3-d", [1, 2, 3, 3, 3], "ConvTranspose", (2, 2, 2, 2, 2), (2,), strides=[2, 2, 2])


def products():
    for options in ({}, {"transB": 1}, {"alpha": 0.5, "beta": 2.0}, {"alpha": 0.5, "transB": 1, "beta": 0.0}):
        weight = (5, 7) if options.get("transB") else (7, 5)
        for bias in ((5,), (1, 5), (1,), (1, 1)):
            one(f"Gemm {options}, {bias}", ["N", 7], "Gemm", weight, bias, **options)
    one("Gemm without a summand", ["N", 7], "Gemm", (7, 3))
    one("Gemm with a summand a row", [3, 7], "Gemm", (7, 4), (3, 4))
    one("Gemm with a summand for rows", [3, 7], "Gemm", (7, 4), (3, 1), beta=0.5)
    for shape in (["N", 6], ["N", 3, 6], ["N", 2, 3, 6]):
        one(f"MatMul {shape}", shape, "MatMul", (6, 4))
        case(f"MatMul and Add {shape}", shape, lambda s: s.add("Add", s.add("MatMul", "input", s.numbers(6, 4)), s.numbers(4)))
        case(f"Add and MatMul {shape}", shape, lambda s: s.add("Add", s.numbers(4), s.add("MatMul", "input", s.numbers(6, 4))))


def pools():
    kernel = {"kernel_shape": [3, 3]}
    for options in (
        {}, {"strides": [2, 2]}, {"strides": [2, 2], "ceil_mode": 1}, {"pads": [1, 1, 1, 1], "strides": [2, 2], "ceil_mode": 1},
        {"pads": [0, 1, 2, 0]}, {"pads": [2, 2, 2, 2], "strides": [3, 3]}, {"strides": [3, 2], "ceil_mode": 1},
        {"auto_pad": "SAME_UPPER", "strides": [2, 2]}, {"auto_pad": "SAME_LOWER", "strides": [2, 2]},
        {"auto_pad": "SAME_UPPER"}, {"auto_pad": "VALID", "strides": [2, 2]}, {"strides": [4, 4], "ceil_mode": 1},
        {"pads": [0, 0, 1, 1], "strides": [2, 2], "ceil_mode": 1}, {"pads": [1, 1, 0, 0], "strides": [3, 3], "ceil_mode": 1},
        {"pads": [1, 1, 1, 1], "strides": [5, 4], "ceil_mode": 1}, {"pads": [2, 2, 2, 2], "strides": [4, 4], "ceil_mode": 1},
    ):
        for shape in (["N", 3, 9, 10], ["N", 3, 8, 7]):
            one(f"MaxPool {options} of {shape}", shape, "MaxPool", **kernel, **options)
            for counts in (0, 1):
                one(f"AveragePool {options}, {counts}, of {shape}", shape, "AveragePool",
                    **kernel, **options, count_include_pad=counts, opset=19)
            if "ceil_mode" not in options:
                one(f"LpPool {options} of {shape}", shape, "LpPool", **kernel, **options, p=3, opset=11)
            one(f"LpPool {options} of {shape}, version 18", shape, "LpPool", **kernel, **options, opset=18)
    one("MaxPool, dilated", ["N", 2, 9, 9], "MaxPool", **kernel, dilations=[2, 2], pads=[2, 2, 2, 2])
    one("MaxPool, dilated, ceil", ["N", 2, 10, 9], "MaxPool", **kernel, dilations=[2, 1], strides=[2, 2], ceil_mode=1)
    one("MaxPool by columns", ["N", 2, 9, 9], "MaxPool", **kernel, storage_order=1)
    for counts in (0, 1):
        one(f"AveragePool, dilated, {counts}", ["N", 2, 9, 9], "AveragePool", **kernel, dilations=[2, 2], opset=19,
            pads=[2, 1, 2, 1], count_include_pad=counts)
    one("LpPool, dilated", ["N", 2, 9, 9], "LpPool", **kernel, dilations=[2, 2], opset=18)
    one("LpPool, p 1", ["N", 2, 9, 9], "LpPool", **kernel, p=1)
    one("MaxPool 1-d", ["N", 2, 9], "MaxPool", kernel_shape=[2], strides=[2], ceil_mode=1)
    one("MaxPool 3-d", [1, 2, 5, 6, 7], "MaxPool", kernel_shape=[2, 2, 3], strides=[2, 2, 2])
    one("AveragePool 1-d", ["N", 2, 9], "AveragePool", kernel_shape=[4], pads=[1, 2], strides=[3])
    one("AveragePool 3-d", [1, 2, 5, 6, 7], "AveragePool", kernel_shape=[2, 2, 3], pads=[0, 1, 1, 1, 0, 1])
    one("AveragePool, version 7", ["N", 2, 9, 9], "AveragePool", **kernel, pads=[1, 1, 1, 1], opset=7)
    one("MaxPool, version 8", ["N", 2, 9, 9], "MaxPool", **kernel, strides=[2, 2], opset=8)
    for shape in (["N", 3, 9], ["N", 3, 5, 6], [2, 3, 2, 3, 4]):
        for operator in ("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"):
            one(f"{operator} of {shape}", shape, operator)
    one("GlobalLpPool, p 3", ["N", 2, 4, 4], "GlobalLpPool", p=3)
    for keep in (0, 1):
        for axes in ([2, 3], [-1, -2], [3], [2]):
            one(f"ReduceMean {axes}, {keep}", ["N", 3, 5, 6], "ReduceMean", axes=axes, keepdims=keep)
            one(f"ReduceMean {axes}, {keep}, version 18", ["N", 3, 5, 6], "ReduceMean", np.array(axes), keepdims=keep, opset=18)
        one(f"ReduceMax, {keep}", ["N", 3, 5, 6], "ReduceMax", axes=[2, 3], keepdims=keep)
    one("ReduceMean of nothing", ["N", 3, 5, 6], "ReduceMean", noop_with_empty_axes=1, opset=18)
    one("ReduceMean 1-d", ["N", 3, 7], "ReduceMean", axes=[2], keepdims=0)


def activations():
    shape = ["N", 3, 4, 5]
    for operator in ("Relu", "Sigmoid", "Tanh", "Softplus", "LeakyRelu", "Elu", "Selu", "HardSigmoid", "HardSwish"):
        one(operator, shape, operator, low=-8, high=8)
    one("Mish", shape, "Mish", opset=18, low=-8, high=8)
    one("Gelu", shape, "Gelu", opset=20, low=-8, high=8)
    one("Gelu by tanh", shape, "Gelu", opset=20, approximate="tanh", low=-8, high=8)
    one("LeakyRelu 0.3", shape, "LeakyRelu", alpha=0.3)
    one("Elu 0.5", shape, "Elu", alpha=0.5)
    one("Selu of other numbers", shape, "Selu", alpha=1.5, gamma=0.9)
    one("HardSigmoid as PyTorch", shape, "HardSigmoid", alpha=1 / 6, low=-8, high=8)
    one("HardSigmoid of other numbers", shape, "HardSigmoid", alpha=0.7, beta=0.1)
    one("Relu, version 7", shape, "Relu", opset=7)
    for low, high in ((0, 6), (0, None), (None, 6), (-1, 1), (-0.5, None), (0, 20), (None, None)):
        bounds = [np.float32(low) if low is not None else "", np.float32(high) if high is not None else ""]
        while bounds and isinstance(bounds[-1], str):
            bounds.pop()
        one(f"Clip {low} {high}", shape, "Clip", *bounds, low=-9, high=9)
        given = {key: float(value) for key, value in (("min", low), ("max", high)) if value is not None}
        one(f"Clip {low} {high}, version 7", shape, "Clip", **given, opset=7, low=-9, high=9)
    one("Max with a number", shape, "Max", np.float32(0.5))
    one("Min with a number", shape, "Min", np.float32([0.5]))
    for slope in ((3, 1, 1), (1,), (1, 1, 1), (1, 3, 1, 1)):
        one(f"PRelu {slope}", shape, "PRelu", slope)
    one("PRelu of features", ["N", 6], "PRelu", (6,))
    case("Silu", shape, lambda s: s.add("Mul", "input", s.add("Sigmoid", "input")))
    case("Silu, the other way", shape, lambda s: s.add("Mul", s.add("Sigmoid", "input"), "input"))
    case("Silu, and its sigmoid", shape, lambda s: [
        gate := s.add("Sigmoid", "input"), s.add("Mul", "input", gate)])
    case("x · hardsigmoid", shape, lambda s: s.add("Mul", "input", s.add("HardSigmoid", "input", alpha=1 / 6)), low=-5, high=5)
    case("x · tanh(softplus)", shape, lambda s: s.add("Mul", "input", s.add("Tanh", s.add("Softplus", "input"))))

    def gelu(halves_first, divides):
        def build(s):
            root = np.float32(np.sqrt(2) if divides else np.sqrt(0.5))
            inner = s.add("Erf", s.add("Div" if divides else "Mul", "input", root))
            one_more = s.add("Add", inner, np.float32(1))
            if halves_first:
                return s.add("Mul", s.add("Mul", "input", np.float32(0.5)), one_more)
            return s.add("Mul", s.add("Mul", "input", one_more), np.float32(0.5))
        return build

    for halves_first in (False, True):
        for divides in (False, True):
            case(f"gelu by Erf, {halves_first}, {divides}", shape, gelu(halves_first, divides), low=-4, high=4)
    case("gelu by Erf, the distribution halved", shape, lambda s: s.add("Mul", "input", s.add("Mul", np.float32(0.5), s.add(
        "Add", np.float32(1), s.add("Erf", s.add("Mul", "input", np.float32(np.sqrt(0.5))))))), low=-4, high=4)
    for operator in ("Softmax", "LogSoftmax"):
        for axis in (1, 2, 3, -1, None):
            options = {} if axis is None else {"axis": axis}
            one(f"{operator} {axis}", shape, operator, **options)
            one(f"{operator} {axis}, version 11", shape, operator, **options, opset=11)
        one(f"{operator} of features, version 11", ["N", 6], operator, opset=11)


def normalizations():
    for shape in (["N", 5], ["N", 5, 6], ["N", 5, 3, 4], [1, 5, 2, 3, 4]):
        def build(s, **options):
            tensors = [s.numbers(5), s.numbers(5), s.numbers(5), s.numbers(5, low=0.1, high=2)]
            return s.add("BatchNormalization", "input", *tensors, **options)
        case(f"BatchNormalization of {shape}", shape, build)
        case(f"BatchNormalization of {shape}, epsilon", shape, lambda s: build(s, epsilon=0.1, momentum=0.5))
        case(f"BatchNormalization of {shape}, version 7", shape, build, opset=7)
    case("BatchNormalization after Conv", ["N", 3, 6, 6], lambda s: s.add(
        "BatchNormalization", s.add("Conv", "input", s.numbers(4, 3, 3, 3)), s.numbers(4), s.numbers(4), s.numbers(4),
        s.numbers(4, low=0.1, high=2)))
    for shape in (["N", 4, 9], ["N", 4, 5, 6], [1, 4, 2, 3, 4]):
        one(f"InstanceNormalization of {shape}", shape, "InstanceNormalization", (4,), (4,), epsilon=1e-3)
    for axis, scale in ((-1, (6,)), (3, (6,)), (2, (5, 6)), (1, (4, 5, 6)), (1, (4, 1, 1)), (-2, (1, 6))):
        one(f"LayerNormalization {axis}, {scale}", ["N", 4, 5, 6], "LayerNormalization", scale, scale, axis=axis)
    one("LayerNormalization without a summand", ["N", 4, 6], "LayerNormalization", (6,), epsilon=1e-2)
    one("GroupNormalization, version 18", ["N", 6, 4, 5], "GroupNormalization", (3,), (3,), num_groups=3, opset=18)
    one("GroupNormalization, version 21", ["N", 6, 4, 5], "GroupNormalization", (6,), (6,), num_groups=3, opset=21)
    for size in (1, 3, 5):
        one(f"LRN {size}", ["N", 6, 4, 4], "LRN", size=size, low=-6, high=6)
    one("LRN as AlexNet", ["N", 8, 4, 4], "LRN", size=5, alpha=1e-3, beta=0.5, bias=2.0, low=-9, high=9)
    # As PyTorch exports group_norm before version 21.
    case("GroupNorm by InstanceNormalization", ["N", 6, 4, 5], lambda s: s.add("Add", s.add("Mul", s.add(
        "Reshape", s.add("InstanceNormalization", s.add("Reshape", "input", np.array([0, 3, -1])), np.ones(3, np.float32),
                         np.zeros(3, np.float32)), s.add("Shape", "input")), s.numbers(6, 1, 1)), s.numbers(6, 1, 1)))


def arithmetic():
    shape = ["N", 4, 3, 5]
    for operator in ("Add", "Sub", "Mul", "Div"):
        for constant in ((), (1,), (4, 1, 1), (1, 4, 1, 1), (5,), (3, 5), (4, 3, 5), (1, 1, 3, 1)):
            def build(s, first):
                array = s.numbers(*constant, low=0.5, high=2) if constant else np.float32(1.7)
                return s.add(operator, *(["input", array] if first else [array, "input"]))
            case(f"{operator} {constant}", shape, lambda s: build(s, True))
            if operator != "Div":
                case(f"{operator} {constant}, first", shape, lambda s: build(s, False))
    for operator in ("Add", "Sub", "Mul"):
        case(f"{operator} of branches", shape, lambda s: s.add(operator, s.add("Relu", "input"), s.add("Tanh", "input")))
        case(f"{operator} with itself", shape, lambda s: s.add(operator, "input", "input"))
    case("Mul by a gate", shape, lambda s: s.add("Mul", "input", s.add("Sigmoid", s.add("GlobalAveragePool", "input"))))
    case("Sum of one", shape, lambda s: s.add("Sum", s.add("Relu", "input")))
    case("Sum of three", shape, lambda s: s.add("Sum", "input", s.add("Relu", "input"), s.add("Tanh", "input")))
    one("Sum with a constant", shape, "Sum", (4, 1, 1), (1,))
    one("Neg", shape, "Neg")
    case("scale, then shift", shape, lambda s: s.add("Add", s.add("Mul", "input", s.numbers(4, 1, 1)), s.numbers(1)))
    case("shift, then scale", shape, lambda s: s.add("Mul", s.add("Add", "input", s.numbers(4, 1, 1)), s.numbers(1)))
    case("shift twice", shape, lambda s: s.add("Add", s.add("Add", "input", s.numbers(4, 1, 1)), s.numbers(5)))
    case("Conv and Add", shape, lambda s: s.add("Add", s.add("Conv", "input", s.numbers(3, 4, 2, 2)), s.numbers(1, 3, 1, 1)))
    case("Conv and Add of a picture", shape, lambda s: s.add("Add", s.add("Conv", "input", s.numbers(3, 4, 2, 2)), s.numbers(2, 4)))
    case("Conv, read twice, and Add", shape, lambda s: s.add(
        "Mul", conv := s.add("Conv", "input", s.numbers(3, 4, 2, 2)), s.add("Add", conv, s.numbers(3, 1, 1))))
    case("Conv, through Identity twice, and Add", shape, lambda s: s.add(
        "Mul", s.add("Relu", same := s.add("Identity", s.add("Conv", "input", s.numbers(3, 4, 2, 2)))),
        s.add("Add", same, s.numbers(3, 1, 1))))
    case("Conv, an output, and Add", shape, lambda s: [
        conv := s.add("Conv", "input", s.numbers(3, 4, 2, 2)), s.add("Add", conv, s.numbers(3, 1, 1))])
    case("ConvTranspose and Add", shape, lambda s: s.add(
        "Add", s.add("ConvTranspose", "input", s.numbers(4, 3, 2, 2)), s.numbers(3, 1, 1)))


def rearrangements():
    shape = ["N", 4, 3, 5]
    for axis in (1, -3, None):
        one(f"Flatten {axis}", shape, "Flatten", **({} if axis is None else {"axis": axis}))
    for axis in (0, 1, 2, 3, 4):
        one(f"Flatten {axis} of a fixed batch", [2, 4, 3, 5], "Flatten", axis=axis)
    for target in ([0, -1], [-1, 60], [0, 4, 15], [0, 0, -1], [-1, 4, 5, 3], [0, 2, 2, 3, 5], [0, 0, 0, 0], [0, 60, 1, 1]):
        one(f"Reshape {target}", shape, "Reshape", np.array(target))
    for target in ([2, 60], [8, 15], [-1], [120], [1, 2, 60], [5, -1, 2]):
        one(f"Reshape {target} of a fixed batch", [2, 4, 3, 5], "Reshape", np.array(target))
    one("Squeeze, version 11", ["N", 4, 1, 1], "Squeeze", axes=[2, 3], opset=11)
    one("Squeeze", ["N", 4, 1, 1], "Squeeze", np.array([-1, 2]))
    one("Squeeze all", [2, 1, 4, 1], "Squeeze")
    one("Unsqueeze, version 11", ["N", 4, 5], "Unsqueeze", axes=[2, 4], opset=11)
    one("Unsqueeze", ["N", 4, 5], "Unsqueeze", np.array([-1, 1]))
    one("Transpose of extents of 1", ["N", 4, 1, 1], "Transpose", perm=[0, 2, 3, 1])
    one("Transpose of nothing", ["N", 4, 3], "Transpose", perm=[0, 1, 2])
    for axis in (1, 2, 3, -1, -3):
        case(f"Concat {axis}", shape, lambda s: s.add("Concat", "input", s.add("Relu", "input"), "input", axis=axis))
    case("Concat of one", shape, lambda s: s.add("Concat", s.add("Relu", "input"), axis=1))
    case("Concat of a fixed batch", [2, 3, 4], lambda s: s.add("Concat", "input", s.add("Relu", "input"), axis=0))
    case("Identity and Dropout", shape, lambda s: s.add("Dropout", s.add("Identity", s.add("Relu", "input"))))
    one("Dropout, version 7", shape, "Dropout", ratio=0.5, opset=7)
    one("Dropout with its inputs", shape, "Dropout", np.float32(0.3))
    one("Identity alone", shape, "Identity")
    case("the same result twice", shape, lambda s: [relu := s.add("Relu", "input"), s.add("Identity", relu)])
    case("results under other names", shape, lambda s: [
        s.add("Identity", relu := s.add("Relu", "input")), s.add("Identity", relu), s.add("Tanh", relu)])
    one("Cast to what it is", shape, "Cast", to=1)
    for mode in ("constant", "reflect", "edge"):
        for pads in ([0, 0, 1, 2, 0, 0, 2, 1], [0, 0, 0, 2, 0, 0, 1, 0]):
            value = [np.float32(1.5)] if mode == "constant" else []
            one(f"Pad {mode} {pads}", shape, "Pad", np.array(pads), *value, mode=mode)
            one(f"Pad {mode} {pads}, version 2", shape, "Pad", pads=pads, mode=mode, opset=7)
    one("Pad by less than nothing", shape, "Pad", np.array([0, -1, 1, -2, 0, 0, -1, 1]))
    one("Pad of channels", shape, "Pad", np.array([0, 1, 0, 0, 0, 2, 0, 0]))
    one("Pad of chosen axes", shape, "Pad", np.array([1, 2, 3, 0]), "", np.array([3, -2]), opset=18)
    one("Pad around", shape, "Pad", np.array([0, 0, 1, 2, 0, 0, 2, 1]), mode="wrap", opset=19)
    one("Pad by nothing", shape, "Pad", np.array([0] * 8))
    for starts, ends, axes in (([1], [3], [1]), ([-2], [1000], [3]), ([0, 1], [-1, 4], [2, 3]), ([0], [2], [1])):
        one(f"Slice {starts} {ends} {axes}", shape, "Slice", np.array(starts), np.array(ends), np.array(axes))
        one(f"Slice {starts} {ends} {axes}, version 7", shape, "Slice", starts=starts, ends=ends, axes=axes, opset=7)
    case("Split", shape, lambda s: s.add("Split", "input", outputs=2, axis=1))
    case("Split into parts", shape, lambda s: s.add("Split", "input", np.array([1, 3]), outputs=2, axis=1))
    case("Split, version 11", shape, lambda s: s.add("Split", "input", outputs=2, axis=1, split=[3, 1]), opset=11)
    case("Split, version 18", ["N", 5, 4], lambda s: s.add("Split", "input", outputs=3, axis=1, num_outputs=3), opset=18)


def resizes():
    shape = ["N", 2, 4, 6]
    scales = ([1, 1, 2, 2], [1, 1, 3, 2], [1, 1, 1.5, 0.5], [1, 1, 1.3, 1.7])
    sizes = ([8, 12], [7, 9], [2, 3], [4, 6], [1, 1], [12, 6])
    halves = ("half_pixel", "pytorch_half_pixel")
    for coordinates in (*halves, "asymmetric", "align_corners"):
        ways = [{"mode": "linear"}] + [
            {"nearest_mode": rounding} for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
        ]
        for way in ways:
            options = {**way, "coordinate_transformation_mode": coordinates}
            rounding = way.get("nearest_mode")
            # Between two cells at the same distance the layer takes the second: what comes to lie there depends.
            ties = coordinates in halves and rounding in ("round_prefer_floor", "round_prefer_ceil")
            common = (coordinates != "asymmetric" if rounding is None
                      else rounding == "floor" and coordinates == "asymmetric")
            for index, scale in enumerate(scales):
                one(name := f"Resize by {scale}, {options}", shape, "Resize", "", np.float32(scale), **options)
                RARE.update([] if common or ties and index < 2 else [name])
            for size in sizes:
                one(name := f"Resize to {size}, {options}", [2, 2, 4, 6], "Resize", "", "", np.array([2, 2, *size]), **options)
                RARE.update([] if common or ties and size in ([8, 12], [4, 6], [12, 6]) else [name])
    one("Resize, version 10", shape, "Resize", np.float32([1, 1, 2, 3]), opset=10)
    one("Resize of chosen axes", shape, "Resize", "", np.float32([2, 3]), axes=[2, 3], opset=18,
        coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    one("Resize 1-d", ["N", 2, 5], "Resize", "", np.float32([1, 1, 2]), coordinate_transformation_mode="asymmetric",
        nearest_mode="floor")
    one("Resize 3-d", [1, 2, 2, 3, 2], "Resize", "", np.float32([1, 1, 2, 1, 3]),
        coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    one("Upsample, version 7", shape, "Upsample", scales=[1.0, 1.0, 2.0, 3.0], opset=7)
    one("Upsample, version 9", shape, "Upsample", np.float32([1, 1, 2, 2]), opset=9)


def shapes():
    """What exporters compute of shapes instead of writing it down."""
    shape = ["N", 4, 3, 5]
    case("Shape, Gather, Concat, Reshape", shape, lambda s: s.add("Reshape", "input", s.add(
        "Concat", s.add("Unsqueeze", s.add("Gather", s.add("Shape", "input"), np.array(0)), np.array([0])), np.array([-1]),
        axis=0)))
    case("Shape, Slice, Concat, Reshape", shape, lambda s: s.add("Reshape", "input", s.add(
        "Concat", s.add("Slice", s.add("Shape", "input"), np.array([0]), np.array([2]), np.array([0])), np.array([15]), axis=0)))
    case("extents multiplied", shape, lambda s: s.add("Reshape", "input", s.add("Concat", s.add(
        "Slice", s.add("Shape", "input"), np.array([0]), np.array([1])), s.add("Mul", s.add(
            "Gather", s.add("Shape", "input"), np.array([1])), s.add("Gather", s.add("Shape", "input"), np.array([-1]))),
        np.array([-1]), axis=0)))
    case("Resize to another's size", shape, lambda s: s.add("Resize", s.add("MaxPool", "input", kernel_shape=[2, 2]), "", "", s.add(
        "Concat", s.add("Slice", s.add("Shape", pool := s.add("MaxPool", "input", kernel_shape=[1, 2])), np.array([0]), np.array([2])),
        s.add("Slice", s.add("Shape", "input"), np.array([2]), np.array([4])), axis=0),
        coordinate_transformation_mode="asymmetric", nearest_mode="floor"))
    case("Resize by scales from a shape", [1, 4, 3, 5], lambda s: s.add("Resize", "input", "", s.add("Div", s.add(
        "Cast", np.array([1, 4, 6, 10]), to=1), s.add("Cast", s.add("Shape", "input"), to=1)),
        coordinate_transformation_mode="asymmetric", nearest_mode="floor"))
    # PyTorch writes the amounts of F.pad from the last axis on, and turns them around in the graph.
    def pad(s):
        amounts = s.add("Concat", np.array([1, 2, 2, 0]), s.add(
            "ConstantOfShape", np.array([4]), value=numpy_helper.from_array(np.array([0]))), axis=0)
        pairs = s.add("Reshape", amounts, np.array([-1, 2]))
        turned = s.add("Slice", pairs, np.array([-1]), np.array([-(2**62)]), np.array([0]), np.array([-1]))
        return s.add("Pad", "input", s.add("Reshape", s.add("Transpose", turned, perm=[1, 0]), np.array([-1])))

    case("Pad by amounts turned around", shape, pad)
    case("Constant nodes", shape, lambda s: s.add("Add", s.add("Mul", "input", s.add("Constant", value_float=2.0)), s.add(
        "Constant", value=numpy_helper.from_array(s.numbers(4, 1, 1)))))
    case("lists in Constant nodes", shape, lambda s: s.add("Reshape", s.add("Add", "input", s.add(
        "Constant", value_floats=[1.0, 2.0, 3.0, 4.0, 5.0])), s.add("Constant", value_ints=[0, -1])))
    case("a weight that is computed", shape, lambda s: s.add("Conv", "input", s.add("Reshape", s.add("Mul", s.add(
        "Transpose", s.numbers(6, 4), perm=[1, 0]), s.numbers(4, 1)), np.array([6, 4, 1, 1]))))
    case("a weight of ConstantOfShape", shape, lambda s: s.add("Conv", "input", s.add(
        "ConstantOfShape", np.array([2, 4, 3, 3]), value=numpy_helper.from_array(np.float32([0.25])))))
    for kind in (np.float16, np.float64):
        case(f"a weight of {kind.__name__}, cast", shape, lambda s: s.add("Conv", "input", s.add(
            "Cast", s.constant(s.numbers(2, 4, 3, 3), kind), to=1)))


for family in (convolutions, products, pools, activations, normalizations, arithmetic, rearrangements, resizes, shapes):
    family()
