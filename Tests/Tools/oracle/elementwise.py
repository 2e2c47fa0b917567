"""Activations, softmax, and the combinations that a network may use."""

import numpy as np
import torch
import torch.nn.functional as F

from . import operations, precision
from .convolution import finite_magnitude, parameter_tensor


def activation(function, is_exact=False, **names):
    """`names`: a parameter of the interface, and its default."""

    def compute(parameters, x):
        values = {name: parameters.get(name, default) for name, default in names.items()}
        output = function(torch.from_numpy(x), **values).numpy()
        if is_exact:
            return operations.Answer(output, precision.rounding_bound(output, 1) if values else None)
        # The functions cancel where they cross zero, so the bound never falls below that of a value of min(1, |x|).
        return operations.Answer(output, precision.rounding_bound(output, 8, np.minimum(finite_magnitude(x), 1)))

    return compute


def clamp(parameters, x):
    # Bounds are float32, as all numbers are.
    low, high = (np.float32(parameters.get(key, bound)) for key, bound in (("min", -np.inf), ("max", np.inf)))
    return operations.Answer(torch.clamp(torch.from_numpy(x), float(low), float(high)).numpy(), None)


def prelu(parameters, x):
    weight = parameter_tensor(parameters, "weight").reshape(-1)
    output = F.prelu(torch.from_numpy(x), torch.from_numpy(weight)).numpy()
    return operations.Answer(output, precision.rounding_bound(output, 1))


def softmax(parameters, x):
    output = F.softmax(torch.from_numpy(x), parameters["dim"]).numpy()
    # exp turns an absolute error of x into a relative one of the result.
    return operations.Answer(output, precision.rounding_bound(output, 16 + finite_magnitude(x).max(initial=0)))


def log_softmax(parameters, x):
    output = F.log_softmax(torch.from_numpy(x), parameters["dim"]).numpy()
    return operations.Answer(output, precision.rounding_bound(output, 16, 1 + finite_magnitude(x).max(initial=0)))


def add(parameters, *inputs):
    return combined(inputs, np.add)


def multiply(parameters, *inputs):
    return combined(inputs, np.multiply)


def combined(inputs, function):
    output, magnitude = inputs[0], finite_magnitude(inputs[0])
    for array in inputs[1:]:
        output, magnitude = function(output, array), function(magnitude, finite_magnitude(array))
    return operations.Answer(output, precision.rounding_bound(magnitude, len(inputs)))


def concat(parameters, *inputs):
    return operations.Answer(np.concatenate(inputs, parameters.get("dim", 1)), None)


OPERATIONS = {
    "relu": activation(F.relu, is_exact=True),
    "relu6": activation(F.relu6, is_exact=True),
    "leaky_relu": activation(F.leaky_relu, is_exact=True, negative_slope=0.01),
    "elu": activation(F.elu, alpha=1.0),
    "selu": activation(F.selu),
    "gelu": activation(F.gelu, approximate="none"),
    "silu": activation(F.silu),
    "mish": activation(F.mish),
    "sigmoid": activation(torch.sigmoid),
    "tanh": activation(torch.tanh),
    "softplus": activation(F.softplus),
    "hardsigmoid": activation(F.hardsigmoid),
    "hardswish": activation(F.hardswish),
    "clamp": clamp,
    "prelu": prelu,
    "softmax": softmax,
    "log_softmax": log_softmax,
}

# Only inside a network: they take several inputs.
COMBINATIONS = {"add": add, "multiply": multiply, "concat": concat}
