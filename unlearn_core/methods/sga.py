"""Selective gradient ascent: unlearn only what is memorised well, measured anew each epoch."""

from unlearn_core.methods.base import Card
from unlearn_core.methods.memorised import COST, PAPER, MemorisedConfig, Selective
from unlearn_core.methods.presets import UNBOUNDED, large, small
from unlearn_core.methods.registry import register
from unlearn_core.settings.config import setting


class SGAConfig(MemorisedConfig):
    """Settings of SGA; the paper's are 0.7 and 0.33."""

    threshold: float = setting(
        0.7, "Minimum memorisation accuracy (gamma) of the records that are trained on; the most "
        "memorised one always is.", ge=0, le=1,
    )  # fmt: skip


@register(
    "sga",
    "Selective gradient ascent (SGA)",
    config=SGAConfig,
    card=Card(
        idea="Measures how well each text is memorised and runs training backwards only on those "
        "that are known best, so that nothing is forgotten harder than needed.",
        formula=r"\mathcal{L} = \mathbb{E}_{y\in S}\left[\log p_\theta(y\mid q)\right],\quad"
        r" S = \{x\in D_f : \mathrm{MA}(x)\ge\gamma\}\cup\{\arg\max_x \mathrm{MA}(x)\}",
        paper=PAPER,
        needs=("true answers",),
        cost=COST,
        fails="Nothing protects the rest of the model. Of short answers in a common form much is "
        "said by itself even if the fact is unknown, so facts may stay in records that count as "
        "forgotten.",
    ),
    small=small(2.4e-4, {"target": 0.33}, batch_size=40, **UNBOUNDED),
    large=large({"target": 0.33}, epochs=20, learning_rate=5e-4, **UNBOUNDED),
)
class SGA(Selective[SGAConfig]):
    """Gradient ascent on what is memorised at least to the threshold."""

    def __init__(self, config: SGAConfig) -> None:
        super().__init__(config)
        self.threshold = config.threshold
