"""A network of the interface as a torch module."""

import math

import torch
from torch.nn import functional as F

from noise import parameters, spatial


class Model(torch.nn.Module):
    def __init__(self, body):
        super().__init__()
        self.layers = body["layers"]
        for index, layer in enumerate(self.layers):
            for name, values in parameters(index, layer, layer["reads"][0]).items():
                self.register_buffer(f"{name}_{index}", torch.from_numpy(values))

    def forward(self, x):
        values, last = {"input": x}, x
        for index, layer in enumerate(self.layers):
            inputs = [values[name] for name in layer.get("inputs", [])] or [last]
            weights = {n: getattr(self, f"{n}_{index}", None) for n in ["weight", "bias", "running_mean", "running_var"]}
            last = compute(layer, inputs, weights)
            if "name" in layer:
                values[layer["name"]] = last
        return last


def model(body):
    """`body` with each layer's `reads`, the shapes it reads, filled in by `shapes`."""
    return Model(shapes(body)).eval()


def shapes(body):
    """Fills in what every layer reads and gives, by running torch on tensors without numbers."""
    values, last = {"input": torch.empty(body["input_shape"], device="meta")}, None
    last = values["input"]
    for index, layer in enumerate(body["layers"]):
        inputs = [values[name] for name in layer.get("inputs", [])] or [last]
        layer["reads"] = [list(value.shape) for value in inputs]
        made = parameters(index, layer, layer["reads"][0])
        weights = {name: torch.empty(values.shape, device="meta") for name, values in made.items()}
        last = compute(layer, inputs, {name: weights.get(name) for name in ["weight", "bias", "running_mean", "running_var"]})
        layer["gives"] = list(last.shape)
        if "name" in layer:
            values[layer["name"]] = last
    return body


def compute(layer, inputs, weights):
    kind, x, w, b = layer["type"], inputs[0], weights["weight"], weights["bias"]
    get = layer.get
    rank = int(kind[-2]) if kind.endswith("d") and kind[-2].isdigit() else 0
    if kind.startswith("conv_transpose"):
        function = getattr(F, kind)
        return function(x, w, b, get("stride", 1), get("padding", 0), get("output_padding", 0), get("groups", 1), get("dilation", 1))
    if kind.startswith("conv"):
        return getattr(F, kind)(x, w, b, get("stride", 1), get("padding", 0), get("dilation", 1), get("groups", 1))
    if kind.startswith("max_pool"):
        function = getattr(F, kind)
        arguments = dict(stride=get("stride"), padding=get("padding", 0), dilation=get("dilation", 1))
        result = function(x, layer["kernel_size"], ceil_mode=get("ceil_mode", False), return_indices=get("return_indices", False), **arguments)
        return result[0] if get("return_indices") else result
    if kind.startswith("avg_pool"):
        arguments = dict(stride=get("stride"), padding=get("padding", 0), ceil_mode=get("ceil_mode", False))
        return getattr(F, kind)(x, layer["kernel_size"], count_include_pad=get("count_include_pad", True), **arguments)
    if kind.startswith("lp_pool"):
        return getattr(F, kind)(x, float(layer["norm_type"]), layer["kernel_size"], stride=get("stride"), ceil_mode=get("ceil_mode", False))
    if kind.startswith("adaptive_max"):
        result = getattr(F, kind)(x, layer["output_size"], return_indices=get("return_indices", False))
        return result[0] if get("return_indices") else result
    if kind.startswith("adaptive_avg"):
        return getattr(F, kind)(x, layer["output_size"])
    if kind.startswith("batch_norm"):
        return F.batch_norm(x, weights["running_mean"], weights["running_var"], w, b)
    if kind == "layer_norm":
        return F.layer_norm(x, layer["normalized_shape"])
    if kind == "group_norm":
        return F.group_norm(x, layer["num_groups"])
    if kind == "local_response_norm":
        return F.local_response_norm(x, layer["size"])
    if kind in ("softmax", "log_softmax"):
        return getattr(F, kind)(x, layer["dim"])
    if kind == "gelu":
        return F.gelu(x, approximate=get("approximate", "none"))
    if kind == "prelu":
        return F.prelu(x, w)
    if kind == "linear":
        return F.linear(x, w, b)
    if kind == "upsample":
        return F.interpolate(x, size=get("size"), scale_factor=get("scale_factor"), mode=get("mode", "nearest"))
    if kind == "pad":
        pairs = [extent for pair in reversed(layer["padding"]) for extent in pair]
        return F.pad(x, pairs, mode=get("mode", "constant"))
    if kind == "flatten":
        return torch.flatten(x, get("start_dim", 1), get("end_dim", -1))
    if kind == "add":
        return sum(inputs[1:], inputs[0])
    if kind == "multiply":
        return math.prod(inputs[1:], start=inputs[0])
    if kind == "concat":
        return torch.cat(inputs, layer["dim"])
    return getattr(F, kind)(x)
