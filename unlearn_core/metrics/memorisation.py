"""Memorisation accuracy: how much of a text the model would say by itself, given what precedes."""

import torch
from torch import Tensor

from unlearn_core.data.batches import IGNORED


@torch.no_grad()
def memorisation_accuracy(logits: Tensor, labels: Tensor) -> Tensor:
    """Share of labels that are the model's first choice after the true tokens before them.

    `MA(x) = 1/(T-1) * sum_t [argmax p(. | x_1..x_t) = x_{t+1}]`. For a passage the labels are all
    tokens but the first, for a question those of the answer; both with the end token, which is
    learnt like the others.

    Args:
        logits: (B, K, V), of any float type.
        labels: (B, K), the token each logit row predicts; `IGNORED` on prompt and padding.

    Returns:
        (B,) from 0 to 1 in float32; NaN for a row without labels.

    Source: Jang et al., Knowledge Unlearning for Mitigating Privacy Risks in Language Models, ACL
    2023; used by Barbulescu and Triantafillou, ICML 2024.
    """
    counted = labels != IGNORED
    right = (logits.argmax(dim=-1) == labels) & counted
    return right.sum(dim=-1).float() / counted.sum(dim=-1)
