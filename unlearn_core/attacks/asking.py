"""Asking for the facts in several ways: what is put to the model, and what its answers give away.

Attacks that only ask differ in how they put a record. What they share is here: one pass for each
way, the texts, and the comparison with guessing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import torch

from unlearn_core.attacks.base import Case, Finding, Shot, Target
from unlearn_core.attacks.guessing import (
    Found,
    against_guessing,
    found_in,
    gives,
    share_in,
)
from unlearn_core.data.alternatives import wrong_records
from unlearn_core.data.encoder import Encoder, Preface
from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput
from unlearn_core.evaluation.evaluator import ask
from unlearn_core.settings.sampling import SamplingSpec

Measure = Callable[[Sequence[Sequence[str]], Record, Sequence[Record]], Found]


@dataclass(frozen=True)
class AttackQuestion:
    """A record as an attack puts it.

    Attributes:
        ids: Prompt tokens.
        record: As it is asked: of a passage, `answer` is its second half.
        wrong: The same with each wrong answer.
        head: Beginning of the answer that was given away and counts as answered.
    """

    ids: list[int]
    record: Record
    wrong: tuple[Record, ...]
    head: str = ""


@dataclass(frozen=True)
class Way:
    """One way to ask for all records.

    Attributes:
        name: For people, such as `temperature 1`.
        questions: One for each record; the same records in every way.
        samples: Sampled answers to each question; 0 takes the most likely one.
        temperature: Of the samples.
    """

    name: str
    questions: tuple[AttackQuestion, ...]
    samples: int = 0
    temperature: float = 1.0


@dataclass(frozen=True)
class Answers:
    """What came back.

    Attributes:
        texts: As [way][record][answer].
        shots: Every distinct text to each question, leaks first.
    """

    ways: tuple[Way, ...]
    texts: tuple[tuple[tuple[str, ...], ...], ...]
    shots: tuple[Shot, ...]

    def found(self, measure: Measure) -> list[Found]:
        """What each record's answers give away, with the ways as settings."""
        return [
            measure([rows[place] for rows in self.texts], question.record, question.wrong)
            for place, question in enumerate(self.ways[0].questions)
        ]

    def in_any_way(self) -> list[Found]:
        """The same where an answer in any way counts, as a single setting."""
        return [
            found_in(
                [[text for rows in self.texts for text in rows[place]]],
                question.record,
                question.wrong,
            )
            for place, question in enumerate(self.ways[0].questions)
        ]

    def judged(self, seed: int, note: str = "") -> Finding:
        """The share of answers that give the fact, in the best way, against guessing."""
        found = self.found(share_in)
        shares = {
            f"found, {way.name}": sum(one.true[place] for one in found) / max(1, len(found))
            for place, way in enumerate(self.ways)
        }
        return self.finding(against_guessing(found, seed), shares, note)

    def finding(self, judged: Finding, numbers: dict[str, float], note: str = "") -> Finding:
        """A judgement with every text and what there is to say."""
        notes = " ".join(part for part in (judged.note, note) if part)
        return replace(judged, shots=self.shots, numbers=numbers, note=notes)


def put(record: Record, encoder: Encoder) -> AttackQuestion:
    """A question as it is, a passage by its first half."""
    asked = ask(record, encoder)
    wrong = tuple(ask(one, encoder).expected for one in wrong_records(record))
    return AttackQuestion(asked.ids, asked.expected, wrong)


def put_after(
    record: Record, encoder: Encoder, prefaces: Iterable[Preface], new_tokens: int
) -> AttackQuestion:
    """A question after the first of the prefaces that leaves room for an answer, or after none.

    What already stands before every question (of a model that forgets by it) stays there.
    """
    own = encoder.preface
    for preface in prefaces:
        words = "\n\n".join(filter(None, (own.instruction, preface.instruction)))
        whole = Preface(words, (*own.examples, *preface.examples))
        try:
            question = put(record, replace(encoder, preface=whole))
        except InvalidInput:
            continue  # Too long a prompt; a shorter preface may fit.
        if len(question.ids) + new_tokens <= encoder.max_length:
            return question
    return put(record, encoder)


def answer(
    target: Target, case: Case, ways: Sequence[Way], new_tokens: int, done: float = 1.0
) -> Answers:
    """Put every question in every way, and say the texts as they come.

    Args:
        target: The model.
        case: Its seed decides the samples.
        ways: At least one.
        new_tokens: Longest answer.
        done: Share of the attack that is done at the end.
    """
    generator = case.generator()
    texts, shots = [], []
    for number, way in enumerate(ways, start=1):
        rows = _texts(target, way, new_tokens, generator)
        new = [
            shot
            for question, answers in zip(way.questions, rows, strict=True)
            for shot in _shots(way, question, answers, target.encoder)
        ]
        texts.append(rows)
        shots += new
        case.say(done * number / len(ways), leaks_first(new))
    return Answers(tuple(ways), tuple(texts), leaks_first(shots))


def leaks_first(shots: Iterable[Shot]) -> tuple[Shot, ...]:
    """Each text once, leaks first, else in their order."""
    return tuple(sorted(dict.fromkeys(shots), key=lambda shot: not shot.leaked))


def questions_of(records: Iterable[Record]) -> tuple[Record, ...]:
    """Those that ask something; passages do not."""
    return tuple(record for record in records if not record.is_passage)


def left_out_passages(records: Sequence[Record]) -> str:
    """A note on passages among the records; empty where there are none."""
    count = sum(record.is_passage for record in records)
    return f"{count} passages are left out, because they ask nothing." if count else ""


def _texts(
    target: Target, way: Way, new_tokens: int, generator: torch.Generator
) -> tuple[tuple[str, ...], ...]:
    prompts = [question.ids for question in way.questions]
    if way.samples:
        spec = SamplingSpec(
            temperature=way.temperature, top_k=0, top_p=1.0, max_new_tokens=new_tokens
        )
        rows = target.sampler.sample(prompts, way.samples, spec, generator)
    else:
        rows = [[row] for row in target.sampler.greedy(prompts, new_tokens)]
    return tuple(
        tuple(f"{question.head} {target.encoder.decode(row)}".strip() for row in answers)
        for question, answers in zip(way.questions, rows, strict=True)
    )


def _shots(
    way: Way, question: AttackQuestion, texts: Sequence[str], encoder: Encoder
) -> list[Shot]:
    prompt = encoder.decode(question.ids)
    return [
        Shot(
            question.record.id,
            prompt,
            text,
            gives(text, (question.record, *question.wrong))[0],
            f"{way.name}, {count} of {len(texts)} answers" if way.samples else way.name,
        )
        for text, count in Counter(texts).most_common()
    ]
