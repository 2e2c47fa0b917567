#!/usr/bin/env python3
"""Measure inference over HTTP: a model in a folder, asked by /v2 with octets both ways, by one client and by several at once.

What a request costs beside the computation is the difference between what the client waits and the `compute` of Server-Timing. Prints
a line a model; `--models DIR` measures the models there, each with its own input; without it a ResNet-18 with random weights is made.

Usage: infer.py [--models DIR] [--clients 8] [--seconds 5] [--threads N]. The server is $CONVSERVE_BINARY, or the newest build.
"""

import argparse
import http.client
import json
import pathlib
import random
import re
import statistics
import struct
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from service import Service  # noqa: E402


class Builder:
    """Writes layers, and weights with the names that PyTorch gives."""

    def __init__(self):
        self.layers, self.tensors, self.chance = [], [], random.Random(1)

    def tensor(self, name, shape, spread):
        count = 1
        for extent in shape:
            count *= extent
        # A thousand random numbers over and over: what they are does not matter.
        block = [self.chance.gauss(0, spread) for _ in range(1000)]
        self.tensors.append((name, shape, (struct.pack("<1000f", *block) * (count // 1000 + 1))[: 4 * count]))

    def layer(self, kind, name=None, inputs=None, **parameters):
        self.layers.append({"type": kind, **({"name": name} if name else {}), **({"inputs": inputs} if inputs else {}), **parameters})

    def convolution(self, name, source, channels, out, kernel, stride=1, relu=True):
        self.tensor(f"{name}.weight", [out, channels, kernel, kernel], (2 / (channels * kernel * kernel)) ** 0.5)
        self.tensor(f"{name}.bias", [out], 0.1)
        self.layer("conv2d", name, [source], stride=stride, padding=kernel // 2)
        if relu:
            self.layer("relu", f"{name}.relu")
        return f"{name}.relu" if relu else name

    def save(self, folder, input_shape):
        folder.mkdir()
        header, end = {}, 0
        for name, shape, octets in self.tensors:
            header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [end, end + len(octets)]}
            end += len(octets)
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        with open(folder / "weights.safetensors", "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            for _, _, octets in self.tensors:
                file.write(octets)
        model = {"input_shape": input_shape, "layers": self.layers, "weights": "pytorch"}
        (folder / "model.json").write_text(json.dumps(model))


def resnet18(folder):
    """Normalisations folded into the convolutions, as for inference."""
    net = Builder()
    last = net.convolution("conv1", "input", 3, 64, 7, 2)
    net.layer("max_pool2d", "pool", [last], kernel_size=3, stride=2, padding=1)
    last, channels = "pool", 64
    for stage, out in enumerate((64, 128, 256, 512), 1):
        for block in range(2):
            stride = 2 if stage > 1 and block == 0 else 1
            name = f"layer{stage}.{block}"
            inner = net.convolution(f"{name}.conv1", last, channels, out, 3, stride)
            inner = net.convolution(f"{name}.conv2", inner, out, out, 3, relu=False)
            if stride != 1 or channels != out:
                last = net.convolution(f"{name}.downsample", last, channels, out, 1, stride, relu=False)
            net.layer("add", f"{name}.sum", [inner, last])
            net.layer("relu", f"{name}.out")
            last, channels = f"{name}.out", out
    net.layer("adaptive_avg_pool2d", output_size=1)
    net.layer("flatten")
    net.tensor("fc.weight", [1000, 512], 0.05)
    net.tensor("fc.bias", [1000], 0.1)
    net.layer("linear", "fc")
    net.save(folder, [None, 3, 224, 224])


def request(service, model):
    """The path and the body of one picture, in octets."""
    ports = json.loads(service.request("GET", f"/v2/models/{model}")[2])["inputs"]
    shape = [1 if extent < 0 else extent for extent in ports[0]["shape"]]
    count = 1
    for extent in shape:
        count *= extent
    head = json.dumps({
        "inputs": [{"name": ports[0]["name"], "shape": shape, "datatype": "FP32", "parameters": {"binary_data_size": 4 * count}}],
        "parameters": {"binary_data_output": True},
    }).encode()
    octets = struct.pack("<f", 0.5) * count
    headers = {"Inference-Header-Content-Length": str(len(head)), "Content-Type": "application/octet-stream"}
    return f"/v2/models/{model}/infer", head + octets, headers


def ask(connection, path, body, headers):
    """(seconds, milliseconds of compute as the server says)"""
    began = time.perf_counter()
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    raw = answer.read()
    took = time.perf_counter() - began
    if answer.status != 200:
        raise SystemExit(raw.decode())
    return took, float(re.search(r"compute;dur=([\d.]+)", answer.getheader("Server-Timing"))[1])


def one_client(service, asked, seconds):
    connection = http.client.HTTPConnection(*service.address)
    for _ in range(3):
        ask(connection, *asked)
    found, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(found) < 5:
        found.append(ask(connection, *asked))
    return found


def throughput(service, asked, clients, seconds):
    counts = [0] * clients
    end = time.perf_counter() + seconds

    def client(place):
        connection = http.client.HTTPConnection(*service.address)
        while time.perf_counter() < end:
            ask(connection, *asked)
            counts[place] += 1

    threads = [threading.Thread(target=client, args=(place,)) for place in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - began)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=pathlib.Path)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--threads", type=int)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        if arguments.models is None:
            resnet18(pathlib.Path(made) / "resnet18")
        options = ["--models", str(arguments.models or made), "--access-log", "off"]
        if arguments.threads:
            options += ["--threads", str(arguments.threads)]
        with Service(arguments=options) as service:
            print(f"{'model':20}{'ms, least':>11}{'median':>9}{'compute':>9}{'beside':>9}{'1 client/s':>12}{arguments.clients:>4} clients/s")
            for model in json.loads(service.request("GET", "/v2/models")[2])["models"]:
                asked = request(service, model)
                found = one_client(service, asked, arguments.seconds)
                least, compute = min(found)
                beside = statistics.median(took * 1000 - inside for took, inside in found)
                median = statistics.median(took for took, _ in found)
                single = throughput(service, asked, 1, arguments.seconds)
                several = throughput(service, asked, arguments.clients, arguments.seconds)
                print(
                    f"{model:20}{least * 1000:11.2f}{median * 1000:9.2f}{compute:9.2f}{beside:9.2f}{single:12.1f}{several:14.1f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
