"""Builds one file of cases: random tensors with few digits, the truth by the oracle, the form it is kept in."""

import zlib

import numpy as np
import oracle
from oracle import precision, wire

# Larger tensors are kept as base64: text of that length tests nothing more.
LARGEST_TEXT = 160


class Sketch:
    def __init__(self, family):
        self.family = family
        self.cases = []
        self.random = np.random.default_rng(zlib.crc32(family.encode()))

    def numbers(self, *shape, low=-2.0, high=2.0):
        """Uniform, rounded to two digits."""
        return np.round(self.random.uniform(low, high, shape), 2).astype(np.float32)

    def tensor(self, array, form=None):
        """The array as a request carries it; without a form, text when short, else base64."""
        array = np.asarray(array, np.float32)
        if form is None:
            if array.size > LARGEST_TEXT or 0 in array.shape:
                form = "base64"
            else:
                form = ("nested", "flat")[len(self.cases) % 2]
        return wire.encode(array, form)

    def add(self, name, operation, array, parameters=None, why="", form=None, raw_input=None, tolerance=None):
        """`parameters` may hold numpy arrays. `raw_input` is sent in place of the array's own form."""
        array = np.asarray(array, np.float32)
        parameters = {
            key: self.tensor(value) if isinstance(value, np.ndarray) and key != "indices" else value
            for key, value in (parameters or {}).items()
        }
        if isinstance(parameters.get("indices"), np.ndarray):
            parameters["indices"] = parameters["indices"].tolist()
        answer = oracle.evaluate(operation, parameters, array)
        request = {"input": self.tensor(array, form) if raw_input is None else raw_input, **parameters}
        expected = packed(answer.output)
        if answer.indices is not None:
            expected["indices"] = {
                "shape": list(answer.indices.shape),
                "values": [int(index) for index in answer.indices.reshape(-1)],
            }
        self.keep(name, operation, request, expected, tolerance or precision.tolerance(answer.bound), why)

    def add_network(self, name, body, why=""):
        result = oracle.evaluate_network(body)
        expected = packed(result.output) | {"layer_shapes": result.shapes}
        bounds = [result.bound]
        if result.outputs:
            expected["outputs"] = {key: packed(answer.output) for key, answer in result.outputs.items()}
            bounds += [answer.bound for answer in result.outputs.values()]
        self.keep(
            name, "forward", body, expected,
            precision.tolerance(np.concatenate([bound.reshape(-1) for bound in bounds])), why,
        )

    def keep(self, name, operation, request, expected, tolerance, why):
        assert name not in {case["name"] for case in self.cases}, f"{self.family}: {name} is there twice"
        self.cases.append({
            "name": name, "operation": operation, "why": why,
            "request": request, "expected": expected, "tolerance": tolerance,
        })


def packed(output):
    with np.errstate(over="ignore"):
        single = output.astype(np.float32)
    form = wire.packed(single)
    return {"shape": form["shape"], "data_base64": form["data_base64"]}
