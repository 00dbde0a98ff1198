"""Likelihoods of answers and divergences between models: logits and labels in, a tensor out.

Shapes: logits (B, K, V) and labels (B, K) with `IGNORED` on every position that is not an answer
token. All arithmetic is float32, because differences of log-probabilities lose their digits in
bfloat16, and every mean is over answer tokens alone, however rows are padded. Published code often
averages over every position, prompt and padding included.
"""

import math

import torch
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


def soft_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy to target distributions, averaged over tokens.

    Args:
        logits: (N, V) of the trained model.
        target: (N, V) probabilities, without gradient.
    """
    nll = -(target * F.log_softmax(logits.float(), dim=-1)).sum(dim=-1)
    return nll.sum() / max(len(nll), 1)


def forward_kl(student: Tensor, teacher: Tensor, labels: Tensor) -> Tensor:
    """`KL(teacher || student)` in nats, the mean over answer tokens of the batch.

    Its gradient by a student logit is `p_student - p_teacher`.

    Args:
        student: (B, K, V) logits of the trained model.
        teacher: (B, K, V) logits of its teacher, such as the original model, without gradient.
        labels: (B, K), used only to tell answer tokens.
    """
    return _kl(teacher, student, labels)


def reverse_kl(student: Tensor, teacher: Tensor, labels: Tensor) -> Tensor:
    """`KL(student || teacher)` in nats, the mean over answer tokens; arguments as above.

    Its gradient by a student logit is `p_student * (log p_student - log p_teacher - KL)`, so a
    token that the teacher rules out is driven to nothing.
    """
    return _kl(student, teacher, labels)


def jensen_shannon(student: Tensor, teacher: Tensor, labels: Tensor) -> Tensor:
    """Jensen-Shannon divergence in nats, at most ln 2, the mean over answer tokens; as above."""
    counted = labels != IGNORED
    p = F.log_softmax(student[counted].float(), dim=-1)
    q = F.log_softmax(teacher[counted].float(), dim=-1)
    middle = torch.logaddexp(p, q) - math.log(2.0)
    return 0.5 * (p.exp() * (p - middle) + q.exp() * (q - middle)).sum(dim=-1).mean()


def _kl(first: Tensor, second: Tensor, labels: Tensor) -> Tensor:
    answer = labels != IGNORED
    log_p = F.log_softmax(first[answer].float(), dim=-1)
    log_q = F.log_softmax(second[answer].float(), dim=-1)
    return (log_p.exp() * (log_p - log_q)).sum(dim=-1).mean()
