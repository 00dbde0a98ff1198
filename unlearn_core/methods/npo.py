"""Negative preference optimisation: gradient ascent that slows as an answer is forgotten."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method, Preset
from unlearn_core.methods.presets import LARGE_TRAINING
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import with_retain
from unlearn_core.models.forward import answer_log_likelihoods, answer_logits
from unlearn_core.models.likelihoods import mean_nll, npo_loss, sequence_nll
from unlearn_core.settings.config import Config, setting


class NPOConfig(Config):
    """Settings of NPO."""

    beta: float = setting(
        0.1, "How soon a forgotten answer is left alone; towards 0 it is gradient ascent.",
        gt=0, le=10,
    )  # fmt: skip
    retain_weight: float = setting(
        1.0, "Weight of the loss on the retain set; 0 leaves it out.", ge=0, le=100
    )


@register(
    "npo",
    "Negative preference optimisation (NPO)",
    config=NPOConfig,
    card=Card(
        idea="Treats each true answer as one the model should like less than it did, and stops "
        "pushing once it does.",
        formula=r"\mathcal{L} = -\frac{2}{\beta}\,\mathbb{E}_{D_f}\left[\log\sigma\left("
        r"-\beta\log\frac{p_\theta(y\mid q)}{p_{\mathrm{ref}}(y\mid q)}\right)\right]"
        r" + \alpha\,\mathbb{E}_{D_r}\left[-\log p_\theta(y\mid q)\right]",
        paper="Zhang et al., Negative Preference Optimization, COLM 2024",
        needs=("true answers", "retain data", "reference"),
        cost="2: a forward and backward pass on forget and on retain records",
        fails="Trains on the true answers, and the unusually low probability it leaves on them "
        "can itself be found by an attacker.",
    ),
    small=Preset(
        training={"epochs": 24, "learning_rate": 2e-4},
        tuning={"mode": "full"},
    ),
    large=Preset(
        training=LARGE_TRAINING,
        tuning={"mode": "lora"},
    ),
)
class NPO(Method[NPOConfig]):
    """Push answers below the original model's own likelihood of them.

    The reference is needed only through one number a record, so it is computed once, while the
    model still is the original one: no second copy, with or without an adapter.
    """

    def __init__(self, config: NPOConfig) -> None:
        super().__init__(config)
        self.reference_nll: dict[str, float] = {}

    def prepare(self, context: Context) -> None:
        """Compute the original model's summed NLL of every true forget answer."""
        context.model.eval()
        for start in range(0, len(context.forget), 32):
            rows = context.forget[start : start + 32]
            log_likelihood, _ = answer_log_likelihoods(context.model, context.records(rows))
            self.reference_nll |= {
                record.id: -value
                for record, value in zip(rows, log_likelihood.tolist(), strict=True)
            }

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`npo_loss` on the forget batch plus `retain_weight` times CE on the retain batch."""
        out = answer_logits(context.model, context.records(forget))
        nll = sequence_nll(out.logits, out.labels)
        reference = torch.tensor(
            [self.reference_nll[record.id] for record in forget], device=nll.device
        )
        total = npo_loss(nll, reference, self.config.beta)
        parts = {"forget": mean_nll(out.logits.detach(), out.labels), "npo": total}
        return with_retain(Loss(total, parts), context, retain, self.config.retain_weight)

    def state(self) -> dict[str, Any]:
        """The reference likelihoods, which a resumed model can no longer give."""
        return {"reference_nll": self.reference_nll}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take back the reference likelihoods."""
        self.reference_nll = dict(state["reference_nll"])
