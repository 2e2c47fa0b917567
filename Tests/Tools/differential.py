"""Compares a running server with PyTorch on random requests.

    .venv/bin/python Tests/Tools/differential.py [--count N | --seconds S] [--seed S] [--url URL] [--operation NAME]

Prints the seed first; the same seed and count draw the same requests. Of a failure it keeps the request in a file and
prints the curl line that repeats it.
"""

import argparse
import json
import pathlib
import random as system_random
import tempfile
import time

import numpy as np
import oracle
import specs
import torch
from comparison import indices_difference, tensor_difference
from oracle import precision, wire
from service import Service

LARGEST_PRINTED_BODY = 2000


def difference(operation, body, answer, service):
    status, found = service.post(f"/v1/{operation}", body)
    if status != 200:
        return f"status {status}: {found.get('detail')}"
    allowed = precision.tolerance(answer.bound)
    differences = [tensor_difference("output", found, answer.output.astype(np.float32), allowed)]
    if answer.indices is not None:
        differences.append(indices_difference(found, answer.indices))
    return "; ".join(filter(None, differences)) or None


def report(operation, body, wrong, number, seed, service):
    text = json.dumps(body, separators=(",", ":"))
    path = pathlib.Path(tempfile.gettempdir()) / f"convserve-differential-{seed}-{number}.json"
    path.write_text(text)
    print(f"\n{operation}, request {number} of seed {seed}: {wrong}")
    shown = f"'{text}'" if len(text) <= LARGEST_PRINTED_BODY and "'" not in text else f"@{path}"
    print(f"  curl {service.url}/v1/{operation} -d {shown}")
    plain = {key: value for key, value in body.items() if key not in ("input", "weight", "bias", "indices")}
    shapes = {key: list(np.shape(wire.decode(body[key])))
              for key in ("input", "weight", "bias") if key in body}
    print(f"  {shapes} {plain}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=3000, help="requests (default %(default)s)")
    parser.add_argument("--seconds", type=float, help="stop after so long, whatever the count")
    parser.add_argument("--seed", type=int, default=system_random.SystemRandom().randrange(10**6))
    parser.add_argument("--url", help="a server that runs already; without it one is started")
    parser.add_argument("--operation", choices=sorted(oracle.OPERATIONS), help="only this one")
    parser.add_argument("--failures", type=int, default=10, help="stop after so many (default %(default)s)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(f"seed {options.seed}", flush=True)

    operations = [options.operation] if options.operation else sorted(oracle.OPERATIONS)
    # Convolutions and pools have the most to get wrong.
    weighted = [name for name in operations for _ in range(6 if name.startswith(("conv", "max_pool", "avg_pool")) else 1)]
    failures = done = 0
    began = time.monotonic()
    with Service(options.url) as service:
        for number in range(options.count):
            if options.seconds and time.monotonic() - began > options.seconds:
                break
            random = np.random.default_rng([options.seed, number])
            operation = weighted[int(random.integers(len(weighted)))]
            body, answer = specs.request(operation, random)
            wrong = difference(operation, body, answer, service)
            done += 1
            if wrong:
                failures += 1
                report(operation, body, wrong, number, options.seed, service)
                if failures >= options.failures:
                    break
    print(f"{done} requests over {len(operations)} operations in {time.monotonic() - began:.0f} s")
    print(f"{done - failures} passed, {failures} failed")
    raise SystemExit(1 if failures or not done else 0)


if __name__ == "__main__":
    main()
