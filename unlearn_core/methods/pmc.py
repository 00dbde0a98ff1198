"""Partial Model Collapse: tune the model on its own answers least like its original ones.

Of `n` answers sampled to a forget question, the one least similar to the model's original answer
is trained on, beside ordinary training on the retain set. Repeated, the answer distribution of
the forget questions collapses away from the original answer. The true answers are never used.

Source: Partial Model Collapse (arXiv 2507.04219, ICLR 2026) and its published code.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Candidates, Card, Context, Loss, Method, Report
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import RetainConfig, with_retain
from unlearn_core.metrics.rouge import rouge_l
from unlearn_core.models.forward import batch_nll
from unlearn_core.settings.config import setting, with_default
from unlearn_core.settings.sampling import SamplingSpec


class PMCConfig(RetainConfig):
    """Settings of PMC; the defaults are those of the published Phi-1.5 runs."""

    retain_weight: float = with_default(RetainConfig, "retain_weight", 1.5)
    samples: int = setting(
        5, "Answers sampled to each forget question (n); the least similar one is trained on.",
        ge=1, le=1000, unit="answers",
    )  # fmt: skip
    temperature: float = setting(
        1.25, "Sampling temperature: higher finds dissimilar answers sooner.", gt=0, le=10
    )
    top_k: int = setting(
        50, "Top-k sampling: only this many of the most likely tokens are drawn from; 0 turns it "
        "off. The published code uses 50 without saying so.", ge=0, le=1_000_000, advanced=True,
    )  # fmt: skip
    top_p: float = setting(
        0.95, "Top-p (nucleus) sampling: only the most likely tokens that together have this "
        "probability are drawn from.", gt=0, le=1, advanced=True,
    )  # fmt: skip
    tau: float = setting(
        0.0, "Temperature of the Bradley-Terry pick among the samples; 0 always takes the least "
        "similar one.", ge=0, le=100, advanced=True,
    )  # fmt: skip
    min_words: int = setting(
        0, "Brevity penalty against empty answers: with fewer words an answer counts as more "
        "similar; 0 turns it off.", ge=0, le=1000, unit="words", advanced=True,
    )  # fmt: skip
    max_new_tokens: int = setting(
        48, "Maximum length of a sampled answer.", ge=1, le=4096, unit="tokens", advanced=True
    )


@dataclass(frozen=True)
class Picked:
    """The answer a question is trained on.

    Attributes:
        score: Similarity to the original answer, 0 to 1; lower is better.
        answer: The model's own text.
    """

    score: float
    answer: str


def similarity_score(answer: str, original: str, min_words: int) -> float:
    """ROUGE-L recall (stemmed) of an answer against the original one, with a penalty for brevity.

    An answer of `w < min_words` words scores `min(1, recall + exp(-w))`.
    """
    recall = rouge_l(answer, original).recall
    words = len(answer.split())
    return min(1.0, recall + math.exp(-words)) if words < min_words else recall


def pick(scores: Sequence[float], tau: float, generator: torch.Generator) -> int:
    """Choose one of the samples by its reward `1 - score`.

    `P(i) = exp(r_i / tau) / sum_j exp(r_j / tau)` (Bradley-Terry, Luce); `tau = 0` is the limit,
    the highest reward, first among equals.
    """
    if tau == 0:
        return min(range(len(scores)), key=scores.__getitem__)
    rewards = 1.0 - torch.tensor(scores, dtype=torch.float64)
    return int(torch.multinomial(torch.softmax(rewards / tau, dim=0), 1, generator=generator))


@register(
    "pmc",
    "Partial Model Collapse (PMC)",
    config=PMCConfig,
    card=Card(
        idea="The model learns from those of its own answers that resemble its original ones "
        "least, until nothing of the original answers is left.",
        formula=r"\mathcal{L} = \mathbb{E}_{q\in D_f}\left[-\log p_\theta(\hat{x}\mid q)\right]"
        r" + \lambda\,\mathbb{E}_{(q,x)\in D_r}\left[-\log p_\theta(x\mid q)\right],"
        r"\quad \hat{x} = \arg\min_{x_i\sim p_\theta(\cdot\mid q)}"
        r"\mathrm{ROUGE\text{-}L}(x_i, y_{\mathrm{orig}})",
        paper="Partial Model Collapse, arXiv 2507.04219, ICLR 2026",
        needs=("retain data", "sampling"),
        cost="2 to 4: sampling comes on top, and less of it as questions are solved",
        fails="A model whose samples are all alike gives nothing to select from; raise the "
        "temperature or the number of samples. Where the answers collapse onto refusals, facts are "
        "hidden rather than gone: a begun answer or a few steps of relearning bring some back.",
    ),
    small=small(
        4e-4, {"retain_weight": 0.6, "samples": 20}, epochs=32, retain_ratio=2, precision="auto"
    ),
    large=large(
        {"retain_weight": 1.25, "samples": 20, "temperature": 0.9, "max_new_tokens": 128},
        epochs=30,
        accumulation=2,
    ),
)
class PMC(Method[PMCConfig]):
    """Best-of-n self-training away from the original answers."""

    def __init__(self, config: PMCConfig) -> None:
        super().__init__(config)
        self.originals: dict[str, str] = {}
        self.picked: dict[str, Picked] = {}
        self.drawn: tuple[Candidates, ...] = ()

    def prepare(self, context: Context) -> None:
        """Store the original model's own greedy answer to every forget question."""
        encoder = context.encoder
        prompts = [encoder.prompt(record.prompt) for record in context.forget]
        answers = context.sampler.greedy(prompts, self.config.max_new_tokens)
        for record, ids in zip(context.forget, answers, strict=True):
            self.originals[record.id] = encoder.decode(ids)

    def draw(self, context: Context, forget: Sequence[Record]) -> None:
        """Sample the questions of a whole optimiser step in one call and pick their answers.

        The weights stay the same within a step, so one large call samples from the very model
        the published code samples from in several small ones. A question whose picked answer
        shares nothing with the original any more (score 0) keeps it and is not sampled again.
        """
        self.drawn = ()
        open_questions = [r for r in forget if self._score(r) > 0.0]
        if not open_questions:
            return
        config = self.config
        samples = context.sampler.sample(
            [context.encoder.prompt(record.prompt) for record in open_questions],
            config.samples,
            SamplingSpec(
                temperature=config.temperature,
                top_k=config.top_k,
                top_p=config.top_p,
                max_new_tokens=config.max_new_tokens,
            ),
            context.generator,
        )
        self.drawn = tuple(
            self._keep_best(record, [context.encoder.decode(ids) for ids in rows], context)
            for record, rows in zip(open_questions, samples, strict=True)
        )

    def report(self) -> Report:
        """The samples of the last step; none for a question that is solved."""
        return Report(candidates=self.drawn)

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`CE(picked answers)`, the token mean, plus the retain term."""
        pairs = [(record.prompt, self.picked[record.id].answer) for record in forget]
        collapse = batch_nll(context.model, context.batch(pairs))
        score = torch.tensor([self.picked[record.id].score for record in forget]).mean()
        parts = {"collapse": collapse, "collapse/picked_score": score}
        return with_retain(Loss(collapse, parts), context, retain, self.config)

    def state(self) -> dict[str, Any]:
        """The original answers and the picked ones."""
        return {
            "originals": self.originals,
            "picked": {key: asdict(value) for key, value in self.picked.items()},
        }

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take back the original answers and the picked ones."""
        self.originals = dict(state["originals"])
        self.picked = {key: Picked(**value) for key, value in state["picked"].items()}

    def _score(self, record: Record) -> float:
        known = self.picked.get(record.id)
        return math.inf if known is None else known.score

    def _keep_best(self, record: Record, answers: list[str], context: Context) -> Candidates:
        original = self.originals[record.id]
        scores = [similarity_score(a, original, self.config.min_words) for a in answers]
        best = pick(scores, self.config.tau, context.generator)
        if scores[best] <= self._score(record):
            self.picked[record.id] = Picked(scores[best], answers[best])
        kept = self.picked[record.id]
        drawn = tuple(zip(answers, scores, strict=True))
        return Candidates(record.id, record.prompt, original, drawn, kept.answer, kept.score)
