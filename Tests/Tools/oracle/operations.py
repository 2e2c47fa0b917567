"""The operations by name: what they take, and which file computes them."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Answer:
    """One result: float64 numbers, how far float32 may be off each, and a max pool's indices."""

    output: np.ndarray
    bound: np.ndarray
    indices: np.ndarray | None = None


from . import convolution, elementwise, normalization, pooling, rearrangement  # noqa: E402  (they need Answer)

OPERATIONS = {
    **convolution.OPERATIONS,
    **pooling.OPERATIONS,
    **elementwise.OPERATIONS,
    **normalization.OPERATIONS,
    **rearrangement.OPERATIONS,
}

SPATIAL_RANK = {name: int(name[-2]) for name in OPERATIONS if name[-2:] in ("1d", "2d", "3d")}


def evaluate(operation, parameters, *inputs):
    """`parameters` as they stand in a request (tensors in any form), `inputs` as arrays."""
    inputs = [np.asarray(array, np.float64) for array in inputs]
    answer = OPERATIONS[operation](parameters, *inputs)
    if answer.bound is None:
        answer.bound = np.zeros_like(answer.output)
    return answer
