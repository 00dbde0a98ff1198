"""Task arithmetic: learn the forget set even better, then go the opposite way."""

from unlearn_core.methods.arithmetic import Arithmetic
from unlearn_core.methods.base import Card, Preset
from unlearn_core.methods.memorised import TARGET_HELP
from unlearn_core.methods.registry import register
from unlearn_core.settings.config import Config, setting

COEFFICIENT_HELP = (
    "How far to go against what training on the forget set adds to the weights; -1 goes as far "
    "back as training went forth."
)


class TAConfig(Config):
    """Settings of TA; the paper's are 0.9, -3 and 0.33."""

    switch: float = setting(
        0.9,
        "Gradient ascent comes first, until the mean share of forget tokens the model says by "
        "itself is below this.",
        ge=0,
        le=1,
    )
    coefficient: float = setting(-3.0, COEFFICIENT_HELP, ge=-20, lt=0)
    target: float = setting(0.0, TARGET_HELP, ge=0, le=1)


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
        paper="Barbulescu and Triantafillou, To Each (Textual Sequence) Its Own, ICML 2024",
        needs=("true answers",),
        cost="1.3: a pass over the forget set before each epoch",
        fails="One direction of the weights carries more than the texts, and nothing protects the "
        "rest of the model.",
        copies=2,
    ),
    small=Preset(
        method={"target": 0.33},
        training={
            "epochs": 24,
            "learning_rate": 1.4e-4,
            "batch_size": 40,
            "stop_retain_recall": 0.5,
        },
        tuning={"mode": "full"},
    ),
    large=Preset(
        method={"target": 0.33},
        training={
            "epochs": 20,
            "learning_rate": 5e-4,
            "batch_size": 8,
            "accumulation": 4,
            "precision": "bfloat16",
            "stop_retain_recall": 0.5,
        },
        tuning={"mode": "lora"},
    ),
)
class TA(Arithmetic[TAConfig]):
    """Plain gradient ascent until the switch, then the arithmetic."""

    def __init__(self, config: TAConfig) -> None:
        super().__init__(
            config,
            threshold=0.0,
            target=config.target,
            switch=config.switch,
            coefficient=config.coefficient,
        )
