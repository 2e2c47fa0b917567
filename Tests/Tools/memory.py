#!/usr/bin/env python3
"""Measures the memory of one large request: the peak of a server's resident set, over what it has before, for relu of a
JSON body of each size, beside what the body and its tensor take. Each size has a server of its own. Ends with 1 where a
peak is more than the body, the tensor and a constant."""

import argparse
import http.client
import pathlib
import random
import sys

from service import Service

# What a request may take beside its body and its tensor: windows of the answer, buffers of the connection, what the threads
# keep for themselves.
CONSTANT = 24 << 20
MEGABYTES = [8, 200]


def body(octets):
    """A JSON body of about so many octets, and its count of numbers."""
    source = random.Random(1)
    row = "[" + ",".join(f"{source.gauss(0, 1):.6f}" for _ in range(1000)) + "]"
    rows = max(1, octets // (len(row) + 1))
    return b'{"input":[' + ",".join([row] * rows).encode() + b"]}", 1000 * rows


def resident(process, name):
    """A line of the process's status, in octets."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    raise SystemExit(f"no {name} in the process's status")


def send(service, content, headers):
    """The octets of the answer, which is read and forgotten."""
    connection = http.client.HTTPConnection(*service.address, timeout=120)
    connection.request("POST", "/v1/relu", content, {"Content-Type": "application/json", **headers})
    answer = connection.getresponse()
    count = 0
    while piece := answer.read(1 << 16):
        count += len(piece)
    if answer.status != 200:
        raise SystemExit(f"the server answered {answer.status}")
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, nargs="*", default=MEGABYTES, help="sizes of the bodies")
    sizes = parser.parse_args().megabytes
    is_bounded = True
    print(f"{'body':>12} {'tensor':>12} {'answer':>12} {'before':>12} {'peak':>12} {'beside both':>12}")
    for kind in [{}, {"Accept-Encoding": "gzip"}]:
        for size in sizes:
            content, numbers = body(size * 1_000_000)
            with Service(arguments=["--log-level", "warning"]) as service:
                send(service, b'{"input":[1,2,3]}', {})
                before = resident(service.process, "VmRSS")
                answered = send(service, content, kind)
                peak = resident(service.process, "VmHWM") - before
            beside = peak - len(content) - 4 * numbers
            is_bounded = is_bounded and beside <= CONSTANT
            cells = [len(content), 4 * numbers, answered, before, peak, beside]
            print(*(f"{cell / 1e6:9.1f} MB" for cell in cells), "gzip" if kind else "", flush=True)
    sys.exit(0 if is_bounded else 1)


if __name__ == "__main__":
    main()
