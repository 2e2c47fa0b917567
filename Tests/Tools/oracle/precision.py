"""How far a float32 implementation may stray from the float64 answer, and whether one did.

A sum of `depth` products errs by at most eps·depth·Σ|w||x|, and in practice by a small multiple of
eps·√depth·Σ|w||x|. Winograd's transforms spread an error over a tile, so that its bound is 2e-6·Σ|w|·max|x|.
"""

import numpy as np

EPS = float(np.finfo(np.float32).eps)


def sum_bound(magnitude, depth):
    """`magnitude` is Σ|w||x|, element by element."""
    return EPS * (4 + 2 * np.sqrt(depth)) * magnitude


def rounding_bound(output, roundings=8, floor=0.0):
    """A short chain of roundings on values about as large as the output (or `floor`)."""
    finite = np.where(np.isfinite(output), np.abs(output), 0)
    return EPS * roundings * np.maximum(finite, floor)


def tolerance(bound):
    """One absolute bound for a whole tensor, and the last rounding as the relative one."""
    largest = float(bound.max()) if bound.size else 0.0
    return {"absolute": float(f"{largest:.3g}"), "relative": float(f"{4 * EPS:.3g}") if largest else 0.0}


def disagreement(found, expected, allowed):
    """None, or a sentence about the worst element. Anything that is not provably near is far, so NaN cannot hide."""
    found, expected = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    if found.shape != expected.shape:
        return f"shape {list(found.shape)}, expected {list(expected.shape)}"
    with np.errstate(invalid="ignore"):
        distance = np.abs(found - expected)
        near = distance <= allowed["absolute"] + allowed["relative"] * np.abs(expected)
    same = (found == expected) | (np.isnan(found) & np.isnan(expected))
    finite = np.isfinite(found) & np.isfinite(expected)
    agree = same | (finite & near)
    if agree.all():
        return None
    distance = np.where(agree, -1, np.where(np.isfinite(distance), distance, np.inf))
    worst = np.unravel_index(np.argmax(distance), distance.shape)
    return (
        f"{int((~agree).sum())} of {agree.size} elements differ; worst at {[int(i) for i in worst]}: "
        f"{float(found[worst])!r}, expected {float(expected[worst])!r} within {allowed}"
    )
