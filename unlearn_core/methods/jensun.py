"""JensUn: a bounded pull of forget answers to a short refusal, and of retained ones to stay."""

from collections.abc import Sequence

import torch

from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput
from unlearn_core.methods.base import Card, Context, Loss, Method, Preset
from unlearn_core.methods.losses_tokens import js_to_reference, js_to_token
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import near_original
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll
from unlearn_core.settings.config import Config, setting


class JensUnConfig(Config):
    """Settings of JensUn."""

    refusal: str = setting(
        "No Idea", "Words whose tokens, over and over, take the place of each answer."
    )
    retain_weight: float = setting(
        1.0, "Weight of staying like the original model on the retain set; 0 leaves it out.",
        ge=0, le=1000,
    )  # fmt: skip


@register(
    "jensun",
    "Jensen-Shannon unlearning (JensUn)",
    config=JensUnConfig,
    card=Card(
        idea="Pulls each word of a forget answer towards a fixed refusal and holds retained "
        "answers where they are, with a measure that can never grow without limit.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_f}\left[\mathrm{JSD}\left(p_\theta(\cdot\mid q, "
        r"y_{<t})\,\|\,\mathbf{1}_{r_t}\right)\right] + \alpha\,\mathbb{E}_{D_r}\left["
        r"\mathrm{JSD}\left(p_\theta\,\|\,p_{\mathrm{ref}}\right)\right]",
        paper="Singh et al., Unlearning That Lasts, arXiv 2509.02820",
        needs=("true answers", "retain data", "reference"),
        cost="2.3: forget and retain records, and a forward pass of the original model",
        fails="Where the refusal is very unlikely at first the pull is weak, and training starts "
        "slowly; the same answer to all shows what was forgotten.",
        copies=1,
    ),
    small=Preset(
        training={
            "epochs": 24,
            "learning_rate": 1e-4,
        },
        tuning={"mode": "full"},
    ),
    large=Preset(
        training={
            "epochs": 10,
            "learning_rate": 8e-5,
            "batch_size": 8,
            "accumulation": 4,
            "precision": "bfloat16",
        },
        tuning={"mode": "lora"},
    ),
)
class JensUn(Method[JensUnConfig]):
    """Jensen-Shannon divergences on both sides, each at most ln 2."""

    def prepare(self, context: Context) -> None:
        """Make sure that there is a refusal.

        Raises:
            InvalidInput: The refusal is empty.
        """
        if not self.config.refusal.strip():
            raise InvalidInput("JensUn needs a refusal of at least one word, such as 'No Idea'.")

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`js_to_token` on the forget batch, `retain_weight` times `js_to_reference` on retain."""
        out = answer_logits(context.model, context.records(forget))
        total = js_to_token(out.logits, out.labels, self._tokens(context))
        parts = {"forget": mean_nll(out.logits.detach(), out.labels), "jensun": total}
        weight = self.config.retain_weight
        return near_original(
            Loss(total, parts), context, retain, weight, "divergence", js_to_reference
        )

    def _tokens(self, context: Context) -> torch.Tensor:
        """Ids of the refusal as they stand in an answer, without the end token."""
        row = context.encoder.pair("?", self.config.refusal)
        return torch.tensor(row.ids[row.n_prompt : -1], device=context.device)
