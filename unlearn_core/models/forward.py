"""One forward pass that computes logits only where an answer token is predicted."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from unlearn_core.data.batches import IGNORED, Batch
from unlearn_core.models.likelihoods import mean_nll, sequence_nll


@dataclass(frozen=True)
class AnswerLogits:
    """Logits and the tokens they predict, with the prompt's columns left out.

    Attributes:
        logits: (B, K, V), at the K columns that predict an answer token in some row.
        labels: (B, K), the predicted token, `IGNORED` on prompt and padding.
    """

    logits: Tensor
    labels: Tensor


def answer_logits(model: nn.Module, batch: Batch) -> AnswerLogits:
    """Run the model on a right-padded batch.

    Padding stands behind every real token, so under causal attention it changes nothing before
    it and no mask is needed. Only columns that some row needs go through the output layer, whose
    (B, T, V) logits are the largest tensor of a pass.
    """
    targets = batch.labels[:, 1:]
    columns = (targets != IGNORED).any(dim=0).nonzero().squeeze(1)
    output = model(
        input_ids=batch.input_ids[:, :-1],
        logits_to_keep=columns,
        use_cache=False,
    )
    return AnswerLogits(output.logits, targets[:, columns])


def batch_nll(model: nn.Module, batch: Batch) -> Tensor:
    """Mean negative log-likelihood over the batch's answer tokens, the usual training loss."""
    out = answer_logits(model, batch)
    return mean_nll(out.logits, out.labels)


@torch.no_grad()
def answer_log_likelihoods(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
    """Summed log-likelihood of each answer and its number of tokens, both (B,), in float32."""
    out = answer_logits(model, batch)
    return -sequence_nll(out.logits, out.labels), (out.labels != IGNORED).sum(dim=1)
