"""openapi.yaml by itself: valid, complete, and its numbers are PyTorch's. Needs no server."""

import numpy as np
import oracle
import pytest
from openapi_examples import difference, examples, has_model, schema_of_answer, validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from oracle import wire

EXAMPLES = list(examples())
NAMES = [f"{path} {name}" for path, name, _, _ in EXAMPLES]
# Answered by more than tensors; what they say of tensors is checked, the rest by the server.
NETWORKS = ("/v1/forward", "/v1/shapes")


def test_the_document_is_valid_openapi(document):
    OpenAPIV31SpecValidator(document).validate()


def test_every_operation_has_a_path_and_every_path_an_operation(document):
    paths = {path.removeprefix("/v1/") for path, item in document["paths"].items() if "post" in item and not has_model(path)}
    assert paths - {"forward", "shapes"} == set(oracle.OPERATIONS)
    types = set(document["components"]["schemas"]["LayerType"]["enum"])
    assert types == set(oracle.OPERATIONS) | {"add", "multiply", "concat"}


def test_the_named_kernels_are_listed(document):
    assert document["components"]["schemas"]["KernelName"]["enum"] == list(oracle.convolution.NAMED_KERNELS)


@pytest.mark.parametrize("path, name, request_body, answer", EXAMPLES, ids=NAMES)
def test_examples_fit_their_schemas(document, path, name, request_body, answer):
    asked = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    validator(document, asked).validate(request_body)
    validator(document, schema_of_answer(document, path)).validate(answer)


@pytest.mark.parametrize(
    "path, name, request_body, answer",
    [example for example in EXAMPLES if example[0] not in NETWORKS],
    ids=[name for name, example in zip(NAMES, EXAMPLES) if example[0] not in NETWORKS],
)
def test_answers_are_pytorchs(path, name, request_body, answer):
    result = oracle.evaluate(path.removeprefix("/v1/"), request_body, wire.decode(request_body["input"]))
    assert answer["shape"] == list(result.output.shape)
    expected = [wire.number(value) for value in result.output.reshape(-1)]
    found = [wire.number(value) for value in wire.decode(answer["output"]).reshape(-1)]
    assert difference(found, expected) is None
    if result.indices is not None:
        assert np.array_equal(wire.decode(answer["indices"], np.int64), result.indices)


@pytest.mark.parametrize("name, request_body, answer", [e[1:] for e in EXAMPLES if e[0] == "/v1/forward"])
def test_networks_are_pytorchs(name, request_body, answer):
    result = oracle.evaluate_network(request_body)
    assert np.allclose(wire.decode(answer["output"]), result.output)
    assert [layer["shape"] for layer in answer["layers"]] == result.shapes
    for output, value in result.outputs.items():
        assert np.allclose(wire.decode(answer["outputs"][output]["output"]), value.output)
