"""batch_norm, layer_norm, group_norm, instance_norm, local_response_norm, scale."""

import numpy as np
import torch
import torch.nn.functional as F

from . import operations, precision
from .convolution import finite_magnitude, parameter_tensor


def tensor(parameters, key):
    value = parameter_tensor(parameters, key)
    return None if value is None else torch.from_numpy(value)


def spread(output, x, scale, depth):
    """(x − mean)·scale errs like a sum over `depth` elements as large as the largest x, scaled."""
    largest = finite_magnitude(x).max(initial=0)
    return precision.sum_bound(np.full(output.shape, largest * scale), depth) + precision.rounding_bound(output, 8)


def batch_norm(parameters, x):
    mean, variance = tensor(parameters, "running_mean"), tensor(parameters, "running_var")
    weight, bias = tensor(parameters, "weight"), tensor(parameters, "bias")
    eps = parameters.get("eps", 1e-5)
    output = F.batch_norm(torch.from_numpy(x), mean, variance, weight, bias, False, 0.1, eps).numpy()
    scale = 1 / torch.sqrt(variance + eps)
    scale = (scale if weight is None else scale * weight).abs().numpy()
    shift = scale * mean.abs().numpy() + (0 if bias is None else bias.abs().numpy())
    axes = (1, -1) + (1,) * (x.ndim - 2)
    magnitude = finite_magnitude(x) * scale.reshape(axes) + shift.reshape(axes)
    return operations.Answer(output, precision.rounding_bound(magnitude, 8))


def scale_of(x, axes, eps, weight):
    """The largest factor that a normalisation multiplies by."""
    smallest = float(x.var(axis=axes).min()) if x.size else 1
    return (1 if weight is None else float(weight.abs().max())) / np.sqrt(smallest + eps)


def layer_norm(parameters, x):
    shape = list(parameters["normalized_shape"])
    weight, bias = tensor(parameters, "weight"), tensor(parameters, "bias")
    eps = parameters.get("eps", 1e-5)
    output = F.layer_norm(torch.from_numpy(x), shape, weight, bias, eps).numpy()
    axes = tuple(range(x.ndim - len(shape), x.ndim))
    return operations.Answer(output, spread(output, x, scale_of(x, axes, eps, weight), np.prod(shape)))


def group_norm(parameters, x):
    return grouped(parameters, x, parameters["num_groups"], lambda x, weight, bias, eps: F.group_norm(
        x, parameters["num_groups"], weight, bias, eps
    ))


def instance_norm(parameters, x):
    return grouped(parameters, x, x.shape[1], lambda x, weight, bias, eps: F.instance_norm(
        x, None, None, weight, bias, True, 0.1, eps
    ))


def grouped(parameters, x, groups, function):
    weight, bias = tensor(parameters, "weight"), tensor(parameters, "bias")
    eps = parameters.get("eps", 1e-5)
    output = function(torch.from_numpy(x), weight, bias, eps).numpy()
    parts = x.reshape(x.shape[0], groups, -1)
    return operations.Answer(output, spread(output, x, scale_of(parts, 2, eps, weight), parts.shape[2]))


def local_response_norm(parameters, x):
    output = F.local_response_norm(
        torch.from_numpy(x),
        parameters["size"],
        parameters.get("alpha", 1e-4),
        parameters.get("beta", 0.75),
        parameters.get("k", 1.0),
    ).numpy()
    return operations.Answer(output, precision.rounding_bound(output, 16 + 2 * parameters["size"]))


def scale(parameters, x):
    weight, bias = (parameter_tensor(parameters, key) for key in ("weight", "bias"))
    weight, bias = (1.0 if weight is None else weight), (0.0 if bias is None else bias)
    magnitude = finite_magnitude(x) * np.abs(weight) + np.abs(bias)
    return operations.Answer(x * weight + bias, precision.rounding_bound(magnitude, 2))


OPERATIONS = {
    **{f"batch_norm{rank}d": batch_norm for rank in (1, 2, 3)},
    "layer_norm": layer_norm,
    "group_norm": group_norm,
    "instance_norm": instance_norm,
    "local_response_norm": local_response_norm,
    "scale": scale,
}
