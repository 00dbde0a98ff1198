"""KL minimisation: gradient ascent, while retained answers stay as the original gave them."""

from unlearn_core.methods.base import Card
from unlearn_core.methods.grad_diff import GradDiff
from unlearn_core.methods.presets import UNBOUNDED, large, small
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import RetainConfig, RetainLoss
from unlearn_core.settings.config import with_default


class KLMinConfig(RetainConfig):
    """Settings of KL minimisation."""

    retain_loss: RetainLoss = with_default(RetainConfig, "retain_loss", "kl")


@register(
    "kl-min",
    "KL minimisation",
    config=KLMinConfig,
    card=Card(
        idea="Makes the true answers less likely while every word of a retained answer stays as "
        "likely as the original model had it.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_f}\left[\log p_\theta(y\mid q)\right]"
        r" + \alpha\,\mathbb{E}_{D_r}\left[\mathrm{KL}\left(p_{\mathrm{ref}}(\cdot\mid q, y_{<t})"
        r"\,\|\,p_\theta(\cdot\mid q, y_{<t})\right)\right]",
        paper="Maini et al., TOFU, COLM 2024",
        needs=("true answers", "retain data", "reference"),
        cost="2.3: as gradient difference, and a forward pass of the original model",
        fails="The loss on the true answers has no floor, while the retain term is 0 at the start "
        "and pulls only once the model has drifted; it breaks if it is not stopped in time.",
        copies=1,
    ),
    small=small(2e-4, {"retain_weight": 2.0}, **UNBOUNDED),
    large=large(**UNBOUNDED),
)
class KLMin(GradDiff):
    """Gradient difference that by default stays with the original on the retain set."""
