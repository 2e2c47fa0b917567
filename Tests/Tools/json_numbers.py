#!/usr/bin/env python3
"""Nanoseconds a number, reading and writing JSON: ours beside orjson's, in one run on one core.

Ours is `convbench json`; orjson's reading goes on to a float32 NumPy array, as a service needs it, and its writing begins at
one. Each body is {"input": …} with a million numbers or so; the times are the shortest of many calls.
"""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time

import numpy

try:
    import orjson
except ImportError:
    orjson = None

ROOT = pathlib.Path(__file__).resolve().parents[2]
COUNT = 400_000


def bodies(random):
    """Names and texts of rows of a thousand numbers."""
    normal = random.standard_normal(COUNT)
    yield "six digits", [f"{x:.6g}" for x in normal]
    yield "integers", [str(x) for x in random.integers(-1000, 1001, COUNT)]
    yield "short decimals", [f"{x / 100:.4g}" for x in random.integers(-10_000, 10_001, COUNT)]
    yield "17-digit doubles", [f"{x:.17g}" for x in normal]
    yield "exponents", [f"{x:.7e}" for x in normal * 10.0 ** random.integers(-30, 31, COUNT)]


def shortest(work, seconds):
    end, best = time.perf_counter() + seconds, float("inf")
    while time.perf_counter() < end or best == float("inf"):
        begin = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begin)
    return best


def peer(path, seconds):
    """orjson's nanoseconds a number, to a float32 array and from one."""
    if orjson is None:
        return None, None
    text = path.read_bytes()
    array = numpy.array(orjson.loads(text)["input"], dtype=numpy.float32)
    reading = shortest(lambda: numpy.array(orjson.loads(text)["input"], dtype=numpy.float32), seconds)
    writing = shortest(lambda: orjson.dumps(array, option=orjson.OPT_SERIALIZE_NUMPY), seconds)
    return reading / array.size * 1e9, writing / array.size * 1e9


def ours(path, seconds):
    command = [ROOT / ".build/release/convbench", "json", path, "--seconds", str(seconds)]
    line = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return line["read_ns_per_number"], line["write_ns_per_number"], line["read_mb_s"], line["write_mb_s"]


def row(name, path, seconds):
    read, write, read_rate, write_rate = ours(path, seconds)
    peer_read, peer_write = peer(path, seconds)
    cells = [f"{read:7.2f}", f"{write:7.2f}", f"{read_rate:7.0f}", f"{write_rate:7.0f}"]
    if peer_read is not None:
        cells += [f"{peer_read:7.1f}", f"{peer_write:7.1f}", f"{peer_read / read:6.1f}×", f"{peer_write / write:6.1f}×"]
    print(f"{name:18}", *cells, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bodies", nargs="*", type=pathlib.Path, help="further request bodies with an `input`")
    parser.add_argument("--seconds", type=float, default=0.5, help="for each measurement")
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print(f"{'':18} {'read ns':>7} {'write':>7} {'MB/s':>7} {'MB/s':>7}", end="")
    print(f" {'orjson':>7} {'write':>7} {'read':>7} {'write':>7}" if orjson else "   (orjson is not installed)")
    for path in arguments.bodies:
        row(path.name, path, arguments.seconds)
    with tempfile.TemporaryDirectory() as folder:
        for name, numbers in bodies(numpy.random.default_rng(1)):
            path = pathlib.Path(folder) / "body.json"
            rows = (", ".join(numbers[start : start + 1000]) for start in range(0, len(numbers), 1000))
            path.write_text('{"input": [[' + "], [".join(rows) + "]]}")
            row(name, path, arguments.seconds)


if __name__ == "__main__":
    main()
