"""Writes the seeds of the fuzzer's ONNX probe: small models of operators that are read in ways of their own.

    .venv/bin/python Tests/Tools/onnx_seeds.py
"""

import pathlib

from onnx_cases import CASES

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "InputProbeTests" / "Cases" / "onnx"
SEEDS = [
    "Conv without bias", "ConvTranspose in groups", "Gemm without a summand", "MaxPool 1-d", "PRelu of features",
    "Softmax 1, version 11", "gelu by Erf, False, True", "BatchNormalization of ['N', 5]", "GroupNormalization, version 18",
    "Resize to [7, 9], {'mode': 'linear', 'coordinate_transformation_mode': 'align_corners'}", "Split into parts",
    "Slice [0, 1] [-1, 4] [2, 3]", "extents multiplied", "Pad by amounts turned around", "lists in Constant nodes",
    "a weight that is computed", "the same result twice", "ReduceMean [2, 3], 0, version 18", "LayerNormalization 1, (4, 1, 1)",
    "a weight of float16, cast", "Unsqueeze", "Flatten 1", "Concat -1", "Clip -1 1",
]


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    models = {name: model for name, model, _ in CASES}
    for name in SEEDS:
        file = "".join(letter if letter.isalnum() else "-" for letter in name).strip("-").lower()
        while "--" in file:
            file = file.replace("--", "-")
        (FOLDER / file).write_bytes(models[name].SerializeToString())


if __name__ == "__main__":
    main()
