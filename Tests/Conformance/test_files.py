"""Files of tensors both ways, through the libraries whose formats they are."""
import io
import json
import urllib.request

import numpy
import pytest
import safetensors.numpy

NPY, SAFETENSORS = "application/x-npy", "application/vnd.safetensors"


def post(service, path, body, content, accept):
    headers = {"Content-Type": content, "Accept": accept}
    with urllib.request.urlopen(urllib.request.Request(service.url + path, body, headers)) as answer:
        return answer.read(), answer.headers


def npy(array):
    file = io.BytesIO()
    numpy.save(file, array)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["<f2", ">f4", "<f8", ">i2", "<i8", "|u1", "|b1", ">u8"])
@pytest.mark.parametrize("order", "CF")
def test_npy_comes_back(service, kind, order):
    array = numpy.asarray(numpy.arange(24).reshape(2, 3, 4).astype(kind), order=order)
    body, headers = post(service, "/v1/relu", npy(array), NPY, NPY)
    assert headers["X-Tensor-Shape"] == "2,3,4"
    assert body == npy(numpy.ascontiguousarray(array.astype(numpy.float32)))
    assert (numpy.load(io.BytesIO(body)) == array.astype(numpy.float32)).all()


def test_safetensors_come_back(service):
    picture = numpy.random.default_rng(1).standard_normal((1, 2, 6, 6)).astype(numpy.float32)
    weight = numpy.ones((3, 2, 1, 1), numpy.float32)
    file = safetensors.numpy.save(
        {"input": picture, "weight": weight}, metadata={"parameters": json.dumps({"stride": 2})}
    )
    body, _ = post(service, "/v1/conv2d", file, SAFETENSORS, SAFETENSORS)
    output = safetensors.numpy.load(body)["output"]
    assert numpy.allclose(output, numpy.repeat(picture[:, :, ::2, ::2].sum(1, keepdims=True), 3, axis=1), atol=1e-5)
    assert body == safetensors.numpy.save({"output": output})


def test_a_pools_indices_come_as_int64(service):
    query = {"input": [[1, 2], [3, 4]], "kernel_size": 2, "return_indices": True}
    body, _ = post(service, "/v1/max_pool2d", json.dumps(query).encode(), "application/json", SAFETENSORS)
    tensors = safetensors.numpy.load(body)
    assert tensors["indices"].dtype == numpy.int64 and tensors["indices"].tolist() == [[3]]
