#!/usr/bin/env python3
"""Writes networks/*.json: known networks as bodies of `POST /v1/shapes`. Their weights are made up where they are run."""

import json
import os


class Network:
    def __init__(self, size):
        self.shape, self.layers, self.last = [1, 3, size, size], [], "input"

    def add(self, kind, *inputs, **parameters):
        name = f"l{len(self.layers)}"
        layer = {"type": kind, "name": name, "inputs": list(inputs or [self.last]), **parameters}
        self.layers.append(layer)
        self.last = name
        return name

    def convolution(self, channels, kernel, stride=1, groups=1, activation="relu", reads=None):
        """A convolution without bias, batch normalisation, and an activation."""
        self.add("conv2d", *([reads] if reads else []), out_channels=channels, kernel_size=kernel, stride=stride,
                 padding=kernel // 2, groups=groups)
        name = self.add("batch_norm2d", affine=True)
        return self.add(activation) if activation else name

    def write(self, path):
        rows = ",\n    ".join(json.dumps(layer) for layer in self.layers)
        with open(path, "w") as file:
            file.write(f'{{\n  "input_shape": {self.shape},\n  "layers": [\n    {rows}\n  ]\n}}\n')


def resnet50():
    """He et al., Deep Residual Learning for Image Recognition (2015); stride in the 3×3 convolution."""
    net = Network(224)
    net.convolution(64, 7, 2)
    last = net.add("max_pool2d", kernel_size=3, stride=2, padding=1)
    for stage, blocks in enumerate([3, 4, 6, 3]):
        width = 64 << stage
        for block in range(blocks):
            stride = 2 if block == 0 and stage > 0 else 1
            shortcut = net.convolution(4 * width, 1, stride, activation=None, reads=last) if block == 0 else last
            net.convolution(width, 1, reads=last)
            net.convolution(width, 3, stride)
            path = net.convolution(4 * width, 1, activation=None)
            net.add("add", path, shortcut)
            last = net.add("relu")
    net.add("adaptive_avg_pool2d", output_size=1)
    net.add("flatten")
    net.add("linear", out_features=1000, bias=True)
    return net


def mobilenet_v2():
    """Sandler et al., MobileNetV2: Inverted Residuals and Linear Bottlenecks (2018)."""
    net = Network(224)
    last, channels = net.convolution(32, 3, 2, activation="relu6"), 32
    for expansion, outputs, count, first_stride in [
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
    ]:
        for block in range(count):
            stride = first_stride if block == 0 else 1
            width = channels * expansion
            if expansion > 1:
                net.convolution(width, 1, activation="relu6", reads=last)
            net.convolution(width, 3, stride, groups=width, activation="relu6")
            path = net.convolution(outputs, 1, activation=None)
            last = net.add("add", path, last) if stride == 1 and channels == outputs else path
            channels = outputs
    net.convolution(1280, 1, activation="relu6")
    net.add("adaptive_avg_pool2d", output_size=1)
    net.add("flatten")
    net.add("linear", out_features=1000, bias=True)
    return net


def resnet18():
    """He et al., Deep Residual Learning for Image Recognition (2015)."""
    net = Network(224)
    net.convolution(64, 7, 2)
    last, channels = net.add("max_pool2d", kernel_size=3, stride=2, padding=1), 64
    for stage in range(4):
        width = 64 << stage
        for block in range(2):
            stride = 2 if block == 0 and stage > 0 else 1
            changes = stride > 1 or channels != width
            shortcut = net.convolution(width, 1, stride, activation=None, reads=last) if changes else last
            net.convolution(width, 3, stride, reads=last)
            path = net.convolution(width, 3, activation=None)
            net.add("add", path, shortcut)
            last, channels = net.add("relu"), width
    net.add("adaptive_avg_pool2d", output_size=1)
    net.add("flatten")
    net.add("linear", out_features=1000, bias=True)
    return net


def squeezenet():
    """Iandola et al., SqueezeNet (2016), version 1.1."""
    net = Network(224)

    def convolution(channels, kernel=1, stride=1, padding=0, reads=None):
        net.add("conv2d", *([reads] if reads else []), out_channels=channels, kernel_size=kernel, stride=stride,
                padding=padding, bias=True)
        return net.add("relu")

    def pool():
        net.add("max_pool2d", kernel_size=3, stride=2, ceil_mode=True)

    def fire(squeezed, expanded):
        last = convolution(squeezed)
        net.add("concat", convolution(expanded, reads=last), convolution(expanded, 3, padding=1, reads=last), dim=1)

    convolution(64, 3, 2)
    pool()
    for squeezed in [16, 16]:
        fire(squeezed, 64)
    pool()
    for squeezed in [32, 32]:
        fire(squeezed, 128)
    pool()
    for squeezed, expanded in [(48, 192), (48, 192), (64, 256), (64, 256)]:
        fire(squeezed, expanded)
    convolution(1000)
    net.add("adaptive_avg_pool2d", output_size=1)
    net.add("flatten")
    return net


if __name__ == "__main__":
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "networks")
    os.makedirs(folder, exist_ok=True)
    for network in [resnet18, resnet50, mobilenet_v2, squeezenet]:
        network().write(f"{folder}/{network.__name__}.json")
