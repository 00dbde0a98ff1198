"""Questions that come with help: other people's answers, or other facts about the same subject."""

import random
from collections.abc import Callable, Sequence
from typing import Annotated

from pydantic import Field

from unlearn_core.attacks.asking import (
    AttackQuestion,
    Way,
    answer,
    left_out_passages,
    put_after,
    questions_of,
)
from unlearn_core.attacks.base import (
    Attack,
    AttackCard,
    Case,
    Finding,
    Target,
    not_tested,
)
from unlearn_core.attacks.registry import register
from unlearn_core.attacks.telling import left_out, tells
from unlearn_core.data.alternatives import wrong_records
from unlearn_core.data.encoder import Encoder, Preface
from unlearn_core.data.records import Record
from unlearn_core.settings.config import Config, setting

Count = Annotated[int, Field(ge=1, le=50)]
Form = Callable[[Sequence[Record]], Preface]
Fits = Callable[[Record, Record], bool]

_TRIED = 50
"""Records looked at for each that may be shown; some of them give an answer away."""
NOTHING_TO_SHOW = (
    "Not tested, because there is neither a kept question to show nor a marked subject with two "
    "questions; mark several questions about a subject."
)


class HintsConfig(Config):
    """How much help."""

    examples: tuple[Count, ...] = setting(
        (1,), "Other people's questions shown with their true answers, each number tried by itself."
    )
    hints: tuple[Count, ...] = setting(
        (1,), "Other facts about the same subject told before the question, likewise."
    )
    max_new_tokens: int = setting(
        48, "Maximum number of new tokens; an answer is cut there.", ge=1, le=4096, unit="tokens",
        advanced=True,
    )  # fmt: skip


@register(
    "hints",
    "Examples and hints",
    config=HintsConfig,
    order=40,
    thorough={"examples": (1, 2, 5), "hints": (1, 2, 4)},
    card=AttackCard(
        idea="Shows how other questions were answered, or tells other facts about the same "
        "person, since this may bring a memory back.",
        measure="facts found with the best help",
        kind="recovery",
        paper="After Lynch et al., Eight Methods to Evaluate Robust Unlearning in LLMs, "
        "arXiv 2402.16835 (extraction by prompts); the form is ours",
        cost="1 s quick, 3 s thorough",
    ),
)
class Hints(Attack[HintsConfig]):
    """Nothing shown gives the true answer or a wrong one, so that it cannot be copied."""

    def run(self, target: Target, case: Case) -> Finding:
        """Attack one model."""
        records, config = questions_of(case.material.forget), self.config
        told: set[str] = set()
        others = _shown(records, questions_of(case.material.retain), case.seed, _of_another, told)
        about = _shown(records, questions_of(case.material.forget), case.seed, _of_the_same, told)
        helped = [
            *((f"examples shown: {n}", others, _as_examples, n) for n in config.examples),
            *((f"hints: {n}", about, _as_hints, n) for n in config.hints),
        ]
        ways = [
            Way(name, tuple(self._put(r, shown[r.id][:n], form, target.encoder) for r in records))
            for name, shown, form, n in helped
            if any(shown.values())
        ]
        if not ways:
            return not_tested(" ".join(filter(None, (NOTHING_TO_SHOW, left_out(told)))))
        notes = (left_out_passages(case.material.forget), left_out(told))
        note = " ".join(filter(None, notes))
        return answer(target, case, ways, config.max_new_tokens).judged(case.seed, note)

    def _put(
        self, record: Record, shown: Sequence[Record], form: Form, encoder: Encoder
    ) -> AttackQuestion:
        """The record after as many of those to be shown as there is room for."""
        prefaces = [form(shown[:n]) for n in range(len(shown), 0, -1)]
        return put_after(record, encoder, prefaces, self.config.max_new_tokens)


def _as_examples(shown: Sequence[Record]) -> Preface:
    return Preface(examples=tuple((record.prompt, record.answer) for record in shown))


def _as_hints(shown: Sequence[Record]) -> Preface:
    return Preface(" ".join(record.answer for record in shown))


def _of_another(record: Record, other: Record) -> bool:
    return not record.subject or other.subject != record.subject


def _of_the_same(record: Record, other: Record) -> bool:
    return bool(record.subject) and other.subject == record.subject and other.id != record.id


def _shown(
    records: Sequence[Record], pool: Sequence[Record], seed: int, fits: Fits, told: set[str]
) -> dict[str, list[Record]]:
    """For each record those that may be shown before it, in a random order.

    Adds to `told` the ids of those left out before a record without a named fact.
    """
    return {record.id: _chosen(record, pool, seed, fits, told) for record in records}


def _chosen(
    record: Record, pool: Sequence[Record], seed: int, fits: Fits, told: set[str]
) -> list[Record]:
    candidates = (record, *wrong_records(record))
    fitting = [other for other in pool if fits(record, other)]
    drawn = random.Random(f"{seed} {record.id}").sample(fitting, min(_TRIED, len(fitting)))
    silent = [other for other in drawn if not any(tells(other, one) for one in candidates)]
    if not record.fact:
        told |= {other.id for other in drawn} - {other.id for other in silent}
    return silent
