"""A network of the interface as an ONNX model, and a convolution as ncnn's."""

import onnx
from onnx import TensorProto, helper, numpy_helper

import torch_models
from noise import parameters, spatial

ELEMENTWISE = {
    "relu": ("Relu", {}),
    "leaky_relu": ("LeakyRelu", {"alpha": 0.01}),
    "elu": ("Elu", {}),
    "selu": ("Selu", {}),
    "mish": ("Mish", {}),
    "sigmoid": ("Sigmoid", {}),
    "tanh": ("Tanh", {}),
    "softplus": ("Softplus", {}),
    "hardsigmoid": ("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}),
    "hardswish": ("HardSwish", {}),
}


class Unsupported(Exception):
    """The layer has no node in ONNX."""


class Graph:
    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, values):
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(values, name))
        return name

    def node(self, kind, inputs, outputs=1, **attributes):
        names = [f"value_{len(self.nodes)}_{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, **attributes))
        return names[0]


def model(body):
    """Opset 20; throws `Unsupported`."""
    body = torch_models.shapes(body)
    graph, values, last = Graph(), {"input": "input"}, "input"
    for index, layer in enumerate(body["layers"]):
        inputs = [values[name] for name in layer.get("inputs", [])] or [last]
        made = {name: graph.constant(array) for name, array in parameters(index, layer, layer["reads"][0]).items()}
        last = add(graph, layer, inputs, made)
        if "name" in layer:
            values[layer["name"]] = last
    source = helper.make_tensor_value_info("input", TensorProto.FLOAT, body["input_shape"])
    result = helper.make_tensor_value_info(last, TensorProto.FLOAT, body["layers"][-1]["gives"])
    made = helper.make_graph(graph.nodes, "network", [source], [result], graph.constants)
    found = helper.make_model(made, opset_imports=[helper.make_opsetid("", 20)])
    found.ir_version = 9
    return found


def window(layer, rank):
    get = layer.get
    return dict(
        kernel_shape=spatial(layer["kernel_size"], rank),
        strides=spatial(get("stride") or layer["kernel_size"], rank),
        pads=spatial(get("padding", 0), rank) * 2,
    )


def add(graph, layer, inputs, made):
    import numpy as np

    kind, get = layer["type"], layer.get
    rank = int(kind[-2]) if kind.endswith("d") and kind[-2].isdigit() else 0
    if kind.startswith("conv"):
        attributes = window({**layer, "stride": get("stride", 1)}, rank)
        attributes |= dict(group=get("groups", 1), dilations=spatial(get("dilation", 1), rank))
        name = "ConvTranspose" if kind.startswith("conv_transpose") else "Conv"
        return graph.node(name, [inputs[0], *made.values()], **attributes)
    if kind.startswith("max_pool"):
        attributes = dict(dilations=spatial(get("dilation", 1), rank), ceil_mode=int(get("ceil_mode", False)))
        return graph.node("MaxPool", inputs, 2 if get("return_indices") else 1, **window(layer, rank), **attributes)
    if kind.startswith("avg_pool"):
        counts = int(get("count_include_pad", True))
        return graph.node("AveragePool", inputs, **window(layer, rank), count_include_pad=counts)
    if kind.startswith("lp_pool"):
        return graph.node("LpPool", inputs, **window(layer, rank), p=layer["norm_type"])
    if kind.startswith("adaptive"):
        if get("return_indices") or any(extent != 1 for extent in spatial(layer["output_size"], rank)):
            raise Unsupported(kind)
        return graph.node("GlobalMaxPool" if kind.startswith("adaptive_max") else "GlobalAveragePool", inputs)
    if kind.startswith("batch_norm"):
        channels = layer["reads"][0][1]
        scale = made.get("weight") or graph.constant(np.ones(channels, np.float32))
        shift = made.get("bias") or graph.constant(np.zeros(channels, np.float32))
        return graph.node("BatchNormalization", [inputs[0], scale, shift, made["running_mean"], made["running_var"]])
    if kind == "layer_norm":
        scale = graph.constant(np.ones(layer["normalized_shape"], np.float32))
        return graph.node("LayerNormalization", [inputs[0], scale], axis=-len(layer["normalized_shape"]))
    if kind == "instance_norm":
        ones, zeros = np.ones(layer["reads"][0][1], np.float32), np.zeros(layer["reads"][0][1], np.float32)
        return graph.node("InstanceNormalization", [inputs[0], graph.constant(ones), graph.constant(zeros)])
    if kind == "local_response_norm":
        return graph.node("LRN", inputs, size=layer["size"])
    if kind in ("softmax", "log_softmax"):
        return graph.node("Softmax" if kind == "softmax" else "LogSoftmax", inputs, axis=layer["dim"])
    if kind == "gelu":
        return graph.node("Gelu", inputs, approximate=get("approximate", "none"))
    if kind == "silu":
        return graph.node("Mul", [inputs[0], graph.node("Sigmoid", inputs)])
    if kind == "relu6":
        bounds = [graph.constant(np.array(bound, np.float32)) for bound in (0, 6)]
        return graph.node("Clip", [inputs[0], *bounds])
    if kind == "prelu":
        return graph.node("PRelu", [inputs[0], made["weight"]])
    if kind == "linear":
        if len(layer["reads"][0]) != 2:
            raise Unsupported(kind)
        return graph.node("Gemm", [inputs[0], *made.values()], transB=1)
    if kind == "upsample":
        sizes = graph.constant(np.array(layer["gives"], np.int64))
        mode = "linear" if get("mode") == "bilinear" else "nearest"
        nearest = dict(coordinate_transformation_mode="asymmetric", nearest_mode="floor")
        return graph.node("Resize", [inputs[0], "", "", sizes], mode=mode, **({} if mode == "linear" else nearest))
    if kind == "pad":
        rest = len(layer["reads"][0]) - len(layer["padding"])
        begins = [0] * rest + [pair[0] for pair in layer["padding"]]
        ends = [0] * rest + [pair[1] for pair in layer["padding"]]
        mode = {"replicate": "edge", "circular": "wrap"}.get(get("mode"), get("mode", "constant"))
        return graph.node("Pad", [inputs[0], graph.constant(np.array(begins + ends, np.int64))], mode=mode)
    if kind == "flatten":
        return graph.node("Flatten", inputs, axis=get("start_dim", 1))
    if kind in ("add", "multiply"):
        total = inputs[0]
        for value in inputs[1:]:
            total = graph.node("Add" if kind == "add" else "Mul", [total, value])
        return total
    if kind == "concat":
        return graph.node("Concat", inputs, axis=layer["dim"])
    if kind in ELEMENTWISE:
        name, attributes = ELEMENTWISE[kind]
        return graph.node(name, inputs, **attributes)
    raise Unsupported(kind)


def ncnn_model(body):
    """A single conv2d: the text of the .param file and the octets of the .bin file. The input is called x, the result y."""
    layer, shape = body["layers"][0], body["input_shape"]
    get = layer.get
    made = parameters(0, layer, shape)
    (kh, kw), (sh, sw) = spatial(layer["kernel_size"], 2), spatial(get("stride", 1), 2)
    (dh, dw), (ph, pw) = spatial(get("dilation", 1), 2), spatial(get("padding", 0), 2)
    groups, weight = get("groups", 1), made["weight"]
    fields = {0: layer["out_channels"], 1: kw, 11: kh, 2: dw, 12: dh, 3: sw, 13: sh, 4: pw, 14: ph, 5: int("bias" in made), 6: weight.size}
    if groups > 1:
        fields[7] = groups
    kind = "ConvolutionDepthWise" if groups > 1 else "Convolution"
    text = "7767517\n2 2\nInput input 0 1 x 0=%d 1=%d 2=%d\n" % (shape[3], shape[2], shape[1])
    text += f"{kind} layer 1 1 x y " + " ".join(f"{key}={value}" for key, value in fields.items()) + "\n"
    return text, b"\0\0\0\0" + weight.tobytes() + (made["bias"].tobytes() if "bias" in made else b"")
