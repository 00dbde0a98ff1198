"""Pure losses shared by several methods: logits and labels in, a tensor out.

Shapes: logits (B, K, V) and labels (B, K) with `IGNORED` on every position that is not an answer
token; `nll` and `reference_nll` (B,) are sums over answer tokens. All arithmetic is float32,
because differences of log-probabilities lose their digits in bfloat16.
"""

import torch.nn.functional as F
from torch import Tensor

from unlearn_core.data.batches import IGNORED


def token_nll(logits: Tensor, labels: Tensor) -> Tensor:
    """Negative log-likelihood of each label, (B, K); 0 where the label is ignored."""
    flat = F.cross_entropy(
        logits.float().flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="none"
    )
    return flat.view(labels.shape)


def sequence_nll(logits: Tensor, labels: Tensor) -> Tensor:
    """Negative log-likelihood of each whole answer, (B,): the sum over its tokens."""
    return token_nll(logits, labels).sum(dim=1)


def mean_nll(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean negative log-likelihood over all answer tokens of the batch (usual cross-entropy)."""
    return token_nll(logits, labels).sum() / (labels != IGNORED).sum()


def npo_loss(nll: Tensor, reference_nll: Tensor, beta: float) -> Tensor:
    """Negative preference optimisation.

    `-(2 / beta) * mean(log sigmoid(beta * (nll - reference_nll)))`, which is `(2 / beta) ln 2`
    while the model still is its reference.

    Args:
        nll: (B,) summed over answer tokens, under the trained model.
        reference_nll: (B,) the same under the original model.
        beta: Inverse temperature; towards 0 the gradient becomes that of gradient ascent.

    Source: Zhang et al., Negative Preference Optimization, COLM 2024, eq. 3.
    """
    return -(2.0 / beta) * F.logsigmoid(beta * (nll - reference_nll)).mean()
