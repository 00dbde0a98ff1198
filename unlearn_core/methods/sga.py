"""Selective gradient ascent: unlearn only what is memorised well, measured anew each epoch."""

from unlearn_core.methods.base import Card, Preset
from unlearn_core.methods.memorised import TARGET_HELP, Selective
from unlearn_core.methods.registry import register
from unlearn_core.settings.config import Config, setting


class SGAConfig(Config):
    """Settings of SGA; the paper's are 0.7 and 0.33."""

    threshold: float = setting(
        0.7,
        "Records of whose tokens the model says at least this share by itself are trained on; the "
        "most memorised one always is.",
        ge=0,
        le=1,
    )
    target: float = setting(0.0, TARGET_HELP, ge=0, le=1)


@register(
    "sga",
    "Selective gradient ascent (SGA)",
    config=SGAConfig,
    card=Card(
        idea="Measures how well each text is memorised and runs training backwards only on those "
        "that are known best, so that nothing is forgotten harder than needed.",
        formula=r"\mathcal{L} = \mathbb{E}_{y\in S}\left[\log p_\theta(y\mid q)\right],\quad"
        r" S = \{x\in D_f : \mathrm{MA}(x)\ge\gamma\}\cup\{\arg\max_x \mathrm{MA}(x)\}",
        paper="Barbulescu and Triantafillou, To Each (Textual Sequence) Its Own, ICML 2024",
        needs=("true answers",),
        cost="1.3: a pass over the forget set before each epoch",
        fails="Nothing protects the rest of the model. Of short answers in a common form much is "
        "said by itself even if the fact is unknown, so facts may stay in records that count as "
        "forgotten.",
    ),
    small=Preset(
        method={"target": 0.33},
        training={
            "epochs": 24,
            "learning_rate": 2.4e-4,
            "batch_size": 40,
            "stop_forget_recall": 0.0,
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
            "stop_forget_recall": 0.0,
            "stop_retain_recall": 0.5,
        },
        tuning={"mode": "lora"},
    ),
)
class SGA(Selective[SGAConfig]):
    """Gradient ascent on what is memorised at least to the threshold."""

    def __init__(self, config: SGAConfig) -> None:
        super().__init__(config, threshold=config.threshold, target=config.target)
