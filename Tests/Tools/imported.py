"""`convserve import`, and what the service makes of the folder that it writes, beside ONNX Runtime."""

import json
import pathlib
import subprocess
import tempfile

import numpy as np
import onnxruntime
import safetensors.numpy
from service import binary

onnxruntime.set_default_logger_severity(4)
SAFETENSORS = "application/vnd.safetensors"


class Refused(Exception):
    """What `convserve import` says when it does not import."""


def import_model(path, folder, *arguments):
    """The model.json of the folder that is written."""
    run = subprocess.run([binary(), "import", path, folder, *arguments], capture_output=True, text=True, timeout=300)
    if run.returncode != 0:
        assert run.returncode == 1 and not pathlib.Path(folder).exists(), run
        raise Refused(run.stderr)
    return json.loads((pathlib.Path(folder) / "model.json").read_text())


def import_bytes(model, *arguments):
    """(model.json, the weights) of an ONNX model in memory."""
    with tempfile.TemporaryDirectory() as root:
        path, folder = pathlib.Path(root) / "model.onnx", pathlib.Path(root) / "model"
        path.write_bytes(model)
        description = import_model(path, folder, *arguments)
        assert {entry.name for entry in pathlib.Path(root).iterdir()} == {"model.onnx", "model"}
        weights = folder / "weights.safetensors"
        return description, safetensors.numpy.load_file(weights) if weights.exists() else {}


def answer(service, description, weights, x):
    """The outputs of an imported model by name."""
    assert len(description["input_shape"]) == x.ndim
    body = safetensors.numpy.save(
        {"input": x, **weights},
        {"parameters": json.dumps({"layers": description["layers"], "outputs": description["outputs"]})},
    )
    headers = {"Content-Type": SAFETENSORS, "Accept": SAFETENSORS}
    status, _, raw = service.request("POST", "/v1/forward", body, headers)
    assert status == 200, raw.decode()
    return safetensors.numpy.load(raw)


def expected(model, x):
    """What ONNX Runtime answers, by name; the model is octets or a path."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {session.get_inputs()[0].name: x})))


def difference(found, wanted, tolerance):
    """None, or what is wrong. The tolerance is of the largest number."""
    for name, array in wanted.items():
        if found[name].shape != array.shape:
            return f"{name}: shape {found[name].shape}, expected {array.shape}"
        largest = max(1.0, float(np.abs(array).max(initial=0)))
        worst = float(np.abs(found[name].astype(np.float64) - array).max(initial=0)) / largest
        if not worst <= tolerance:
            return f"{name}: off by {worst:.3g} of the largest number"
    return None
