"""TAU: selective gradient ascent first, task arithmetic for what it leaves."""

from unlearn_core.methods.arithmetic import Arithmetic, ArithmeticConfig
from unlearn_core.methods.base import Card
from unlearn_core.methods.memorised import COST, PAPER
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.registry import register
from unlearn_core.methods.sga import SGAConfig
from unlearn_core.settings.config import with_default


class TAUConfig(ArithmeticConfig):
    """Settings of TAU; the paper's are 0.7, 0.5, -1 and 0.33."""

    threshold: float = with_default(SGAConfig, "threshold", 0.7)
    switch: float = with_default(ArithmeticConfig, "switch", 0.5)
    coefficient: float = with_default(ArithmeticConfig, "coefficient", -1.0)


@register(
    "tau",
    "Task arithmetic for unlearning (TAU)",
    config=TAUConfig,
    card=Card(
        idea="Runs training backwards on the best known texts until half is gone, then moves the "
        "weights against the way that relearning them would go.",
        formula=r"\theta = \theta_{\mathrm{SGA}} + c\,(\theta_{\mathrm{ft}}-"
        r"\theta_{\mathrm{SGA}}),\quad c<0",
        paper=PAPER,
        needs=("true answers",),
        cost=COST,
        fails="Nothing protects the rest of the model, neither from ascent nor from the "
        "arithmetic.",
        copies=2,
    ),
    # Of the bundled answers a model that never saw them says 0.7, so 0.5 is never reached.
    small=small(
        2.6e-4,
        {"switch": 0.8, "coefficient": -2.0, "target": 0.33},
        batch_size=40,
        stop_retain_recall=0.5,
    ),
    large=large({"target": 0.33}, epochs=20, learning_rate=5e-4, stop_retain_recall=0.5),
)
class TAU(Arithmetic[TAUConfig]):
    """Selective gradient ascent until the switch, then the arithmetic."""

    def __init__(self, config: TAUConfig) -> None:
        super().__init__(config)
        self.threshold = config.threshold
