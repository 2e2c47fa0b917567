"""flatten, reshape, pad, upsample."""

import torch
import torch.nn.functional as F

from . import operations, precision, windows
from .convolution import finite_magnitude


def flatten(parameters, x):
    output = torch.flatten(torch.from_numpy(x), parameters.get("start_dim", 1), parameters.get("end_dim", -1))
    return operations.Answer(output.numpy(), None)


def reshape(parameters, x):
    return operations.Answer(x.reshape(parameters["shape"]), None)


def pad(parameters, x):
    amounts = windows.torch_pads(parameters["padding"])
    mode = parameters.get("mode", "constant")
    value = parameters.get("value", 0) if mode == "constant" else None
    return operations.Answer(F.pad(torch.from_numpy(x), amounts, mode, value).numpy(), None)


def upsample(parameters, x):
    size, scale = parameters.get("size"), parameters.get("scale_factor")
    mode = parameters.get("mode", "nearest")
    corners = parameters.get("align_corners") if mode == "bilinear" else None

    def run(array):
        return F.interpolate(torch.from_numpy(array), size, scale, mode, corners).numpy()

    output = run(x)
    if mode != "bilinear":
        return operations.Answer(output, None)
    # The position itself is rounded in float32: an error of a few ulp of it, times the step between neighbours.
    largest = finite_magnitude(x).max(initial=0) * (2 + max(x.shape[2:]))
    return operations.Answer(output, precision.rounding_bound(run(finite_magnitude(x)) * 0 + largest, 4))


OPERATIONS = {"flatten": flatten, "reshape": reshape, "pad": pad, "upsample": upsample}
