"""UNDIAL: distil the original model with the true token's logit lowered."""

from collections.abc import Sequence

import torch
from torch import Tensor

from unlearn_core.data.batches import IGNORED
from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import RETAIN_TERM, RetainConfig, with_retain
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll, soft_cross_entropy
from unlearn_core.settings.config import setting, with_default


class UndialConfig(RetainConfig):
    """Settings of UNDIAL; the defaults are those of open-unlearning, without retain data."""

    strength: float = setting(
        10.0, "How far the logit of each true token is lowered (beta).", gt=0, le=100
    )
    retain_weight: float = with_default(RetainConfig, "retain_weight", 0.0)


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


@register(
    "undial",
    "Self-distillation with adjusted logits (UNDIAL)",
    config=UndialConfig,
    card=Card(
        idea="The model imitates its original self, except that every word of a true answer "
        "counts as far less likely.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_f}\left[\mathrm{CE}\left(\mathrm{softmax}("
        r"z_{\mathrm{ref}} - \beta\,\mathbf{1}_{y_t}),\, p_\theta\right)\right]" + RETAIN_TERM,
        paper="Dong et al., UNDIAL: Self-Distillation with Adjusted Logits for Robust "
        "Unlearning in Large Language Models, NAACL 2025",
        needs=("true answers", "retain data", "reference"),
        cost="1.3: gradient ascent and a forward pass of the original model; 2.3 with the loss "
        "on the retain set",
        fails="Every word of the answer is lowered, common ones too, and the next-best words are "
        "those of similar facts, so related answers may change with it.",
        copies=1,
    ),
    small=small(4e-4, {"retain_weight": 1.0}),
    large=large(),
)
class Undial(Method[UndialConfig]):
    """Distil a fixed target, so that the loss has a floor and training settles."""

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`undial_loss` on the forget batch plus the retain term."""
        batch = context.records(forget)
        with context.original() as original:
            reference = answer_logits(original, batch).logits
        out = answer_logits(context.model, batch)
        total = undial_loss(out.logits, reference, out.labels, self.config.strength)
        parts = {"forget": mean_nll(out.logits.detach(), out.labels), "undial": total}
        return with_retain(Loss(total, parts), context, retain, self.config)
