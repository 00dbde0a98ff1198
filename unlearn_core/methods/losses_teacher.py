"""Pure losses against a teacher that has unlearnt: its logits, two divergences, its hard labels.

Shapes: logits (B, K, V) and labels (B, K) with `IGNORED` on every position that is not an answer
token. All arithmetic is float32, because a teacher's probabilities can be smaller than half
precision holds.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from unlearn_core.data.batches import IGNORED


def teacher_logits(original: Tensor, strengthened: Tensor, alpha: float) -> Tensor:
    """Logits (B, K, V) of a model that never saw the forget set, as an estimate.

    `original - alpha * relu(strengthened - original)`: what more training on the forget set made
    likelier is pushed down, and all other logits stay exactly as they were.

    Args:
        original: (B, K, V) under the model before unlearning.
        strengthened: (B, K, V) under that model trained further on the forget set.
        alpha: How far.

    Source: RKLU, NAACL 2025, eq. 1; the generic prediction of Who's Harry Potter is the same.
    """
    original = original.float()
    return original - alpha * F.relu(strengthened.float() - original)


def reverse_kl(student: Tensor, teacher: Tensor, labels: Tensor) -> Tensor:
    """`KL(student || teacher)`, the mean over answer tokens of the batch.

    Its gradient by a student logit is `p_student * (log p_student - log p_teacher - KL)`, so a
    token that the teacher rules out is driven to nothing. The paper does not say whether answer
    tokens are summed or averaged; here they are averaged.

    Source: RKLU, NAACL 2025, eq. 2.
    """
    return _kl(student, teacher, labels)


def forward_kl(student: Tensor, teacher: Tensor, labels: Tensor) -> Tensor:
    """`KL(teacher || student)`, the mean over answer tokens of the batch.

    Its gradient by a student logit is `p_student - p_teacher`.

    Source: the ablation and the retain term of RKLU, NAACL 2025.
    """
    return _kl(teacher, student, labels)


def generic_labels(teacher: Tensor, labels: Tensor) -> Tensor:
    """The teacher's most likely token at every answer position, (B, K); `IGNORED` elsewhere."""
    return torch.where(labels == IGNORED, labels, teacher.argmax(dim=-1))


def _kl(first: Tensor, second: Tensor, labels: Tensor) -> Tensor:
    """`KL(first || second)`, the mean over answer tokens."""
    answer = labels != IGNORED
    log_p = F.log_softmax(first[answer].float(), dim=-1)
    log_q = F.log_softmax(second[answer].float(), dim=-1)
    return (log_p.exp() * (log_p - log_q)).sum(dim=-1).mean()
