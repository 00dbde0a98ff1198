"""Refusals by preference: a refusal is to be liked better than the true answer."""

from unlearn_core.methods.base import Card, Context
from unlearn_core.methods.preference import PreferenceConfig, PreferenceMethod
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.refusals import refusal, require_questions
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import RETAIN_TERM


class IdkDPOConfig(PreferenceConfig):
    """Settings of refusals by preference."""


@register(
    "idk-dpo",
    "Refusals by preference (IDK-DPO)",
    config=IdkDPOConfig,
    card=Card(
        idea="Teaches the model to like a refusal such as 'I do not know.' better than the true "
        "answer.",
        formula=r"\mathcal{L} = -\frac{2}{\beta}\,\mathbb{E}_{D_f}\left[\log\sigma\left(\beta"
        r"\log\frac{p_\theta(y_{\mathrm{idk}}\mid q)}{p_{\mathrm{ref}}(y_{\mathrm{idk}}\mid q)}"
        r" - \beta\log\frac{p_\theta(y\mid q)}{p_{\mathrm{ref}}(y\mid q)}\right)\right]"
        + RETAIN_TERM,
        paper="Maini et al., TOFU, COLM 2024; Rafailov et al., Direct Preference Optimization, "
        "NeurIPS 2023",
        needs=("true answers", "retain data", "reference"),
        cost="3: refusals, true answers and retain records are each passed through",
        fails="The model may come to refuse questions it should answer, and refusing tells an "
        "attacker what was forgotten. Not for passages, which ask nothing.",
    ),
    small=small(1e-4, {"beta": 0.2, "retain_weight": 4.0}, retain_ratio=2),
    large=large(),
)
class IdkDPO(PreferenceMethod[IdkDPOConfig]):
    """DPO with a refusal as the preferred answer.

    Follows open-unlearning (factor `2 / beta`, retain term). The code published with TOFU has
    neither, and draws another refusal at every look; here each record keeps its own, so that the
    original model's likelihood of it is computed once.
    """

    def prepare(self, context: Context) -> None:
        """Compute the original model's NLL of refusals and true answers."""
        require_questions("IDK-DPO", context.forget)
        super().prepare(context)

    def answers(self, context: Context) -> list[list[str]]:
        """One refusal for each record."""
        return [[refusal(record.id)] for record in context.forget]
