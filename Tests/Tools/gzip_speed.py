#!/usr/bin/env python3
"""Measures what compressing a large answer adds to the time that a client waits, beside zlib's one thread on the same text
at the same level. The server and its client share the cores. Shortest of several."""

import argparse
import array
import base64
import http.client
import json
import random
import time
import zlib

from service import Service

NUMBERS = 800_000
TURNS = 7


def answered(connection, body, **fields):
    """(seconds, the answer's body)"""
    begin = time.perf_counter()
    connection.request("POST", "/v1/leaky_relu", body, {"Content-Type": "application/json", **fields})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{answer.status}: {content[:500]}")
    return time.perf_counter() - begin, content


def compressed(text, level):
    begin = time.perf_counter()
    compressor = zlib.compressobj(level, zlib.DEFLATED, 31)
    count = len(compressor.compress(text)) + len(compressor.flush())
    return time.perf_counter() - begin, count


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--levels", type=int, nargs="+", default=[1, 6])
    options = parser.parse_args()
    generator = random.Random(1)
    values = array.array("f", (generator.gauss(0, 1) for _ in range(NUMBERS)))
    encoded = base64.b64encode(values.tobytes()).decode()
    body = json.dumps({"input": {"shape": [NUMBERS], "dtype": "float32", "data_base64": encoded}, "encoding": "nested"})
    print("level    text MB    plain ms     gzip ms     added ms     zlib ms    ratio    octets of zlib's")
    for level in options.levels:
        with Service(arguments=["--gzip-level", str(level)]) as service:
            host, port = service.address
            connection = http.client.HTTPConnection(host, port)
            plain, text = min(answered(connection, body) for _ in range(TURNS))
            whole, packed = min(answered(connection, body, **{"Accept-Encoding": "gzip"}) for _ in range(TURNS))
        if zlib.decompress(packed, 31) != text:
            raise SystemExit("the compressed answer is another one")
        alone, count = min(compressed(text, level) for _ in range(TURNS))
        added = whole - plain
        print(f"{level:5}{len(text) / 1e6:11.1f}{plain * 1e3:12.1f}{whole * 1e3:12.1f}{added * 1e3:13.1f}"
              f"{alone * 1e3:12.1f}{alone / added:9.2f}{len(packed) / count:20.4f}")


main()
