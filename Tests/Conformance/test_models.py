"""The examples of models in openapi.yaml, told in order: a model is put, asked for in every way, and removed."""

import json

import pytest
from openapi_examples import difference, has_model, validator

NAME = "edge"
# What the content or the machine decides.
LEFT_OPEN = {"etag", "bytes"}


def steps(document):
    """(path, method) of every example, first the one that puts the model, last the ones that take it away."""
    paths = document["paths"]
    found = [
        (path, method)
        for path in paths
        if has_model(path)
        for method in ("put", "get", "post")
        if method in paths[path] and not path.endswith("/unload")
    ]
    return sorted(found, key=lambda step: step[1] != "put")


def example(content):
    examples = content.get("examples", {})
    return next((one["value"] for one in examples.values()), None)


def trimmed(value):
    if isinstance(value, dict):
        return {key: trimmed(one) for key, one in value.items() if key not in LEFT_OPEN}
    return [trimmed(one) for one in value] if isinstance(value, list) else value


def test_every_example_is_answered_as_the_document_says(service, document):
    for path, method in steps(document):
        operation = document["paths"][path][method]
        asked = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        body = example(asked)
        if body is not None:
            validator(document, asked["schema"]).validate(body)
        elif method == "post":
            body = b""
        status, headers, raw = service.request(method.upper(), path.replace("{name}", NAME), body)
        content = operation["responses"][str(status)]["content"]["application/json"]
        found = json.loads(raw)
        validator(document, content["schema"]).validate(found)
        answer = example(content)
        assert answer is not None, f"{method} {path} has no example"
        validator(document, content["schema"]).validate(answer)
        assert difference(trimmed(found), trimmed(answer)) is None, f"{method} {path}"
        for name, header in operation["responses"][str(status)].get("headers", {}).items():
            if name in ("X-Request-Id", "ETag"):
                assert headers[name.lower()]
    assert service.request("POST", f"/v2/repository/models/{NAME}/unload", b"")[0] == 400, "it is in memory alone"
    assert service.request("DELETE", f"/v1/models/{NAME}")[0] == 204
    assert service.request("GET", f"/v1/models/{NAME}")[0] == 404


@pytest.mark.parametrize("path", ["/v1/models/none", "/v1/models/none/forward", "/v1/models/..", "/v1/models/" + "x" * 300])
def test_what_is_not_there_is_a_clear_refusal(service, path):
    method = "POST" if path.endswith("forward") else "GET"
    status, headers, raw = service.request(method, path, {"input": [1]} if method == "POST" else None)
    assert status in (404, 422) and headers["content-type"] == "application/problem+json"
    assert json.loads(raw)["detail"]
