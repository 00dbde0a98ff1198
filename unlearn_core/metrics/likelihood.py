"""How likely a model finds given answers; pure functions on logits and labels.

Labels are not shifted: position t of the logits predicts label t + 1, and labels of -100 (prompt
and padding) are left out. Every function can be differentiated except `memorised_share`.
"""

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from unlearn_core.metrics.memorisation import memorisation_accuracy

IGNORED = -100


def token_log_probs(logits: Tensor, labels: Tensor) -> Tensor:
    """Natural log p(label t + 1 | everything up to t), in float32 or better.

    Only the logits of labelled positions are normalised, so prompts cost no memory.

    Args:
        logits: (B, T, V).
        labels: (B, T).

    Returns:
        (B, T - 1), 0 where the label is -100.
    """
    targets = labels[:, 1:]
    counted = targets != IGNORED
    dtype = torch.promote_types(logits.dtype, torch.float32)
    chosen = -cross_entropy(logits[:, :-1][counted].to(dtype), targets[counted], reduction="none")
    return torch.zeros(targets.shape, dtype=dtype, device=logits.device).masked_scatter(
        counted, chosen
    )


def answer_log_probs(logits: Tensor, labels: Tensor) -> Tensor:
    """(B,) log-probability of each row's whole answer, log p(y|x), in nats."""
    return token_log_probs(logits, labels).sum(dim=-1)


def mean_log_probs(logits: Tensor, labels: Tensor) -> Tensor:
    """(B,) log p(y|x) / |y|, in nats a token; NaN for a row without labels."""
    return answer_log_probs(logits, labels) / answer_lengths(labels)


def answer_lengths(labels: Tensor) -> Tensor:
    """(B,) number of labels that count."""
    return (labels[:, 1:] != IGNORED).sum(dim=-1)


def memorised_share(logits: Tensor, labels: Tensor) -> Tensor:
    """(B,) share of labels that are the model's first choice: memorisation accuracy, 0 to 1."""
    return memorisation_accuracy(logits[:, :-1], labels[:, 1:])
