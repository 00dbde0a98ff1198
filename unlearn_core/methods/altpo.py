"""Alternate preference optimisation: other plausible answers are preferred over the true one."""

from collections.abc import Iterable

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context
from unlearn_core.methods.preference import PreferenceConfig, PreferenceMethod
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import RETAIN_TERM
from unlearn_core.metrics.leak import knows
from unlearn_core.settings.config import setting
from unlearn_core.settings.sampling import SamplingSpec

INSTRUCTION = (
    "Write one more answer to this question. It must sound just as plausible, but every fact of "
    "the answer above must be replaced by a different made-up one."
)


class AltPOConfig(PreferenceConfig):
    """Settings of AltPO."""

    alternatives: int = setting(
        5, "Other answers kept for each question; they take turns by epoch.", ge=1, le=100,
        unit="answers",
    )  # fmt: skip
    candidates: int = setting(
        20, "Answers sampled to each question; those that give the true one away are taken last.",
        ge=1, le=1000, unit="answers",
    )  # fmt: skip
    temperature: float = setting(
        1.0, "Sampling temperature: higher finds more answers that differ from the true one.",
        gt=0, le=10,
    )  # fmt: skip
    instruction: str = setting(
        "", "What the model is told, with question and true answer above it, to write another "
        "answer; empty samples answers to the question alone. Needs a model that follows "
        "instructions.", advanced=True,
    )  # fmt: skip
    top_k: int = setting(
        0, "Top-k sampling: only this many of the most likely tokens are drawn from; 0 turns it "
        "off.", ge=0, le=1_000_000, advanced=True,
    )  # fmt: skip
    top_p: float = setting(
        1.0, "Top-p (nucleus) sampling: only the most likely tokens that together have this "
        "probability are drawn from.", gt=0, le=1, advanced=True,
    )  # fmt: skip
    max_new_tokens: int = setting(
        48, "Maximum length of a sampled answer.", ge=1, le=4096, unit="tokens", advanced=True
    )


def request(record: Record, instruction: str) -> str:
    """The prompt that another answer is sampled to."""
    if not instruction:
        return record.prompt
    return f"Question: {record.prompt}\nAnswer: {record.answer}\n{instruction}"


def select(samples: Iterable[str], record: Record, count: int) -> list[str]:
    """The first `count` distinct samples; empty ones and those that tell the truth come last."""
    distinct = dict.fromkeys(samples)
    ranked = sorted(distinct, key=lambda answer: not answer or knows(answer, record))
    return ranked[:count]


@register(
    "altpo",
    "Alternate preference optimisation (AltPO)",
    config=AltPOConfig,
    card=Card(
        idea="Lets the model make up other answers of its own, and teaches it to like those "
        "better than the true one.",
        formula=r"\mathcal{L} = -\frac{2}{\beta}\,\mathbb{E}_{D_f}\left[\log\sigma\left(\beta"
        r"\log\frac{p_\theta(y_{\mathrm{alt}}\mid q)}{p_{\mathrm{ref}}(y_{\mathrm{alt}}\mid q)}"
        r" - \beta\log\frac{p_\theta(y\mid q)}{p_{\mathrm{ref}}(y\mid q)}\right)\right]"
        + RETAIN_TERM,
        paper="Mekala et al., Alternate Preference Optimization for Unlearning Factual Knowledge, "
        "COLING 2025",
        needs=("true answers", "retain data", "reference", "sampling"),
        cost="3, and sampling once before the first step",
        fails="A model too sure of itself samples the true answer again and again, and then there "
        "is nothing else to prefer; raise the temperature or the number of candidates. Forgotten "
        "questions are answered with confident falsehoods.",
    ),
    small=small(2e-4, {"candidates": 40, "temperature": 1.5}),
    large=large({"instruction": INSTRUCTION, "max_new_tokens": 128}, learning_rate=5e-4),
)
class AltPO(PreferenceMethod[AltPOConfig]):
    """DPO with answers of the model's own making as the preferred ones.

    The published code asks an instruction-following model for each question to rewrite the true
    answer with changed facts, and trains on all of a question's alternatives in every epoch, for
    2 epochs. Here they take turns, so 10 epochs show each of 5 alternatives twice, as often as
    there. Models that follow no instructions are asked the bare question. Samples that still give
    the true answer away are taken last, which the published code does not do.
    """

    def answers(self, context: Context) -> list[list[str]]:
        """Sample other answers to every question from the model as it is."""
        config, encoder = self.config, context.encoder
        requests = [request(record, config.instruction) for record in context.forget]
        samples = context.sampler.sample(
            [encoder.prompt(text) for text in requests],
            config.candidates,
            SamplingSpec(
                temperature=config.temperature,
                top_k=config.top_k,
                top_p=config.top_p,
                max_new_tokens=config.max_new_tokens,
            ),
            context.generator,
        )
        return [
            select(map(encoder.decode, rows), record, config.alternatives)
            for record, rows in zip(context.forget, samples, strict=True)
        ]
