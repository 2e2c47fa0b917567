"""Networks, and layers as networks of one, in the frameworks that are installed: each is made ready to run, with its
weights packed as that framework likes, and called with nothing. Bodies are those of `POST /v1/shapes`."""

import os
import subprocess
import sys
import tempfile

import numpy as np

import onnx_models
import torch_models
from noise import noise


def installed(threads):
    """The peers that can be imported, by name."""
    os.environ["OMP_NUM_THREADS"] = str(threads)
    found = {}
    for name, make in MAKERS.items():
        try:
            found[name] = make(threads)
        except ImportError:
            pass
    return found


def versions():
    from importlib.metadata import PackageNotFoundError, version

    known = {}
    for package in ["torch", "onnxruntime", "openvino", "ncnn", "MNN"]:
        try:
            known[package] = version(package)
        except PackageNotFoundError:
            pass
    return known


def input_of(body):
    shape = body["input_shape"]
    return noise(int(np.prod(shape)), 0).reshape(shape)


def torch_peer(threads, channels_last=False):
    import torch

    torch.set_num_threads(threads)

    def prepare(body):
        if channels_last and len(body["input_shape"]) != 4:
            return None
        model = torch_models.model(body)
        x = torch.from_numpy(input_of(body))
        if channels_last:
            model, x = model.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)

        def run():
            with torch.inference_mode():
                return model(x)

        return run

    return prepare


def onnxruntime_peer(threads):
    import onnxruntime

    def prepare(body):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.log_severity_level = threads, 3
        model = onnx_models.model(body).SerializeToString()
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        x = input_of(body)
        return lambda: session.run(None, {"input": x})[0]

    return prepare


def openvino_peer(threads):
    import openvino

    core = openvino.Core()
    hints = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    core.set_property("CPU", hints)

    def prepare(body):
        with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
            file.write(onnx_models.model(body).SerializeToString())
            file.flush()
            request = core.compile_model(core.read_model(file.name), "CPU").create_infer_request()
        x = input_of(body)
        request.set_input_tensor(openvino.Tensor(x, shared_memory=True))

        def run():
            request.infer()
            return request.get_output_tensor().data

        run.keeps = x
        return run

    return prepare


def mnn_peer(threads):
    import MNN

    convert = os.path.join(os.path.dirname(sys.executable), "mnnconvert")

    def prepare(body):
        with tempfile.TemporaryDirectory() as folder:
            source, target = f"{folder}/model.onnx", f"{folder}/model.mnn"
            with open(source, "wb") as file:
                file.write(onnx_models.model(body).SerializeToString())
            command = [convert, "-f", "ONNX", "--modelFile", source, "--MNNModel", target]
            subprocess.run(command, capture_output=True, check=True)
            interpreter = MNN.Interpreter(target)
        session = interpreter.createSession({"numThread": threads, "precision": "high", "backend": "CPU"})
        interpreter.resizeSession(session)
        x, caffe = input_of(body), MNN.Tensor_DimensionType_Caffe
        source, result = interpreter.getSessionInput(session), interpreter.getSessionOutput(session)
        given = MNN.Tensor(x.shape, MNN.Halide_Type_Float, x.flatten(), caffe)
        shape = result.getShape()
        taken = MNN.Tensor(shape, MNN.Halide_Type_Float, np.zeros(shape, np.float32), caffe)

        def run():
            source.copyFrom(given)
            interpreter.runSession(session)
            result.copyToHostTensor(taken)
            return taken.getNumpyData()

        return run

    return prepare


def ncnn_peer(threads):
    import ncnn

    def prepare(body):
        """Convolutions of planes alone: ncnn has no reader of ONNX."""
        layer, shape = body["layers"][0], body["input_shape"]
        if len(body["layers"]) > 1 or layer["type"] != "conv2d":
            return None
        net = ncnn.Net()
        options = net.opt
        options.num_threads, options.use_vulkan_compute, options.use_bf16_storage = threads, False, False
        options.use_fp16_packed = options.use_fp16_storage = options.use_fp16_arithmetic = False
        text, weights = onnx_models.ncnn_model(body)
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/model.param", "w") as file:
                file.write(text)
            with open(f"{folder}/model.bin", "wb") as file:
                file.write(weights)
            net.load_param(f"{folder}/model.param")
            net.load_model(f"{folder}/model.bin")
        x = input_of(body).reshape(shape[1:])
        given = ncnn.Mat(x)

        def run():
            extractor = net.create_extractor()
            extractor.input("x", given)
            return np.array(extractor.extract("y")[1])

        def timed():
            extractor = net.create_extractor()
            extractor.input("x", given)
            return extractor.extract("y")[1]

        timed.checked = run
        return timed

    return prepare


MAKERS = {
    "torch": torch_peer,
    "torch_cl": lambda threads: torch_peer(threads, channels_last=True),
    "onnxruntime": onnxruntime_peer,
    "openvino": openvino_peer,
    "ncnn": ncnn_peer,
    "mnn": mnn_peer,
}
