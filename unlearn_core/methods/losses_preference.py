"""Pure losses of preference methods: divergences, preferences and entropies.

Shapes: logits (B, K, V) and labels (B, K) with `IGNORED` on every position that is not an answer
token; `nll` (B,) sums over answer tokens. All arithmetic is float32.
"""

import torch.nn.functional as F
from torch import Tensor

from unlearn_core.data.batches import IGNORED


def kl_to_reference(logits: Tensor, reference_logits: Tensor, labels: Tensor) -> Tensor:
    """`KL(p_ref || p)`, summed over the vocabulary and averaged over answer tokens.

    The published code averages over every position of the batch, prompt and padding included,
    so that its value depends on how rows are padded; here only answer tokens count.

    Args:
        logits: (B, K, V) of the trained model.
        reference_logits: (B, K, V) of the original model, without gradient.
        labels: (B, K), used only to tell answer tokens.

    Source: Maini et al., TOFU, COLM 2024 (KL minimisation).
    """
    counted = labels != IGNORED
    kept = F.log_softmax(logits[counted].float(), dim=-1)
    reference = F.log_softmax(reference_logits[counted].float(), dim=-1)
    return F.kl_div(kept, reference, reduction="batchmean", log_target=True)


def mean_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Entropy of the next-token distribution in nats, averaged over answer tokens.

    The published code averages over every position, prompt and padding included; here only
    answer tokens count, as in every other loss.

    Args:
        logits: (B, K, V).
        labels: (B, K), used only to tell answer tokens.

    Source: Scholten, Günnemann and Schwinn, ICLR 2025 (entropy-optimised unlearning).
    """
    log_probs = F.log_softmax(logits[labels != IGNORED].float(), dim=-1)
    return -(log_probs.exp() * log_probs).sum(dim=-1).mean()


def dpo_loss(
    preferred_nll: Tensor,
    preferred_reference: Tensor,
    rejected_nll: Tensor,
    rejected_reference: Tensor,
    beta: float,
) -> Tensor:
    """Direct preference optimisation with the factor `2 / beta` of the unlearning literature.

    `-(2 / beta) * mean(log sigmoid(beta * (r_w - r_l)))` with the log-ratios
    `r = reference_nll - nll` of the preferred (w) and the rejected (l) answer; `(2 / beta) ln 2`
    while the model still is its reference.

    Args:
        preferred_nll: (B,) of the answers to prefer, summed over tokens, under the trained model.
        preferred_reference: (B,) the same under the original model.
        rejected_nll: (B,) of the true answers, under the trained model.
        rejected_reference: (B,) the same under the original model.
        beta: Inverse temperature; higher lets go sooner of a pair that is in order.

    Source: Rafailov et al., Direct Preference Optimization, NeurIPS 2023, eq. 7; the factor as in
    open-unlearning.
    """
    preferred = preferred_reference - preferred_nll
    rejected = rejected_reference - rejected_nll
    return -(2.0 / beta) * F.logsigmoid(beta * (preferred - rejected)).mean()


def simnpo_loss(nll: Tensor, lengths: Tensor, beta: float, margin: float) -> Tensor:
    """Negative preference optimisation without a reference, on likelihood a token.

    `-(2 / beta) * mean(log sigmoid(beta * (nll / length - margin)))`. The margin stands inside
    the product with `beta`, as in open-unlearning.

    Args:
        nll: (B,) summed over answer tokens.
        lengths: (B,) number of answer tokens.
        beta: Inverse temperature.
        margin: Loss a token, in nats, around which an answer starts to count as forgotten.

    Source: Fan et al., Simplicity Prevails, arXiv 2410.07163.
    """
    return -(2.0 / beta) * F.logsigmoid(beta * (nll / lengths - margin)).mean()
