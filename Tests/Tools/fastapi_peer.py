"""What one would write without convserve: POST /v1/conv2d by FastAPI, orjson and PyTorch. `load.py` measures it."""

import fastapi
import orjson
import torch

torch.set_grad_enabled(False)
app = fastapi.FastAPI()


@app.post("/v1/conv2d")
async def conv2d(request: fastapi.Request):
    body = orjson.loads(await request.body())
    tensors = [torch.tensor(body[name], dtype=torch.float32) for name in ("input", "weight")]
    # A plane is one channel of one image, as convserve takes it.
    tensors = [tensor[None, None] if tensor.dim() == 2 else tensor for tensor in tensors]
    output = torch.nn.functional.conv2d(*tensors, padding=body.get("padding", 0))
    answer = {"output": output.numpy(), "shape": list(output.shape)}
    return fastapi.Response(
        orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json"
    )
