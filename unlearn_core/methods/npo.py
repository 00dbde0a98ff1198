"""Negative preference optimisation: gradient ascent that slows as an answer is forgotten."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss
from unlearn_core.methods.preference import original_nll
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import RETAIN_TERM, TWO_PASSES, RetainConfig
from unlearn_core.methods.token_loss import TokenLoss
from unlearn_core.models.forward import AnswerLogits
from unlearn_core.models.likelihoods import sequence_nll
from unlearn_core.settings.config import setting


class NPOConfig(RetainConfig):
    """Settings of NPO."""

    beta: float = setting(
        0.1, "Inverse temperature (beta): higher stops pushing a forgotten answer sooner; "
        "towards 0 it is gradient ascent.", gt=0, le=10,
    )  # fmt: skip


def npo_loss(nll: Tensor, reference_nll: Tensor, beta: float) -> Tensor:
    """Negative preference optimisation.

    `-(2 / beta) * mean(log sigmoid(beta * (nll - reference_nll)))`, which is `(2 / beta) ln 2`
    while the model still is its reference.

    Args:
        nll: (B,) summed over answer tokens, under the trained model.
        reference_nll: (B,) the same under the original model.
        beta: Inverse temperature; towards 0 the gradient becomes that of gradient ascent.

    Source: Zhang et al., Negative Preference Optimization, COLM 2024, eq. 3.
    """
    return -(2.0 / beta) * F.logsigmoid(beta * (nll - reference_nll)).mean()


@register(
    "npo",
    "Negative preference optimisation (NPO)",
    config=NPOConfig,
    card=Card(
        idea="Treats each true answer as one the model should like less than it did, and stops "
        "pushing once it does.",
        formula=r"\mathcal{L} = -\frac{2}{\beta}\,\mathbb{E}_{D_f}\left[\log\sigma\left("
        r"-\beta\log\frac{p_\theta(y\mid q)}{p_{\mathrm{ref}}(y\mid q)}\right)\right]"
        + RETAIN_TERM,
        paper="Zhang et al., Negative Preference Optimization, COLM 2024",
        needs=("true answers", "retain data", "reference"),
        cost=TWO_PASSES,
        fails="Trains on the true answers, and the unusually low probability it leaves on them "
        "can itself be found by an attacker.",
    ),
    small=small(2e-4),
    large=large(),
)
class NPO(TokenLoss[NPOConfig]):
    """Push answers below the original model's own likelihood of them.

    The reference is needed only through one number a record, so it is computed once, while the
    model still is the original one: no second copy, with or without an adapter.
    """

    def __init__(self, config: NPOConfig) -> None:
        super().__init__(config)
        self.reference_nll: dict[str, float] = {}

    def prepare(self, context: Context) -> None:
        """Compute the original model's summed NLL of every true forget answer."""
        pairs = [(record.prompt, record.answer) for record in context.forget]
        found = original_nll(context, pairs)
        self.reference_nll = {r.id: nll for r, nll in zip(context.forget, found, strict=True)}

    def own(self, forget: Sequence[Record], out: AnswerLogits) -> Loss:
        """`npo_loss` on the forget batch."""
        nll = sequence_nll(out.logits, out.labels)
        known = [self.reference_nll[record.id] for record in forget]
        total = npo_loss(nll, torch.tensor(known, device=nll.device), self.config.beta)
        return Loss(total, {"npo": total})

    def state(self) -> dict[str, Any]:
        """The reference likelihoods, which a resumed model can no longer give."""
        return {"reference_nll": self.reference_nll}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take back the reference likelihoods."""
        self.reference_nll = dict(state["reference_nll"])
