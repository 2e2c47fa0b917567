"""An answer of the server against what the oracle or a golden case says."""

import numpy as np
from oracle import precision, wire


def tensor_difference(name, answer, expected, allowed):
    """None, or what is wrong with {"output", "shape"}."""
    if answer.get("shape") != list(expected.shape):
        return f"{name}: shape {answer.get('shape')}, expected {list(expected.shape)}"
    found = wire.decode(answer["output"])
    if 0 in expected.shape:
        found = found.reshape(expected.shape)
    wrong = precision.disagreement(found, expected, allowed)
    return wrong and f"{name}: {wrong}"


def indices_difference(answer, expected):
    if "indices" not in answer:
        return "no indices"
    found = wire.decode(answer["indices"], np.int64).reshape(expected.shape)
    wrong = int((found != expected).sum())
    return f"{wrong} of {expected.size} indices differ" if wrong else None


def golden_difference(case, answer):
    """None, or what is wrong with the answer to a golden case."""
    expected = case["expected"]
    allowed = case["tolerance"]
    differences = [tensor_difference("output", answer, wire.decode({**expected, "dtype": "float32"}), allowed)]
    if "indices" in expected:
        values = np.array(expected["indices"]["values"], np.int64).reshape(expected["indices"]["shape"])
        differences.append(indices_difference(answer, values))
    for name, part in expected.get("outputs", {}).items():
        differences.append(tensor_difference(name, answer.get("outputs", {}).get(name, {}), wire.decode(part), allowed))
    if "layer_shapes" in expected:
        shapes = [layer.get("shape") for layer in answer.get("layers", [])]
        if shapes != expected["layer_shapes"]:
            differences.append(f"layers of shape {shapes}, expected {expected['layer_shapes']}")
    return "; ".join(filter(None, differences)) or None
