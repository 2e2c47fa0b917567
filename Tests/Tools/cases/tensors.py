"""The same small operation with its tensors in every form that a request may use."""

import numpy as np
from oracle import wire


def cases(s):
    x = np.float32([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    weight = np.float32([[0, 1], [2, 3]])
    for dtype in wire.DTYPE_NAMES:
        values = (x % 2) if dtype == "bool" else x
        s.add(f"input as {dtype}", "conv2d", values, {"weight": weight}, "each dtype holds these numbers exactly",
              raw_input=wire.packed(values, dtype))
        s.add(f"weight as {dtype}", "conv2d", x, {"weight": wire.packed(weight % 2, dtype)}, "a weight of each dtype")
    odd = np.float64([[0.1, -2.7, 3.3], [1e-3, 65000, -0.007], [7, 8, 1 / 3]])
    for dtype in ("float16", "bfloat16", "float32", "float64"):
        form = wire.packed(odd.astype(np.float32) if dtype == "bfloat16" else odd, dtype)
        s.add(f"{dtype} that rounds", "conv2d", wire.decode(form), {"weight": weight}, "widened exactly, or rounded once",
              raw_input=form)
    lowest = {"int8": -128, "uint8": 255, "int16": -32768, "int32": -(2**31), "int64": -(2**63)}
    for dtype, value in lowest.items():
        form = wire.packed(np.array([[value, 1], [0, 2]]), dtype)
        s.add(f"{dtype} at its end", "relu6", wire.decode(form), {}, "signs and widths", raw_input=form)
    form = wire.packed(np.array([2**24 + 1, 2**24 + 3, -(2**24) - 1]), "int32")
    s.add("int32 past 24 bits", "relu", wire.decode(form), {}, "rounded to nearest even", raw_input=form)
    special = np.float32([np.nan, np.inf, -np.inf, -0.0])
    for dtype in ("float16", "bfloat16", "float32", "float64"):
        form = wire.packed(special, dtype)
        s.add(f"NaN and infinities as {dtype}", "relu", wire.decode(form), {}, "they travel", raw_input=form)
    subnormal = np.frombuffer(np.uint16([1, 0x83FF, 0x0400]).tobytes(), np.float16)
    s.add("float16 subnormals", "leaky_relu", subnormal.astype(np.float32), {"negative_slope": 1},
          "below 2^-14", raw_input=wire.packed(subnormal, "float16"))

    mixed = wire.flat(x)
    s.add("three forms in one request", "conv2d", x.reshape(1, 3, 3),
          {"weight": wire.packed(weight.reshape(1, 1, 2, 2)), "bias": [0.5]},
          "flat, base64, nested", raw_input={"shape": [1, 3, 3], "data": mixed["data"]})
    s.add("strings for NaN and infinity", "relu", [np.nan, np.inf, -np.inf, 1.0], {}, "nested",
          raw_input=["NaN", "Infinity", "-Infinity", 1])
    s.add("strings in flat data", "relu", [[np.nan, np.inf], [-np.inf, 1.0]], {}, "flat",
          raw_input={"shape": [2, 2], "data": ["NaN", "Infinity", "-Infinity", 1]})
    texts = [0.1, 1e-45, 3.4028234663852886e38, 1.401298464324817e-45, 16777217, 8388608.5, 1.00000006,
             5e-324, -0.0, 1e23, 0.30000000000000004, 123456789.123]
    s.add("numbers that round", "leaky_relu", wire.nearest(texts), {"negative_slope": 1},
          "to the nearest float32, ties to even", raw_input=texts, tolerance={"absolute": 0, "relative": 0})
    for form in ("nested", "flat", "base64"):
        s.add(f"answer as {form}", "max_pool2d", x,
              {"kernel_size": 2, "stride": 1, "return_indices": True, "encoding": form}, "the form of the answer")
        s.add(f"empty answer as {form}", "relu", np.zeros((0, 2, 3)), {"encoding": form}, "N = 0",
              raw_input={"shape": [0, 2, 3], "data": []})
