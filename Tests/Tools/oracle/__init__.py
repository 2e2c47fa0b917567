"""What every operation of the interface must answer, computed by PyTorch in float64.

`evaluate` takes one operation, `evaluate_network` the body of a `/v1/forward`. Both give, beside the numbers, how far
a float32 implementation may stray from them. Where the interface goes beyond PyTorch ("same" with a stride, a pool
that is padded past half its kernel or dilated), the answer is composed of explicit padding and PyTorch's own parts.
"""

from .network import evaluate_network
from .operations import Answer, SPATIAL_RANK, OPERATIONS, evaluate

__all__ = ["Answer", "OPERATIONS", "SPATIAL_RANK", "evaluate", "evaluate_network"]
