"""Tensors as they stand in a request or an answer, and numpy arrays.

Forms: nested lists, {"shape", "data"}, {"shape", "dtype", "data_base64"}. NaN and the infinities are strings.
"""

import base64
import math
from fractions import Fraction

import numpy as np

DTYPES = {
    "float16": "<f2",
    "float32": "<f4",
    "float64": "<f8",
    "int8": "i1",
    "uint8": "u1",
    "int16": "<i2",
    "int32": "<i4",
    "int64": "<i8",
    "bool": "?",
}

# bfloat16, which numpy lacks, is the upper half of a float32.
DTYPE_NAMES = [*DTYPES, "bfloat16"]


def number(value):
    """One number as JSON carries it."""
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    is_negative_zero = value == 0 and math.copysign(1, value) < 0
    return int(value) if value.is_integer() and abs(value) < 2**24 and not is_negative_zero else value


def shortest(value):
    """The fewest digits that read back to the same float32, as a Python float."""
    return number(float(str(np.float32(value)))) if np.isfinite(value) else number(value)


def nested(array):
    if array.ndim == 0:
        return shortest(array)
    return [nested(part) for part in array]


def flat(array):
    return {"shape": list(array.shape), "data": [shortest(value) for value in array.reshape(-1)]}


def packed(array, dtype="float32"):
    if dtype == "bfloat16":
        raw = (np.ascontiguousarray(array, "<f4").view("<u4") >> 16).astype("<u2").tobytes()
    else:
        raw = np.ascontiguousarray(array).astype(DTYPES[dtype]).tobytes()
    return {"shape": list(array.shape), "dtype": dtype, "data_base64": base64.b64encode(raw).decode()}


def encode(array, form="nested"):
    return {"nested": nested, "flat": flat, "base64": packed}[form](np.asarray(array, np.float32))


def _numbers(value):
    if isinstance(value, list):
        return [_numbers(part) for part in value]
    return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}[value] if isinstance(value, str) else value


def nearest(doubles):
    """float32 of numbers that stand in JSON as the doubles' shortest text: rounded once, from the text.

    Python reads the text as a double first. That matters where the double lies midway between two float32 and the
    text does not.
    """
    doubles = np.asarray(doubles, np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = doubles.astype(np.float32)
        low = np.where(rounded > doubles, np.nextafter(rounded, np.float32(-np.inf)), rounded).astype(np.float64)
        high = np.where(rounded < doubles, np.nextafter(rounded, np.float32(np.inf)), rounded).astype(np.float64)
        midway = (low < high) & (doubles - low == high - doubles)
    for place in np.argwhere(midway):
        place = tuple(place)
        text, middle = Fraction(repr(float(doubles[place]))), Fraction(float(doubles[place]))
        if text != middle:
            rounded[place] = low[place] if text < middle else high[place]
    return rounded


def _rounded(numbers, kind):
    return nearest(numbers) if kind == np.float32 else np.asarray(numbers, np.float64).astype(kind)


def decode(value, kind=np.float32):
    """The array of a tensor in any form. Numbers go through float32, as the server's do; indices stay integers."""
    if not isinstance(value, dict):
        return _rounded(_numbers(value), kind)
    shape = value["shape"]
    if "data" in value:
        return _rounded(_numbers(value["data"]), kind).reshape(shape)
    raw = base64.b64decode(value["data_base64"], validate=True)
    dtype = value.get("dtype", "float32")
    if dtype == "bfloat16":
        return (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4").astype(kind).reshape(shape)
    return np.frombuffer(raw, DTYPES[dtype]).astype(kind).reshape(shape)
