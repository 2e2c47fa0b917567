"""`convserve import` against ONNX Runtime: every operator, every attribute, and whole networks."""

import networks
import numpy as np
import onnx
import pytest
import safetensors.numpy
import torch
from imported import Refused, answer, difference, expected, import_bytes, import_model
from onnx_cases import CASES, RARE

# Sums of a few hundred products, and Winograd's transforms.
TOLERANCE = 1e-5


@pytest.mark.parametrize("name, model, x", CASES, ids=[case[0] for case in CASES])
def test_an_operator_is_what_onnx_runtime_computes(service, name, model, x):
    octets = model.SerializeToString()
    try:
        description, weights = import_bytes(octets)
    except Refused as refusal:
        assert name in RARE and "is not computed with" in str(refusal), refusal
        return
    assert description["outputs"] == [output.name for output in model.graph.output]
    assert difference(answer(service, description, weights, x), expected(octets, x), TOLERANCE) is None


# Random weights, and the extents of a picture; a depth of 50 convolutions adds up to some ten roundings.
NETWORKS = {
    "ResNet-18": (lambda: networks.ResNet18(), (224, 224)),
    "MobileNetV2": (lambda: networks.MobileNetV2(), (96, 96)),
    "SqueezeNet": (lambda: networks.SqueezeNet(), (96, 96)),
    "U-Net": (lambda: networks.UNet(), (64, 48)),
    "U-Net of odd extents": (lambda: networks.UNet(), (45, 37)),
    "U-Net by interpolation": (lambda: networks.UNet(8, 3, transposed=False), (64, 48)),
    "U-Net by interpolation, corners aligned": (lambda: networks.UNet(8, 3, transposed=False, aligned=True), (64, 48)),
    "gates and other norms": (lambda: networks.Gated(), (32, 36)),
}
NETWORK_TOLERANCE = 3e-5


@pytest.mark.parametrize("opset", [17, 18])
@pytest.mark.parametrize("name", NETWORKS)
def test_an_exported_network_is_what_onnx_runtime_computes(service, tmp_path, name, opset):
    make, extents = NETWORKS[name]
    network = networks.randomized(make())
    networks.exported(network, torch.zeros(1, 3, *extents), tmp_path / "network.onnx", opset)
    octets = (tmp_path / "network.onnx").read_bytes()
    description, weights = import_bytes(octets)
    assert description["input_shape"] == [None, 3, *extents]
    for batch in (1, 2):
        x = np.random.default_rng(batch).standard_normal((batch, 3, *extents)).astype(np.float32)
        wanted = expected(octets, x)
        assert difference(answer(service, description, weights, x), wanted, NETWORK_TOLERANCE) is None
        # The file itself says what the network says.
        assert np.abs(wanted["output"] - network(torch.from_numpy(x)).detach().numpy()).max() < 1e-3 * np.abs(wanted["output"]).max()


def test_a_network_whose_weights_are_beside_it_is_imported_from_its_folder(service, tmp_path):
    network = networks.randomized(networks.UNet(4, 1))
    networks.exported(network, torch.zeros(1, 3, 8, 8), tmp_path / "small.onnx")
    model = onnx.load(tmp_path / "small.onnx")
    onnx.save(model, tmp_path / "large.onnx", save_as_external_data=True, location="weights.bin", size_threshold=0)
    description = import_model(tmp_path / "large.onnx", tmp_path / "model")
    weights = safetensors.numpy.load_file(tmp_path / "model" / "weights.safetensors")
    x = np.random.default_rng(1).standard_normal((1, 3, 8, 8)).astype(np.float32)
    found = answer(service, description, weights, x)
    assert difference(found, expected(str(tmp_path / "small.onnx"), x), TOLERANCE) is None
    (tmp_path / "weights.bin").rename(tmp_path.parent / "weights.bin")
    (tmp_path / "weights.bin").symlink_to(tmp_path.parent / "weights.bin")
    with pytest.raises(Refused, match="not in the model's own folder"):
        import_model(tmp_path / "large.onnx", tmp_path / "again")


def test_every_operator_that_is_not_known_is_named_with_its_node():
    nodes = [
        onnx.helper.make_node("Einsum", ["input"], ["a"], name="first", equation="ij->ji"),
        onnx.helper.make_node("Relu", ["a"], ["b"], name="second"),
        onnx.helper.make_node("FusedConv", ["b"], ["c"], name="third", domain="com.microsoft"),
        onnx.helper.make_node("NonZero", ["input"], ["d"], name="fourth"),
    ]
    value = lambda name, shape: onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
    graph = onnx.helper.make_graph(nodes, "graph", [value("input", [2, 3])], [value("c", None), value("d", None)])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])
    with pytest.raises(Refused) as refusal:
        import_bytes(model.SerializeToString())
    lines = str(refusal.value).splitlines()
    assert len(lines) == 3, lines
    for line, words in zip(lines, ('"first" (Einsum)', '"third" (com.microsoft::FusedConv)', '"fourth" (NonZero)')):
        assert words in line, lines


def test_every_beginning_of_a_file_is_refused_and_leaves_nothing(tmp_path):
    octets = dict((name, model) for name, model, _ in CASES)["Conv in groups"].SerializeToString()
    for count in range(0, len(octets), 97):
        with pytest.raises(Refused):
            import_bytes(octets[:count])
