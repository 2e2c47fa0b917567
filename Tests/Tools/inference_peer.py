"""What one would write without convserve: binary inference requests answered by FastAPI and ONNX Runtime. `infer.py` measures it.

$PEER_MODEL is the ONNX file, $PEER_THREADS the number of threads of a run. The body is that of the Open Inference Protocol with
octets both ways, as convserve gets it; every request is for the model."""

import json
import os

import fastapi
import numpy
import onnxruntime
import orjson

options = onnxruntime.SessionOptions()
options.intra_op_num_threads, options.log_severity_level = int(os.environ["PEER_THREADS"]), 3
session = onnxruntime.InferenceSession(os.environ["PEER_MODEL"], options, providers=["CPUExecutionProvider"])
input_name, output_name = session.get_inputs()[0].name, session.get_outputs()[0].name
app = fastapi.FastAPI()


@app.post("/v2/models/{model}/infer")
async def infer(request: fastapi.Request):
    body = await request.body()
    end = int(request.headers["inference-header-content-length"])
    given = orjson.loads(body[:end])["inputs"][0]
    x = numpy.frombuffer(body, numpy.float32, offset=end).reshape(given["shape"])
    result = session.run([output_name], {input_name: x})[0]
    head = json.dumps({"model_name": "peer", "outputs": [{
        "name": output_name, "datatype": "FP32", "shape": list(result.shape),
        "parameters": {"binary_data_size": result.nbytes},
    }]}).encode()
    headers = {"Inference-Header-Content-Length": str(len(head))}
    return fastapi.Response(head + result.tobytes(), media_type="application/octet-stream", headers=headers)
