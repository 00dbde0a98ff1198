"""TAU: selective gradient ascent first, task arithmetic for what it leaves."""

from unlearn_core.methods.arithmetic import Arithmetic
from unlearn_core.methods.base import Card, Preset
from unlearn_core.methods.memorised import TARGET_HELP
from unlearn_core.methods.registry import register
from unlearn_core.methods.ta import COEFFICIENT_HELP
from unlearn_core.settings.config import Config, setting


class TAUConfig(Config):
    """Settings of TAU; the paper's are 0.7, 0.5, -1 and 0.33."""

    threshold: float = setting(
        0.7,
        "Before the switch, records of whose tokens the model says at least this share by itself "
        "are trained on; the most memorised one always is.",
        ge=0,
        le=1,
    )
    switch: float = setting(
        0.5,
        "Selective gradient ascent gives way to task arithmetic once the mean share of forget "
        "tokens the model says by itself is below this.",
        ge=0,
        le=1,
    )
    coefficient: float = setting(-1.0, COEFFICIENT_HELP, ge=-20, lt=0)
    target: float = setting(0.0, TARGET_HELP, ge=0, le=1)


@register(
    "tau",
    "Task arithmetic for unlearning (TAU)",
    config=TAUConfig,
    card=Card(
        idea="Runs training backwards on the best known texts until half is gone, then moves the "
        "weights against the way that relearning them would go.",
        formula=r"\theta = \theta_{\mathrm{SGA}} + c\,(\theta_{\mathrm{ft}}-"
        r"\theta_{\mathrm{SGA}}),\quad c<0",
        paper="Barbulescu and Triantafillou, To Each (Textual Sequence) Its Own, ICML 2024",
        needs=("true answers",),
        cost="1.3: a pass over the forget set before each epoch",
        fails="Nothing protects the rest of the model, neither from ascent nor from the "
        "arithmetic.",
        copies=2,
    ),
    small=Preset(
        # Of the bundled answers a model that never saw them says 0.7, so 0.5 is never reached.
        method={"switch": 0.8, "coefficient": -2.0, "target": 0.33},
        training={
            "epochs": 24,
            "learning_rate": 2.6e-4,
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
class TAU(Arithmetic[TAUConfig]):
    """Selective gradient ascent until the switch, then the arithmetic."""

    def __init__(self, config: TAUConfig) -> None:
        super().__init__(
            config,
            threshold=config.threshold,
            target=config.target,
            switch=config.switch,
            coefficient=config.coefficient,
        )
