"""Writes the golden cases of Tests/Cases: what PyTorch answers, for `swift test` to replay without Python.

    .venv/bin/python Tests/Tools/make_cases.py      (or: make golden)

The seeds are fixed, so that a second run writes the same files.
"""

import json
import pathlib

import torch

from cases import convolutions, functions, networks, pools, tensors, transposed
from cases.sketch import Sketch

CASES = pathlib.Path(__file__).resolve().parent.parent / "Cases"
LARGEST_TOTAL = 3_000_000

FAMILIES = {
    "convolutions": convolutions, "transposed": transposed, "pools": pools, "functions": functions,
    "tensors": tensors, "networks": networks,
}


def main():
    torch.set_num_threads(1)
    CASES.mkdir(exist_ok=True)
    total = 0
    for family, module in FAMILIES.items():
        sketch = Sketch(family)
        module.cases(sketch)
        lines = [json.dumps(case, ensure_ascii=False, separators=(",", ":"), allow_nan=False) for case in sketch.cases]
        text = "[\n" + ",\n".join(lines) + "\n]\n"
        (CASES / f"{family}.json").write_text(text)
        total += len(text.encode())
        print(f"{family}: {len(sketch.cases)} cases, {len(text.encode()) // 1000} kB")
    assert total < LARGEST_TOTAL, f"{total} bytes of cases: keep them small"


if __name__ == "__main__":
    main()
