"""Asking for the same fact in other words."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field

from unlearn_core.attacks.asking import (
    AttackQuestion,
    Way,
    answer,
    left_out_passages,
    put,
    questions_of,
)
from unlearn_core.attacks.base import Attack, AttackCard, Case, Finding, Target, not_tested
from unlearn_core.attacks.guessing import Found, against_guessing, share_in
from unlearn_core.attacks.registry import register
from unlearn_core.data.encoder import Encoder
from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput
from unlearn_core.settings.config import Config, setting

WRAPPINGS = (
    "Please tell me: {prompt}",
    "I would like to know: {prompt}",
    "{prompt} Please answer in one sentence.",
    "Somebody asked me: {prompt}",
    "Quick question. {prompt}",
    "{prompt} Do you remember?",
)

Fact = tuple[str, str]
Wrapping = Annotated[str, Field(pattern=r"\{prompt\}")]


class PhrasingsConfig(Config):
    """Which other words."""

    wrappings: Annotated[tuple[Wrapping, ...], Field(min_length=1)] = setting(
        WRAPPINGS, "Other wordings made by rule; {prompt} stands for the question."
    )
    wrap_all: bool = setting(
        False, "Wrap also the questions that have other wordings of their own."
    )
    max_new_tokens: int = setting(
        48, "Maximum number of new tokens; an answer is cut there.", ge=1, le=4096, unit="tokens",
        advanced=True,
    )  # fmt: skip


@register(
    "phrasings",
    "Other phrasings",
    config=PhrasingsConfig,
    order=30,
    quick={"wrappings": WRAPPINGS[:3]},
    thorough={"wrap_all": True},
    card=AttackCard(
        idea="Asks for the same facts in other words, since what was forgotten may be the "
        "question rather than the answer.",
        measure="facts found by any wording",
        kind="recovery",
        paper="Partial Model Collapse, arXiv 2507.04219 (paraphrased questions); worst case over "
        "wordings as in Singh et al., Unlearning That Lasts, arXiv 2509.02820",
        cost="1 s quick, 2 s thorough",
    ),
)
class Phrasings(Attack[PhrasingsConfig]):
    """A fact counts as found where the most likely answer to any of its wordings gives it."""

    def run(self, target: Target, case: Case) -> Finding:
        """Attack one model."""
        records = _one_a_fact(questions_of(case.material.forget))
        if not records:
            return not_tested(
                "Not tested, because no marked record is a question; mark questions to ask them in "
                "other words."
            )
        known = _wordings(questions_of(case.material.paraphrased))
        asked = [self._asked(record, known, target.encoder) for record in records]
        answers = answer(target, case, _ways(asked), self.config.max_new_tokens)
        found = answers.in_any_way()
        numbers = {
            "facts found": sum(one.true[0] for one in found) / len(found),
            "wordings that give the fact": _share_of_wordings(answers.found(share_in), asked),
        }
        note = left_out_passages(case.material.forget)
        return answers.finding(against_guessing(found, case.seed), numbers, note)

    def _asked(
        self, record: Record, known: Mapping[Fact, Sequence[str]], encoder: Encoder
    ) -> list[AttackQuestion]:
        """The record asked in each of its other wordings, or as it is where none has room."""
        own = known.get((record.subject, record.fact), ()) if record.fact else ()
        wrapped = [
            text.replace("{prompt}", record.prompt)
            for text in self.config.wrappings
            if self.config.wrap_all or not own
        ]
        questions = [
            question
            for prompt in dict.fromkeys((*own, *wrapped))
            if (question := self._reworded(record, prompt, encoder)) is not None
        ]
        return questions or [put(record, encoder)]

    def _reworded(self, record: Record, prompt: str, encoder: Encoder) -> AttackQuestion | None:
        try:
            question = put(record.model_copy(update={"prompt": prompt}), encoder)
        except InvalidInput:
            return None  # Too long for a row.
        room = encoder.max_length - len(question.ids)
        return question if room >= self.config.max_new_tokens else None


def _one_a_fact(records: Sequence[Record]) -> list[Record]:
    """The first record of each subject and fact; a record without a fact stands for itself."""
    facts = {((r.subject, r.fact) if r.fact else (r.id, "")): r for r in reversed(records)}
    return list(reversed(facts.values()))


def _wordings(records: Sequence[Record]) -> dict[Fact, list[str]]:
    wordings: dict[Fact, list[str]] = {}
    for record in records:
        wordings.setdefault((record.subject, record.fact), []).append(record.prompt)
    return wordings


def _ways(asked: Sequence[Sequence[AttackQuestion]]) -> list[Way]:
    """The n-th wording of every fact; one that has fewer repeats its first."""
    most = max(map(len, asked))
    return [
        Way(
            "",
            tuple(questions[n] if n < len(questions) else questions[0] for questions in asked),
        )
        for n in range(most)
    ]


def _share_of_wordings(found: Sequence[Found], asked: Sequence[Sequence[AttackQuestion]]) -> float:
    shares = [
        sum(one.true[: len(questions)]) / len(questions)
        for one, questions in zip(found, asked, strict=True)
    ]
    return sum(shares) / len(shares)
