#!/usr/bin/env python3
"""Replace models in a loop, kill the server with SIGKILL at a random moment, start it again: each model must be whole, and the one
that was acknowledged last or one that was on its way then. Nothing else may be in the folder.

Usage: crash.py [--rounds 20] [--seed N]. The server is $CONVSERVE_BINARY, or the release build.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import struct
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from service import Service  # noqa: E402

NAMES = ("first", "second")
WIDTH = 256


def body(number):
    """A layer whose weights are all `number`, 256 KiB of them, as a form."""
    header = json.dumps({"w": {"dtype": "F32", "shape": [WIDTH, WIDTH], "data_offsets": [0, 4 * WIDTH * WIDTH]}}).encode()
    weights = struct.pack("<Q", len(header)) + header + struct.pack("<f", number) * (WIDTH * WIDTH)
    model = json.dumps({"input_shape": [WIDTH], "layers": [{"type": "linear", "weight": {"tensor": "w"}}]}).encode()
    parts = b"".join(
        b'--part\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name, content)
        for name, content in ((b"model", model), (b"weights", weights))
    )
    return parts + b"--part--\r\n"


class Writer(threading.Thread):
    """Puts one number after another until the server is gone."""

    def __init__(self, service, name, start):
        super().__init__()
        self.service, self.name_, self.next = service, name, start
        self.acknowledged = None

    def run(self):
        headers = {"Content-Type": "multipart/form-data; boundary=part"}
        while True:
            try:
                status, _, _ = self.service.request("PUT", f"/v1/models/{self.name_}", body(self.next), headers)
            except OSError:
                return
            except Exception:  # an answer cut short
                return
            assert status in (200, 201), status
            self.acknowledged = self.next
            self.next += 1


def found(service, name):
    """The number that all weights are; None without the model."""
    status, _, raw = service.request("POST", f"/v1/models/{name}/forward", {"input": [1] + [0] * (WIDTH - 1)})
    if status == 404:
        return None
    assert status == 200, raw
    numbers = set(json.loads(raw)["output"])
    assert len(numbers) == 1, f"{name} is a mixture: {sorted(numbers)}"
    return int(numbers.pop())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    chance = random.Random(arguments.seed)
    replaced = 0
    with tempfile.TemporaryDirectory() as folder:
        last = dict.fromkeys(NAMES)
        for turn in range(arguments.rounds):
            with Service(arguments=["--models", folder]) as service:
                leftovers = [name for name in os.listdir(folder) if name not in NAMES]
                assert not leftovers, leftovers
                listed = json.loads(service.request("GET", "/v1/models")[2])["models"]
                assert all(model["state"] == "ready" and "error" not in model for model in listed), listed
                for name in NAMES:
                    number = found(service, name)
                    allowed = (last[name],) if last[name] is None else last[name]
                    assert number in allowed, f"{name} is {number}, expected one of {allowed}"
                    last[name] = number
                writers = [Writer(service, name, (last[name] or 0) + 1) for name in NAMES]
                for writer in writers:
                    writer.start()
                time.sleep(chance.uniform(0.01, 0.3))
                service.process.send_signal(signal.SIGKILL)
                service.process.wait()
                for writer in writers:
                    writer.join()
                    name = writer.name_
                    before = writer.acknowledged if writer.acknowledged is not None else last[name]
                    replaced += writer.next - ((last[name] or 0) + 1)
                    last[name] = (before, writer.next)
    print(f"{arguments.rounds} times killed, {replaced} models replaced: each was whole afterwards")


if __name__ == "__main__":
    main()
