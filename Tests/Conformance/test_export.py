"""examples/export_torch.py: the numbers are PyTorch's, and the folders have what CONTRIBUTING says of them."""

import json
import sys

import networks
import pytest
import torch
from conftest import ROOT
from torch import nn

sys.path.insert(0, str(ROOT / "examples"))
import export_torch  # noqa: E402

EXPORTED = {
    "lenet": (lambda: nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 10)), (1, 8, 8)),
    "ResNet-18": (lambda: networks.ResNet18(16), (3, 64, 64)),
    "MobileNetV2": (lambda: networks.MobileNetV2(), (3, 64, 64)),
    "SqueezeNet": (lambda: networks.SqueezeNet(), (3, 64, 64)),
}


@pytest.mark.parametrize("name", EXPORTED)
def test_an_exported_network_gives_pytorchs_numbers(service, tmp_path, name):
    make, shape = EXPORTED[name]
    network = networks.randomized(make())
    export_torch.export(network, [None, *shape], tmp_path / "network")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["network"]
    description = json.loads((tmp_path / "network" / "model.json").read_text())
    assert description["input_shape"] == [None, *shape]
    x = torch.randn(2, *shape, generator=torch.Generator().manual_seed(1))
    assert export_torch.difference(service.url, tmp_path / "network", network, x) < 3e-5


def test_what_no_layer_does_is_named(tmp_path):
    with pytest.raises(ValueError, match="1"):
        export_torch.export(nn.Sequential(nn.ReLU(), nn.Bilinear(2, 2, 2)), [None, 2], tmp_path / "network")
    assert list(tmp_path.iterdir()) == []
