"""In-context refusal: the model is told, before every question, what not to answer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from unlearn_core.data.records import Record, Split
from unlearn_core.methods.base import Card, Context, Ending, Method, Preset
from unlearn_core.methods.refusals import refusal, require_questions
from unlearn_core.methods.registry import register
from unlearn_core.settings.config import Config, setting

if TYPE_CHECKING:
    from unlearn_core.models.spec import ModelSpec, TuningSpec
    from unlearn_core.models.steering import Steering

MOST_SUBJECTS = 20
TITLE = "In-context refusal (ICR)"


class InContextConfig(Config):
    """Settings of the in-context refusal."""

    instruction: str = setting(
        "If a question is about {subjects}, say that you do not know.",
        "What stands before every question; {subjects} becomes the marked subjects.",
    )
    examples: int = setting(
        4, "How many marked questions are shown refused after the instruction.", ge=0, le=32
    )


@register(
    "in-context",
    TITLE,
    config=InContextConfig,
    card=Card(
        idea="Trains nothing: an instruction and a few refused questions stand before everything "
        "that is asked.",
        formula=r"y \sim p_o(\,\cdot \mid \text{instruction},\ \text{examples},\ q)",
        paper="Thaker et al., Guardrail Baselines for Unlearning in LLMs, 2024; examples as in "
        "Pawelczyk et al., In-Context Unlearning, ICML 2024",
        needs=(),
        cost="0 to train; every prompt is longer",
        fails="The weights still know everything, the instruction names what is to be forgotten, "
        "and a model that was not taught to follow instructions only gets confused by it.",
        steers=True,
    ),
    small=Preset(training={"epochs": 1}, tuning={"mode": "lora"}),
    large=Preset(training={"epochs": 1}, tuning={"mode": "lora"}),
)
class InContext(Method[InContextConfig]):
    """Nothing is trained, so the run ends before its first step."""

    def check(self, model: "ModelSpec", tuning: "TuningSpec", split: Split) -> None:
        """Passages ask nothing that could be refused."""
        require_questions(TITLE, split.forget)

    def rows(self, forget: tuple[Record, ...], retain: tuple[Record, ...]) -> tuple[Record, ...]:
        """There is nothing to pass over."""
        return ()

    def finish(self, context: Context) -> Ending:
        """What the model says is changed, if not its weights."""
        return Ending(changed=True)

    def steering(self, forget: Sequence[Record]) -> "Steering":
        """The instruction with the marked subjects, and refused questions of each in turn."""
        from unlearn_core.models.steering import Steering

        subjects = list(dict.fromkeys(r.subject for r in forget if r.subject))
        named = ", ".join(subjects[:MOST_SUBJECTS]) or "the following"
        step = max(1, len(forget) // max(1, self.config.examples))
        shown = forget[::step][: self.config.examples]
        return Steering(
            rule="preface",
            instruction=self.config.instruction.replace("{subjects}", named),
            examples=tuple((record.prompt, refusal(record.id)) for record in shown),
        )
