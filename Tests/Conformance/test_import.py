"""`convserve import` against ONNX Runtime: every operator, every attribute."""

import pytest
from imported import Refused, answer, difference, expected, import_bytes
from onnx_cases import CASES, RARE

# Sums of a few hundred products, and Winograd's transforms.
TOLERANCE = 1e-5


@pytest.mark.parametrize("name, model, x", CASES, ids=[case[0] for case in CASES])
def test_an_operator_is_what_onnx_runtime_computes(service, name, model, x):
    octets = model.SerializeToString()
    try:
        description, weights = import_bytes(octets)
    except Refused as refusal:
        assert name in RARE and "is not computed with" in str(refusal), refusal
        return
    assert description["outputs"] == [output.name for output in model.graph.output]
    assert difference(answer(service, description, weights, x), expected(octets, x), TOLERANCE) is None
