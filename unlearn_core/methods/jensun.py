"""JensUn: a bounded pull of forget answers to a short refusal, and of retained ones to stay."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from unlearn_core.data.batches import IGNORED
from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput
from unlearn_core.methods.base import Card, Context, Loss, Method
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import RetainConfig, RetainLoss, with_retain
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll, token_nll
from unlearn_core.settings.config import setting, with_default


class JensUnConfig(RetainConfig):
    """Settings of JensUn."""

    refusal: str = setting(
        "No Idea", "Words whose tokens, over and over, take the place of each answer."
    )
    retain_loss: RetainLoss = with_default(RetainConfig, "retain_loss", "js")


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
    small=small(1e-4),
    large=large(learning_rate=8e-5),
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
        """`js_to_token` on the forget batch plus the retain term."""
        out = answer_logits(context.model, context.records(forget))
        total = js_to_token(out.logits, out.labels, self._tokens(context))
        parts = {"forget": mean_nll(out.logits.detach(), out.labels), "jensun": total}
        return with_retain(Loss(total, parts), context, retain, self.config)

    def _tokens(self, context: Context) -> Tensor:
        """Ids of the refusal as they stand in an answer, without the end token."""
        row = context.encoder.pair("?", self.config.refusal)
        return torch.tensor(row.ids[row.n_prompt : -1], device=context.device)
