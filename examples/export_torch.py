#!/usr/bin/env python3
"""A PyTorch network as a model's folder, and a check that the service gives PyTorch's numbers.

    python examples/export_torch.py --url http://localhost:8080 /tmp/models

writes /tmp/models/lenet and /tmp/models/resnet and sends each an input. In a program of one's own:

    from export_torch import export
    network = torch.nn.Sequential(
        torch.nn.Conv2d(1, 8, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2), torch.nn.Flatten(), torch.nn.Linear(1568, 10)
    )
    export(network, [None, 1, 28, 28], "models/digits")

The network is traced by torch.fx, so that its branches are seen; it must not choose its way by the numbers it computes.
Needs torch and safetensors.
"""

import argparse
import json
import operator
import pathlib
import urllib.request

import safetensors.torch
import torch
import torch.nn.functional as F
from torch import nn

#: Modules whose layer has the same parameters: (type, {parameter of the layer: attribute of the module}).
POOL = {"kernel_size": "kernel_size", "stride": "stride", "padding": "padding", "ceil_mode": "ceil_mode"}
WINDOW = {"stride": "stride", "padding": "padding", "dilation": "dilation", "groups": "groups"}
MODULES = {
    **{getattr(nn, f"Conv{n}d"): (f"conv{n}d", {**WINDOW, "padding_mode": "padding_mode"}) for n in (1, 2, 3)},
    **{getattr(nn, f"ConvTranspose{n}d"): (f"conv_transpose{n}d", {**WINDOW, "output_padding": "output_padding"}) for n in (1, 2, 3)},
    **{getattr(nn, f"BatchNorm{n}d"): (f"batch_norm{n}d", {"eps": "eps"}) for n in (1, 2, 3)},
    **{getattr(nn, f"MaxPool{n}d"): (f"max_pool{n}d", {**POOL, "dilation": "dilation"}) for n in (1, 2, 3)},
    **{getattr(nn, f"AvgPool{n}d"): (f"avg_pool{n}d", {**POOL, "count_include_pad": "count_include_pad"}) for n in (1, 2, 3)},
    **{getattr(nn, f"AdaptiveAvgPool{n}d"): (f"adaptive_avg_pool{n}d", {"output_size": "output_size"}) for n in (1, 2, 3)},
    **{getattr(nn, f"AdaptiveMaxPool{n}d"): (f"adaptive_max_pool{n}d", {"output_size": "output_size"}) for n in (1, 2, 3)},
    **{getattr(nn, f"InstanceNorm{n}d"): ("instance_norm", {"eps": "eps"}) for n in (1, 2, 3)},
    nn.GroupNorm: ("group_norm", {"num_groups": "num_groups", "eps": "eps"}),
    nn.LayerNorm: ("layer_norm", {"normalized_shape": "normalized_shape", "eps": "eps"}),
    nn.LocalResponseNorm: ("local_response_norm", {"size": "size", "alpha": "alpha", "beta": "beta", "k": "k"}),
    nn.Linear: ("linear", {}),
    nn.Flatten: ("flatten", {"start_dim": "start_dim", "end_dim": "end_dim"}),
    nn.Softmax: ("softmax", {"dim": "dim"}),
    nn.LogSoftmax: ("log_softmax", {"dim": "dim"}),
    nn.LeakyReLU: ("leaky_relu", {"negative_slope": "negative_slope"}),
    nn.ELU: ("elu", {"alpha": "alpha"}),
    nn.GELU: ("gelu", {"approximate": "approximate"}),
    nn.PReLU: ("prelu", {}),
    nn.Upsample: ("upsample", {
        "scale_factor": "scale_factor", "size": "size", "mode": "mode", "align_corners": "align_corners"
    }),
    **{module: (name, {}) for module, name in {
        nn.ReLU: "relu", nn.ReLU6: "relu6", nn.SELU: "selu", nn.SiLU: "silu", nn.Mish: "mish", nn.Sigmoid: "sigmoid",
        nn.Tanh: "tanh", nn.Softplus: "softplus", nn.Hardsigmoid: "hardsigmoid", nn.Hardswish: "hardswish",
    }.items()},
}
#: Functions and methods: (type, the parameters that their arguments after the first are).
FUNCTIONS = {
    F.relu: ("relu", ["inplace"]), torch.relu: ("relu", []), "relu": ("relu", []), F.relu6: ("relu6", ["inplace"]),
    F.silu: ("silu", ["inplace"]), F.gelu: ("gelu", ["approximate"]), F.hardswish: ("hardswish", ["inplace"]),
    F.hardsigmoid: ("hardsigmoid", ["inplace"]), torch.sigmoid: ("sigmoid", []), "sigmoid": ("sigmoid", []),
    torch.tanh: ("tanh", []), "tanh": ("tanh", []), F.softmax: ("softmax", ["dim"]), F.log_softmax: ("log_softmax", ["dim"]),
    torch.flatten: ("flatten", ["start_dim", "end_dim"]), "flatten": ("flatten", ["start_dim", "end_dim"]),
    F.max_pool2d: ("max_pool2d", ["kernel_size", "stride", "padding", "dilation", "ceil_mode"]),
    F.avg_pool2d: ("avg_pool2d", ["kernel_size", "stride", "padding", "ceil_mode", "count_include_pad"]),
    F.adaptive_avg_pool2d: ("adaptive_avg_pool2d", ["output_size"]),
    F.adaptive_max_pool2d: ("adaptive_max_pool2d", ["output_size"]),
}
COMBINATIONS = {
    operator.add: "add", operator.iadd: "add", torch.add: "add", "add": "add", "add_": "add",
    operator.mul: "multiply", operator.imul: "multiply", torch.mul: "multiply", "mul": "multiply",
}
IDENTITIES = (nn.Identity, nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d)
TENSORS = ("weight", "bias", "running_mean", "running_var")


def export(network, input_shape, folder):
    """Writes the folder; `input_shape` has None for a batch of any number of samples. Gives the description."""
    traced = torch.fx.symbolic_trace(network.eval())
    layers, weights, names = [], {}, {}

    def layer(node, kind, inputs, **parameters):
        parameters = {key: value for key, value in parameters.items() if value is not None}
        layers.append({"type": kind, "name": node.name, "inputs": [names[source] for source in inputs], **parameters})
        names[node] = node.name

    for node in traced.graph.nodes:
        if node.op == "placeholder":
            if names:
                raise ValueError("a served model has one input")
            names[node] = "input"
        elif node.op == "call_module":
            module = traced.get_submodule(node.target)
            if isinstance(module, IDENTITIES):
                names[node] = names[node.args[0]]
                continue
            if type(module) not in MODULES:
                raise ValueError(f"no layer does what {node.target} does: {module}")
            kind, attributes = MODULES[type(module)]
            parameters = {key: plain(getattr(module, attribute)) for key, attribute in attributes.items()}
            for name in TENSORS:
                tensor = getattr(module, name, None)
                if tensor is not None:
                    weights[f"{node.target}.{name}"] = tensor.detach().float().contiguous().clone()
                    parameters[name] = {"tensor": f"{node.target}.{name}"}
            layer(node, kind, node.args[:1], **parameters)
        elif node.op in ("call_function", "call_method") and node.target in COMBINATIONS:
            if not all(isinstance(argument, torch.fx.Node) for argument in node.args[:2]):
                raise ValueError(f"no layer does what {node.format_node()} does")
            layer(node, COMBINATIONS[node.target], node.args[:2])
        elif node.op in ("call_function", "call_method") and node.target in (torch.cat, torch.concat):
            axis = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim", 0)
            layer(node, "concat", node.args[0], dim=axis)
        elif node.op in ("call_function", "call_method") and node.target is F.dropout:
            names[node] = names[node.args[0]]
        elif node.op in ("call_function", "call_method") and node.target in FUNCTIONS:
            kind, order = FUNCTIONS[node.target]
            given = {**dict(zip(order, node.args[1:])), **node.kwargs}
            given = {key: plain(value) for key, value in given.items() if key in order and key != "inplace"}
            if kind == "flatten":
                given.setdefault("start_dim", 0)
            layer(node, kind, node.args[:1], **given)
        elif node.op == "output":
            results = node.args[0] if isinstance(node.args[0], (tuple, list)) else [node.args[0]]
            outputs = [names[result] for result in results]
        else:
            raise ValueError(f"no layer does what {node.format_node()} does")

    description = {"input_shape": list(input_shape), "outputs": outputs, "layers": layers}
    folder = pathlib.Path(folder)
    # The server never reads names that begin with a dot: the folder appears whole.
    aside = folder.parent / f".{folder.name}"
    aside.mkdir(parents=True)
    if weights:
        safetensors.torch.save_file(weights, aside / "weights.safetensors")
    (aside / "model.json").write_text(json.dumps(description))
    aside.rename(folder)
    return description


def plain(value):
    """What JSON can hold."""
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    return value


def difference(url, folder, network, x):
    """How far the service's answer to `x` is from PyTorch's, as a part of the largest number."""
    description = json.loads((pathlib.Path(folder) / "model.json").read_text())
    weights = safetensors.torch.load_file(pathlib.Path(folder) / "weights.safetensors")
    body = safetensors.torch.save(
        {"input": x, **weights},
        {"parameters": json.dumps({"layers": description["layers"], "outputs": description["outputs"]})},
    )
    kind = "application/vnd.safetensors"
    request = urllib.request.Request(f"{url}/v1/forward", body, {"Content-Type": kind, "Accept": kind})
    found = safetensors.torch.load(urllib.request.urlopen(request).read())[description["outputs"][0]]
    wanted = network(x).detach()
    return float((found - wanted).abs().max() / wanted.abs().max())


class Residual(nn.Module):
    """Two convolutions, and the input beside them."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + self.downsample(x))


def main():
    parser = argparse.ArgumentParser(description="Exports two networks and compares the service with PyTorch.")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--url", default="http://localhost:8080")
    arguments = parser.parse_args()
    torch.manual_seed(1)
    lenet = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Dropout(), nn.Linear(120, 10), nn.Softmax(-1),
    )
    resnet = nn.Sequential(
        nn.Conv2d(3, 16, 7, 2, 3), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(3, 2, 1), Residual(16, 32, 1),
        Residual(32, 64, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10),
    )
    for name, network, shape in (("lenet", lenet, [1, 28, 28]), ("resnet", resnet, [3, 64, 64])):
        export(network, [None, *shape], arguments.folder / name)
        off = difference(arguments.url, arguments.folder / name, network.eval(), torch.randn(2, *shape))
        print(f"{name}: the service differs from PyTorch by {off:.1e} of the largest number")
        if off > 1e-5:
            raise SystemExit(f"{name}: that is too much")


if __name__ == "__main__":
    main()
