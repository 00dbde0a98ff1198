"""Pure losses on tokens: targets, weights, margins and divergences at each answer token.

Shapes: logits (B, K, V) and labels (B, K) with `IGNORED` on every position that is not an answer
token; hidden states (B, T, D) with a mask (B, T) of the positions that count. All arithmetic is
float32, and every mean is over answer tokens alone, however rows are padded.
"""

import math
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from unlearn_core.data.batches import IGNORED
from unlearn_core.models.likelihoods import token_nll

Divergence = Literal["TV", "KL", "Pearson", "JS"]


def soft_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy to target distributions, averaged over tokens.

    Args:
        logits: (N, V) of the trained model.
        target: (N, V) probabilities, without gradient.
    """
    nll = -(target * F.log_softmax(logits.float(), dim=-1)).sum(dim=-1)
    return nll.sum() / max(len(nll), 1)


def ce_u_loss(logits: Tensor, labels: Tensor, skip: int = 0) -> Tensor:
    """Cross-entropy to the model's own distribution without the true token.

    `CE(softmax(z'), p)`, where `z'` are the model's logits, without gradient, with that of the
    true token set to minus infinity.

    Args:
        logits: (B, K, V).
        labels: (B, K).
        skip: Answer tokens left out at the start of each row; 0 where nothing is left.

    Source: CE-U (cross-entropy unlearning), as in open-unlearning.
    """
    counted = labels != IGNORED
    counted &= counted.cumsum(dim=1) > skip
    true = labels[counted].unsqueeze(1)
    kept = logits[counted].float()
    others = kept.detach().scatter(1, true, -math.inf)
    return soft_cross_entropy(kept, others.softmax(dim=-1))


def undial_loss(
    logits: Tensor, reference_logits: Tensor, labels: Tensor, strength: float
) -> Tensor:
    """Cross-entropy to the original model's distribution with a lower logit of the true token.

    `CE(softmax(z_ref - strength * onehot(y)), p)`. The code of open-unlearning averages over
    every position, prompt and padding included, where the ignored label even lowers some
    unrelated token; here only answer tokens count.

    Args:
        logits: (B, K, V) of the trained model.
        reference_logits: (B, K, V) of the original model, without gradient.
        labels: (B, K).
        strength: How much the logit is lowered.

    Source: UNDIAL, as in open-unlearning.
    """
    counted = labels != IGNORED
    true = labels[counted].unsqueeze(1)
    lowered = reference_logits[counted].float()
    lowered = lowered.scatter_add(1, true, torch.full_like(lowered[:, :1], -strength))
    return soft_cross_entropy(logits[counted], lowered.softmax(dim=-1))


def weighted_ascent_loss(
    logits: Tensor, labels: Tensor, confidence: float, doubt: float = 0.0
) -> Tensor:
    """Gradient ascent in which each token has a weight of its own probability.

    `-mean(p^confidence * (1 - p)^doubt * (-log p))`, the weights without gradient.

    Args:
        logits: (B, K, V).
        labels: (B, K).
        confidence: Higher spares tokens that are unlikely already (WGA's only exponent).
        doubt: Higher spares tokens that the model is certain of (SatImp's second exponent).

    Source: WGA and SatImp, as in open-unlearning.
    """
    nll = token_nll(logits, labels)
    probability = (-nll.detach()).exp()
    weight = probability**confidence * (1.0 - probability) ** doubt
    return -(weight * nll).sum() / (labels != IGNORED).sum()


def flat_logits_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Squared distance of the highest logit from the mean one: 0 when all tokens are as likely.

    `mean((max_v z_v - mean_v z_v)^2)`. The code of open-unlearning masks by labels that are not
    shifted, one position late; here the logits that predict answer tokens count.

    Args:
        logits: (B, K, V).
        labels: (B, K), used only to tell answer tokens.

    Source: PDU, as in open-unlearning.
    """
    kept = logits[labels != IGNORED].float()
    return (kept.amax(dim=-1) - kept.mean(dim=-1)).square().mean()


def js_to_token(logits: Tensor, labels: Tensor, tokens: Tensor) -> Tensor:
    """Jensen-Shannon divergence from one-hot targets that cycle through `tokens`.

    With `p` the probability of the target, the divergence in nats is
    `(2 ln 2 + p ln p - (1 + p) ln(1 + p)) / 2`, at most ln 2. This is the published sum over the
    vocabulary in closed form, so no clamp is needed.

    Args:
        logits: (B, K, V).
        labels: (B, K), used only to tell answer tokens.
        tokens: (R,) ids; the first answer token of each row gets the first.

    Source: JensUn and its published code.
    """
    counted = labels != IGNORED
    place = (counted.cumsum(dim=1) - 1).clamp(min=0) % len(tokens)
    log_p = -token_nll(logits, tokens[place].masked_fill(~counted, IGNORED))[counted]
    p = log_p.exp()
    return 0.5 * (2.0 * math.log(2.0) + p * log_p - (1.0 + p) * p.log1p()).mean()


def js_to_reference(logits: Tensor, reference_logits: Tensor, labels: Tensor) -> Tensor:
    """Jensen-Shannon divergence between two models in nats, averaged over answer tokens.

    Args:
        logits: (B, K, V) of the trained model.
        reference_logits: (B, K, V) of the original model, without gradient.
        labels: (B, K), used only to tell answer tokens.

    Source: JensUn and its published code.
    """
    counted = labels != IGNORED
    p = F.log_softmax(logits[counted].float(), dim=-1)
    q = F.log_softmax(reference_logits[counted].float(), dim=-1)
    middle = torch.logaddexp(p, q) - math.log(2.0)
    return 0.5 * (p.exp() * (p - middle) + q.exp() * (q - middle)).sum(dim=-1).mean()


def mean_probability(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean probability of an answer's tokens, (B,)."""
    counted = labels != IGNORED
    probability = (-token_nll(logits, labels)).exp() * counted
    return probability.sum(dim=1) / counted.sum(dim=1)


def flat_loss(template: Tensor, forget: Tensor, divergence: Divergence) -> Tensor:
    """Minus the variational f-divergence between template answers and true answers.

    `mean(-g(template) + f*(g(forget)))` with the optimal `g` of each divergence. The published
    code takes the mean probability over every position, masked ones counting 0, so that its
    value depends on the prompt's length; `mean_probability` is over answer tokens.

    Args:
        template: (B,) mean token probability of the template answers.
        forget: (B,) mean token probability of the true answers.
        divergence: Total variation, Kullback-Leibler, Pearson or Jensen-Shannon.

    Source: FLAT and its published code.
    """
    match divergence:
        case "TV":
            rows = 0.5 * (forget.tanh() - template.tanh())
        case "KL":
            rows = (forget - 1.0).exp() - template
        case "Pearson":
            rows = forget.square() / 4.0 + forget - template
        case "JS":
            rows = F.softplus(-template) + F.softplus(forget) - 2.0 * math.log(2.0)
    return rows.mean()


def hidden_distance(hidden: Tensor, target: Tensor, counted: Tensor) -> Tensor:
    """Mean squared distance of hidden states from a target, over positions and dimensions.

    Args:
        hidden: (B, T, D) of the trained model.
        target: (D,), or (B, T, D) without gradient.
        counted: (B, T) which positions count.

    Source: Li et al., The WMDP Benchmark, ICML 2024 (RMU).
    """
    difference = hidden.float() - target.float()
    return difference[counted].square().mean()
