"""Writes what PyTorch answers to the example networks: a few hundred elements of each result and their sum.

    .venv/bin/python examples/expected/make_expected.py      (or: make golden)
"""

import json
import pathlib
import subprocess
import sys

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "Tests" / "Tools"))

import oracle  # noqa: E402

COMPARED = 300


def main():
    for name in ("lenet", "residual", "photograph"):
        body = json.loads(subprocess.run([HERE.parent / "body", name], check=True, capture_output=True).stdout)
        result = oracle.evaluate_network(body)
        values = result.output.reshape(-1)
        step = max(values.size // COMPARED, 1)
        # An odd step visits every column of a picture.
        places = range(0, values.size, step + 1 - step % 2)
        lines = [
            f"# {name}: PyTorch in float64, shape {list(result.output.shape)}",
            f"count {values.size}",
            f"tolerance {float(result.bound.max()):.3g}",
            f"sum {np.abs(values).sum():.9g}",
            *(f"at {place} {values[place]:.9g}" for place in places),
        ]
        (HERE / f"{name}.txt").write_text("\n".join(lines) + "\n")
        print(f"{name}: {lines[1]}, {lines[2]}, {lines[3]}, largest {np.abs(values).max():.3g}")


if __name__ == "__main__":
    main()
