"""`POST /v1/forward`: layers with names and branches.

The bound of a network's result is measured: each layer's float64 result is shifted within its own bound by random
signs, and the largest shift that reaches the output over several runs is widened.
"""

from dataclasses import dataclass

import numpy as np

from . import operations, wire
from .elementwise import COMBINATIONS

RUNS = 4
WIDENING = 4


@dataclass
class Result:
    output: np.ndarray
    bound: np.ndarray
    #: By name, for each of the request's `outputs`.
    outputs: dict
    #: The shape of every layer, in order.
    shapes: list


def run_once(body, shift):
    results = {"input": wire.decode(body["input"]).astype(np.float64)}
    before, shapes, bound = results["input"], [], None
    for layer in body["layers"]:
        inputs = [results[name] for name in layer["inputs"]] if "inputs" in layer else [before]
        function = COMBINATIONS.get(layer["type"])
        answer = (
            function(layer, *inputs) if function else operations.evaluate(layer["type"], layer, *inputs)
        )
        bound = np.zeros_like(answer.output) if answer.bound is None else answer.bound
        before = answer.output + shift(bound)
        shapes.append(list(before.shape))
        if "name" in layer:
            results[layer["name"]] = before
    return before, {name: results[name] for name in body.get("outputs", [])}, shapes, bound


def evaluate_network(body):
    output, outputs, shapes, last_bound = run_once(body, lambda bound: 0)
    random = np.random.default_rng(7)
    drift = np.zeros_like(output)
    drifts = {name: np.zeros_like(array) for name, array in outputs.items()}
    for _ in range(RUNS):
        moved, moved_outputs, _, _ = run_once(body, lambda bound: bound * random.choice([-1, 1], bound.shape))
        drift = np.maximum(drift, np.abs(moved - output))
        for name, array in moved_outputs.items():
            drifts[name] = np.maximum(drifts[name], np.abs(array - outputs[name]))
    return Result(
        output,
        np.maximum(WIDENING * drift, last_bound),
        {
            name: operations.Answer(array, WIDENING * drifts[name])
            for name, array in outputs.items()
        },
        shapes,
    )
