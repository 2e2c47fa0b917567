"""The running server against openapi.yaml and against the cases of Tests/Cases."""

import base64
import gzip
import json
import pathlib
import zlib

import pytest
import yaml
from comparison import golden_difference
from openapi_examples import difference, examples, schema_of_answer, validator

CASES = pathlib.Path(__file__).resolve().parent.parent / "Cases"
EXAMPLES = list(examples())
ERRORS = json.loads((CASES / "errors.json").read_text())
GOLDEN = sorted(path.stem for path in CASES.glob("*.json") if path.stem != "errors")


@pytest.mark.parametrize("path, name, body, answer", EXAMPLES, ids=[f"{e[0]} {e[1]}" for e in EXAMPLES])
def test_examples_are_answered_as_the_document_says(service, document, path, name, body, answer):
    status, headers, raw = service.request("POST", path, body)
    found = json.loads(raw)
    assert status == 200, found
    assert headers["content-type"].split(";")[0] == "application/json"
    assert 1 <= len(headers["x-request-id"]) <= 128
    validator(document, schema_of_answer(document, path)).validate(found)
    assert difference(found, answer) is None


@pytest.mark.parametrize("family", GOLDEN)
def test_golden_cases_over_http(service, family):
    wrong = []
    for case in json.loads((CASES / f"{family}.json").read_text()):
        status, answer = service.post(f"/v1/{case['operation']}", case["request"])
        problem = golden_difference(case, answer) if status == 200 else f"{status}: {answer.get('detail')}"
        if problem:
            wrong.append(f"{case['name']}: {problem}")
    assert not wrong, f"{len(wrong)} cases:\n" + "\n".join(wrong)


@pytest.mark.parametrize("case", ERRORS, ids=[case["name"] for case in ERRORS])
def test_errors(service, document, case):
    body = case.get("body")
    if "body_text" in case:
        body = case["body_text"].encode()
    elif "body_base64" in case:
        body = base64.b64decode(case["body_base64"])
    elif "body_repeat" in case:
        part = case["body_repeat"]
        body = (part["prefix"] + part["unit"] * part["count"] + part["suffix"]).encode()
    status, headers, raw = service.request(case["method"], case["path"], body, case.get("headers"))
    problem = json.loads(raw)
    assert status == case["status"], problem
    assert headers["content-type"] == "application/problem+json"
    validator(document, {"$ref": "#/components/schemas/Problem"}).validate(problem)
    assert problem["status"] == status and problem["request_id"] == headers["x-request-id"]
    if pointer := case.get("pointer"):
        found = problem.get("pointer", "")
        assert found == pointer or found.startswith(pointer + "/"), problem
    for text in case.get("detail_contains", []):
        assert text.lower() in problem["detail"].lower(), problem
    for name, text in case.get("answer_headers", {}).items():
        assert text in headers.get(name.lower(), ""), headers
    assert service.request("GET", "/healthz")[0] == 200, "the next request is answered"


SEED = {"input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "weight": [[0, 1], [2, 3]]}
SEED_ANSWER = b'{"output":[[25,31],[43,49]],"shape":[2,2]}'


def test_the_seed_example_is_answered_to_the_byte(service):
    for kind in ("application/json", "application/x-www-form-urlencoded", "application/json; charset=utf-8"):
        status, _, raw = service.request("POST", "/v1/conv2d", SEED, {"Content-Type": kind})
        assert (status, raw.strip()) == (200, SEED_ANSWER), kind


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_compressed_request_is_understood(service, coding):
    plain = json.dumps(SEED).encode()
    body = gzip.compress(plain) if coding == "gzip" else zlib.compress(plain)
    status, _, raw = service.request("POST", "/v1/conv2d", body, {"Content-Encoding": coding})
    assert (status, raw.strip()) == (200, SEED_ANSWER)


@pytest.mark.parametrize("accepted, coding", [
    ("gzip", "gzip"), ("deflate", "deflate"), ("gzip;q=0, deflate", "deflate"), ("identity", None), ("br", None),
    ("gzip;q=0", None), ("*", ("gzip", "deflate")), ("deflate;q=0.5, gzip;q=0.9", "gzip"),
])
def test_a_long_answer_is_compressed_as_asked(service, accepted, coding):
    body = {"input": [[0.125 * i for i in range(1000)]]}
    status, headers, _ = service.request("POST", "/v1/relu", body, {"Accept-Encoding": accepted})
    assert status == 200
    found = headers.get("content-encoding")
    assert found in coding if isinstance(coding, tuple) else found == coding
    assert "accept-encoding" in headers["vary"].lower()


def test_a_short_answer_is_not_compressed(service):
    _, headers, _ = service.request("POST", "/v1/conv2d", SEED, {"Accept-Encoding": "gzip"})
    assert "content-encoding" not in headers


def test_the_request_id_is_the_clients_when_it_is_sound(service):
    for given, kept in (("abc-123", True), ("x" * 128, True), ("x" * 129, False), ("a b", False)):
        _, headers, _ = service.request("POST", "/v1/conv2d", SEED, {"X-Request-Id": given})
        assert (headers["x-request-id"] == given) is kept


def test_the_server_tells_its_timing(service):
    _, headers, _ = service.request("POST", "/v1/conv2d", SEED)
    for part in ("parse", "queue", "compute", "write"):
        assert f"{part};dur=" in headers["server-timing"]


def test_the_document_is_served(service, document):
    status, _, raw = service.request("GET", "/openapi.yaml")
    assert status == 200 and yaml.safe_load(raw) == document
    status, _, raw = service.request("GET", "/openapi.json")
    assert status == 200 and json.loads(raw) == document


def test_the_named_kernels_are_served(service, document):
    import numpy as np
    from oracle.convolution import NAMED_KERNELS

    status, _, raw = service.request("GET", "/v1/kernels")
    answer = json.loads(raw)
    assert status == 200
    validator(document, schema_of_answer(document, "/v1/kernels", "get")).validate(answer)
    found = {kernel["name"]: kernel["weight"] for kernel in answer["kernels"]}
    assert set(found) == set(NAMED_KERNELS)
    for name, rows in NAMED_KERNELS.items():
        assert np.array_equal(np.float32(found[name]), np.float32(rows)), name


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/"])
def test_the_service_routes_answer(service, path):
    status, headers, raw = service.request("GET", path)
    assert status == 200 and raw
    status, head, raw = service.request("HEAD", path)
    assert status == 200 and raw == b"" and head["content-type"] == headers["content-type"]
