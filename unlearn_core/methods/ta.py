"""Task arithmetic: learn the forget set even better, then go the opposite way."""

from unlearn_core.methods.arithmetic import Arithmetic, ArithmeticConfig
from unlearn_core.methods.base import Card
from unlearn_core.methods.memorised import COST, PAPER
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.registry import register


class TAConfig(ArithmeticConfig):
    """Settings of TA; the paper's are 0.9, -3 and 0.33."""


@register(
    "ta",
    "Task arithmetic (TA)",
    config=TAConfig,
    card=Card(
        idea="Teaches the model the texts a little better, looks which way its weights moved, and "
        "moves them the opposite way.",
        formula=r"\theta = \theta^* + c\,(\theta_{\mathrm{ft}}-\theta^*),\quad c<0,\quad"
        r" \theta_{\mathrm{ft}} = \arg\min_\theta \mathbb{E}_{D_f}"
        r"\left[-\log p_\theta(y\mid q)\right]\ \text{from}\ \theta^*",
        paper=PAPER,
        needs=("true answers",),
        cost=COST,
        fails="One direction of the weights carries more than the texts, and nothing protects the "
        "rest of the model.",
        copies=2,
    ),
    small=small(1.4e-4, {"target": 0.33}, batch_size=40, stop_retain_recall=0.5),
    large=large({"target": 0.33}, epochs=20, learning_rate=5e-4, stop_retain_recall=0.5),
)
class TA(Arithmetic[TAConfig]):
    """Plain gradient ascent until the switch, then the arithmetic."""
