"""The examples of openapi.yaml, each with its request and its answer."""

import pathlib

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def has_model(path):
    """Whether a path is about models, which must be there first: those examples are told in order, by `test_models.py`."""
    return path.startswith(("/v1/models", "/v2"))


def examples():
    """(path, name, request, answer) of every example that stands for itself."""
    document = yaml.safe_load((ROOT / "openapi.yaml").read_text())
    for path, item in document["paths"].items():
        if "post" not in item or has_model(path):
            continue
        asked = item["post"]["requestBody"]["content"]["application/json"]["examples"]
        answered = item["post"]["responses"]["200"]["content"]["application/json"]["examples"]
        for name in asked:
            yield path, name, asked[name]["value"], answered[name]["value"]


def schema_of_answer(document, path, method="post"):
    content = document["paths"][path][method]["responses"]["200"]["content"]
    return content["application/json"]["schema"]


def validator(document, schema):
    """Knows the document's components."""
    import jsonschema

    return jsonschema.Draft202012Validator({**schema, "components": document["components"]})


#: What an example's answer leaves open: the algorithm depends on the machine.
LEFT_OPEN = {"algorithm"}


def difference(found, expected, where=""):
    """None, or where two JSON values differ by more than float32's rounding."""
    if isinstance(expected, dict):
        # A member that is null may be left out.
        keys = {key for value in (found, expected) if isinstance(value, dict) for key in value if value[key] is not None}
        keys -= LEFT_OPEN
        if not isinstance(found, dict):
            return f"{where}: {found!r}, expected {expected!r}"
        return next(filter(None, (difference(found.get(k), expected.get(k), f"{where}/{k}") for k in sorted(keys))), None)
    if isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            return f"{where}: {found!r}, expected {expected!r}"
        pairs = enumerate(zip(found, expected))
        return next(filter(None, (difference(f, e, f"{where}/{i}") for i, (f, e) in pairs)), None)
    numbers = (int, float)
    if isinstance(expected, numbers) and isinstance(found, numbers) and not isinstance(found, bool):
        return None if abs(found - expected) <= 2e-6 * max(1, abs(expected)) else f"{where}: {found}, expected {expected}"
    return None if found == expected else f"{where}: {found!r}, expected {expected!r}"
