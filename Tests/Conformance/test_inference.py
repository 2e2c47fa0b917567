"""The Open Inference Protocol, asked by a client that is not ours: tritonclient, unmodified; and models over HTTP."""

import json
import time

import numpy
import pytest
import safetensors.numpy
import tritonclient.http as triton
from service import Service
from tritonclient.utils import InferenceServerException

RNG = numpy.random.default_rng(7)
WEIGHT = RNG.standard_normal((4, 3, 3, 3)).astype(numpy.float32)
BIAS = RNG.standard_normal(4).astype(numpy.float32)
MODEL = {
    "input_shape": [None, 3, 8, 8],
    "input_name": "picture",
    "outputs": ["maps", "mean"],
    "weights": "pytorch",
    "layers": [
        {"type": "conv2d", "name": "maps", "padding": 1},
        {"type": "adaptive_avg_pool2d", "output_size": 1},
        {"type": "flatten", "name": "mean"},
    ],
}


def form(model, weights):
    parts = {"model": json.dumps(model).encode(), "weights": weights}
    body = b"".join(
        b'--a\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), part) for name, part in parts.items()
    )
    return body + b"--a--\r\n", {"Content-Type": "multipart/form-data; boundary=a"}


def expected(picture):
    """By numpy, from the definition."""
    padded = numpy.pad(picture.astype(numpy.float64), ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = numpy.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    maps = numpy.einsum("nchwij,ocij->nohw", windows, WEIGHT.astype(numpy.float64)) + BIAS[None, :, None, None]
    return maps, maps.mean((2, 3))


@pytest.fixture(scope="module")
def server(service):
    body, headers = form(MODEL, safetensors.numpy.save({"maps.weight": WEIGHT, "maps.bias": BIAS}))
    status, _, raw = service.request("PUT", "/v1/models/conv", body, headers)
    assert status in (200, 201), raw
    yield service
    assert service.request("DELETE", "/v1/models/conv")[0] == 204


@pytest.fixture()
def client(server):
    host, port = server.address
    with triton.InferenceServerClient(f"{host}:{port}") as client:
        yield client


def picture(batch=2, kind=numpy.float32):
    return (RNG.standard_normal((batch, 3, 8, 8)) * 4).astype(kind)


def asked(array, datatype="FP32", binary=True, name="picture"):
    tensor = triton.InferInput(name, list(array.shape), datatype)
    tensor.set_data_from_numpy(array, binary_data=binary)
    return [tensor]


def test_the_server_is_live_and_ready_and_says_what_it_is(client):
    assert client.is_server_live() and client.is_server_ready()
    metadata = client.get_server_metadata()
    assert metadata["name"] == "convserve"
    assert {"binary_tensor_data", "model_repository"} <= set(metadata["extensions"])


def test_the_model_is_ready_and_described(client):
    assert client.is_model_ready("conv") and client.is_model_ready("conv", "1")
    assert not client.is_model_ready("none")
    metadata = client.get_model_metadata("conv")
    assert metadata["versions"] == ["1"]
    assert metadata["inputs"] == [{"name": "picture", "datatype": "FP32", "shape": [-1, 3, 8, 8]}]
    assert metadata["outputs"] == [
        {"name": "maps", "datatype": "FP32", "shape": [-1, 4, 8, 8]},
        {"name": "mean", "datatype": "FP32", "shape": [-1, 4]},
    ]


def test_the_repository_is_listed(client):
    assert {"name": "conv", "version": "1", "state": "READY", "reason": ""} in client.get_model_repository_index()
    client.load_model("conv")


@pytest.mark.parametrize("sent", [True, False], ids=["octets", "JSON"])
@pytest.mark.parametrize("got", [True, False], ids=["octets", "JSON"])
def test_infer_gives_what_numpy_computes(client, sent, got):
    array = picture()
    outputs = [triton.InferRequestedOutput(name, binary_data=got) for name in ("mean", "maps")]
    answer = client.infer("conv", asked(array, binary=sent), outputs=outputs, request_id="a-1")
    maps, mean = expected(array)
    assert numpy.allclose(answer.as_numpy("maps"), maps, atol=1e-4)
    assert numpy.allclose(answer.as_numpy("mean"), mean, atol=1e-4)
    response = answer.get_response()
    assert response["id"] == "a-1" and response["model_name"] == "conv" and response["model_version"] == "1"


def test_outputs_are_all_or_those_asked_for(client):
    array = picture(1)
    assert client.infer("conv", asked(array)).as_numpy("maps").shape == (1, 4, 8, 8)
    only = client.infer("conv", asked(array), outputs=[triton.InferRequestedOutput("mean")])
    assert only.as_numpy("maps") is None and only.as_numpy("mean").shape == (1, 4)


@pytest.mark.parametrize("datatype, kind", [
    ("FP16", numpy.float16), ("FP64", numpy.float64), ("INT8", numpy.int8), ("INT16", numpy.int16), ("INT32", numpy.int32),
    ("INT64", numpy.int64), ("UINT8", numpy.uint8), ("UINT16", numpy.uint16), ("UINT32", numpy.uint32),
    ("UINT64", numpy.uint64), ("BOOL", numpy.bool_),
])
@pytest.mark.parametrize("binary", [True, False], ids=["octets", "JSON"])
def test_all_types_of_numbers_are_taken(client, datatype, kind, binary):
    if datatype == "FP16" and not binary:
        pytest.skip("tritonclient sends FP16 in octets alone")
    array = numpy.abs(picture()).astype(kind)
    answer = client.infer("conv", asked(array, datatype, binary))
    assert numpy.allclose(answer.as_numpy("maps"), expected(array)[0], atol=1e-3)


@pytest.mark.parametrize("sent", [None, "gzip", "deflate"])
@pytest.mark.parametrize("got", [None, "gzip", "deflate"])
def test_bodies_are_compressed_both_ways(client, sent, got):
    array = picture(8)
    answer = client.infer(
        "conv", asked(array), request_compression_algorithm=sent, response_compression_algorithm=got
    )
    assert numpy.allclose(answer.as_numpy("maps"), expected(array)[0], atol=1e-4)


def test_an_empty_batch_is_answered(client):
    answer = client.infer("conv", asked(numpy.zeros((0, 3, 8, 8), numpy.float32)))
    assert answer.as_numpy("maps").shape == (0, 4, 8, 8)


def test_octets_alone_are_one_picture(server):
    array = picture(1)
    headers = {"Inference-Header-Content-Length": "0", "Content-Type": "application/octet-stream"}
    status, fields, raw = server.request("POST", "/v2/models/conv/infer", array.tobytes(), headers)
    assert status == 200 and fields["content-type"] == "application/octet-stream"
    answer = triton.InferenceServerClient.parse_response_body(
        raw, header_length=int(fields["inference-header-content-length"])
    )
    assert numpy.allclose(answer.as_numpy("mean"), expected(array)[1], atol=1e-4)


@pytest.mark.parametrize("model, inputs, outputs, message", [
    ("none", lambda: asked(picture()), None, "no model"),
    ("conv", lambda: asked(picture(), name="image"), None, 'no input "image"'),
    ("conv", lambda: asked(picture()), ["classes"], 'no output "classes"'),
    ("conv", lambda: asked(picture()[:, :2]), None, "[any, 3, 8, 8]"),
    ("conv", lambda: asked(picture()) + asked(picture()), None, "more than 1 inputs"),
])
def test_errors_reach_the_client_as_sentences(client, model, inputs, outputs, message):
    outputs = outputs and [triton.InferRequestedOutput(name) for name in outputs]
    with pytest.raises(InferenceServerException) as error:
        client.infer(model, inputs(), outputs=outputs, response_compression_algorithm="gzip")
    assert message in error.value.message()


def test_text_is_refused(client):
    tensor = triton.InferInput("picture", [1], "BYTES")
    tensor.set_data_from_numpy(numpy.array([b"jpeg"], dtype=object))
    with pytest.raises(InferenceServerException) as error:
        client.infer("conv", [tensor])
    assert "BYTES" in error.value.message()


def eventually(condition):
    end = time.monotonic() + 2
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return condition()


def test_a_folder_put_there_is_served_within_two_seconds(tmp_path):
    models = tmp_path / "models"
    with Service(arguments=["--models", str(models)]) as service:
        folder = models / "hot"
        folder.mkdir()
        (folder / "weights.safetensors").write_bytes(safetensors.numpy.save({"maps.weight": WEIGHT, "maps.bias": BIAS}))
        (folder / "model.json").write_text(json.dumps(MODEL))
        host, port = service.address
        with triton.InferenceServerClient(f"{host}:{port}") as client:
            assert eventually(lambda: client.is_model_ready("hot"))
            client.unload_model("hot")
            array = picture()
            assert numpy.allclose(client.infer("hot", asked(array)).as_numpy("maps"), expected(array)[0], atol=1e-4)
            (folder / "model.json").write_text("{")
            status = lambda: json.loads(service.request("GET", "/v1/models/hot")[2])
            assert eventually(lambda: "error" in status())
            assert numpy.allclose(client.infer("hot", asked(array)).as_numpy("maps"), expected(array)[0], atol=1e-4)
            (folder / "model.json").unlink()
            (folder / "weights.safetensors").unlink()
            folder.rmdir()
            assert eventually(lambda: not client.is_model_ready("hot"))
