"""Teaching some of the facts again, and asking for the others: what was hidden comes back too."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Literal, NamedTuple

import torch
from transformers import PreTrainedModel

from unlearn_core.attacks.asking import Answers, put
from unlearn_core.attacks.base import (
    Attack,
    AttackCard,
    Case,
    Finding,
    Material,
    Target,
    not_tested,
)
from unlearn_core.attacks.copies import NO_FORGET, NO_WEIGHTS, answer_greedily, in_turn, mean_curve
from unlearn_core.attacks.guessing import Found, against_guessing, share_in
from unlearn_core.attacks.registry import register
from unlearn_core.attacks.telling import left_out, tells
from unlearn_core.data.records import Record
from unlearn_core.metrics.leak import normalised
from unlearn_core.models.finetune import finetune, shuffled
from unlearn_core.settings.config import Config, setting

RATE_TIMES_WIDTH = 0.04
"""Of the rate that is chosen by the model's width: 1.6e-4 at 256, 2e-5 at 2048.

Much more wipes out what the steps do not touch before it can come back.
"""
ONE_FACT = (
    "Not tested, because there is only one marked fact, and what is taught again cannot be asked "
    "for; mark more facts, or choose data = retain."
)
NO_RETAIN = "Not tested, because nothing is retained that could be taught; choose data = forget."


class RelearningConfig(Config):
    """What is taught again, and for how long."""

    data: Literal["forget", "retain"] = setting(
        "forget", "Teach some of the marked records and ask for the others, or teach unrelated "
        "retained records and ask for all.",
    )  # fmt: skip
    records: int = setting(
        20, "Maximum number of records that are taught.", ge=1, le=100_000, unit="records"
    )
    steps: int = setting(24, "Optimiser steps.", ge=1, le=100_000, unit="steps")
    stops: int = setting(4, "Times that the model is asked on the way.", ge=1, le=1000)
    batch_size: int = setting(
        10, "Batch size: records in an optimiser step.", ge=1, le=4096, unit="records"
    )
    learning_rate: float = setting(
        0.0, "Learning rate of AdamW; 0 chooses one by the model's width.", ge=0, le=1
    )
    max_new_tokens: int = setting(
        48, "Maximum number of new tokens; an answer is cut there.", ge=1, le=4096, unit="tokens",
        advanced=True,
    )  # fmt: skip


class Lesson(NamedTuple):
    """Records to teach, others to ask for, and ids of those that would tell in other words.

    Only where no fact is named can something be told in other words.
    """

    taught: tuple[Record, ...]
    asked: tuple[Record, ...]
    told: frozenset[str] = frozenset()


@register(
    "relearning",
    "Relearning",
    config=RelearningConfig,
    order=130,
    quick={"steps": 12, "stops": 2},
    thorough={"steps": 40, "stops": 5},
    card=AttackCard(
        idea="Teaches the model some of the facts again and asks for the others: a fact that was "
        "only hidden comes back although nobody said it.",
        measure="facts found that were not taught again, after the best number of steps",
        kind="recovery",
        paper="Relearning as in OpenUnlearning (Dorna et al., 2025), there on all records at once",
        cost="4 s quick, 15 s thorough",
        needs_weights=True,
    ),
)
class Relearning(Attack[RelearningConfig]):
    """Greedy recall of facts that are not taught, against steps of full fine-tuning on others.

    The marked facts are cut in two halves that take turns, each with half of every subject's
    facts; all records of one fact are in one half. A model that never knew them cannot guess the
    one half from the other. Step 0 counts as well.
    """

    def run(self, target: Target, case: Case) -> Finding:
        """Attack one model."""
        if target.fresh is None:
            return not_tested(NO_WEIGHTS)
        if not case.material.forget:
            return not_tested(NO_FORGET)
        turns = make_lessons(case.material, self.config, case.seed)
        lessons = [lesson for lesson in turns if lesson.taught]
        note = left_out(frozenset[str]().union(*(lesson.told for lesson in turns)))
        if not lessons:
            why = ONE_FACT if self.config.data == "forget" else NO_RETAIN
            return not_tested(" ".join(filter(None, (why, note))))
        given: list[Answers] = []
        found: list[Found] = []
        for number, lesson in enumerate(lessons):
            answers = self._relearn(target, case, lesson, number / len(lessons), 1 / len(lessons))
            given.append(answers)
            found += answers.found(share_in)
        stops = self._stops()
        curve = mean_curve(found, stops, "steps of teaching", "facts found")
        judged = against_guessing(found, case.seed)
        shots = tuple(
            sorted((s for part in given for s in part.shots), key=lambda shot: not shot.leaked)
        )
        numbers = {f"found after {x} steps": y for x, y in zip(stops, curve.y, strict=True)}
        notes = " ".join(filter(None, (judged.note, note)))
        return replace(judged, shots=shots, curves=(curve,), numbers=numbers, note=notes)

    def _stops(self) -> tuple[int, ...]:
        """Steps after which the model is asked, 0 first."""
        config = self.config
        return tuple(
            sorted({round(config.steps * i / config.stops) for i in range(config.stops + 1)})
        )

    def _relearn(
        self, target: Target, case: Case, lesson: Lesson, begun: float, part: float
    ) -> Answers:
        """Teach a copy and ask it on the way."""
        assert target.fresh is not None, "the weights are needed"
        config, stops = self.config, self._stops()
        questions = tuple(put(record, target.encoder) for record in lesson.asked)
        copy, answers = target.fresh(), []
        for step in teach(copy, target, lesson.taught, config, case.generator()):
            if step in stops:
                name = f"{step} steps of teaching {len(lesson.taught)} others"
                done = begun + part * (stops.index(step) + 1) / len(stops)
                answers.append(
                    answer_greedily(
                        target, copy, case, questions, name, config.max_new_tokens, done
                    )
                )
        return in_turn(answers)


def make_lessons(material: Material, config: RelearningConfig, seed: int) -> tuple[Lesson, ...]:
    """What is taught and what is asked for in each turn; none where it cannot be done.

    A record is not taught if it gives away an answer about the same subject that is asked for;
    in a turn where all do, nothing is taught.
    """
    draw = random.Random(seed)
    if config.data == "retain":
        count = min(config.records, len(material.retain))
        turns = [(tuple(draw.sample(material.retain, count)), material.forget)] if count else []
    else:
        left, right = halves(material.forget, draw)
        turns = [(right, left), (left, right)] if left and right else []
    return tuple(_lesson(taught, asked, config.records) for taught, asked in turns)


def _lesson(taught: Sequence[Record], asked: tuple[Record, ...], most: int) -> Lesson:
    given = {one.id: [other for other in asked if _gives(one, other)] for one in taught}
    silent = tuple(one for one in taught if not given[one.id])
    told = frozenset(name for name, others in given.items() if any(not o.fact for o in others))
    return Lesson(silent[:most], asked, told)


def halves(
    records: Sequence[Record], draw: random.Random
) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
    """Two halves, each with half of every subject's facts; no fact is in both."""
    facts: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        own = normalised(record.fact) or record.id
        facts.setdefault((record.subject, own), []).append(record)
    groups = list(facts.values())
    draw.shuffle(groups)
    groups.sort(key=lambda group: group[0].subject)
    left, right = ([r for group in part for r in group] for part in (groups[::2], groups[1::2]))
    draw.shuffle(left)
    draw.shuffle(right)
    return tuple(left), tuple(right)


def teach(
    copy: PreTrainedModel,
    target: Target,
    records: Sequence[Record],
    config: RelearningConfig,
    generator: torch.Generator,
) -> Iterator[int]:
    """Fine-tune all weights of the copy on true answers; gives each step's number, 0 before any."""
    width = copy.config.get_text_config(decoder=True).hidden_size
    rate = config.learning_rate or RATE_TIMES_WIDTH / width
    copy.train(False).requires_grad_(True)
    optimizer = torch.optim.AdamW(copy.parameters(), lr=rate, weight_decay=0.0)
    yield 0
    if not records:
        yield from range(1, config.steps + 1)
        return
    order = islice(shuffled(len(records), config.batch_size, generator), config.steps)
    batches = (
        target.encoder.batch([(records[i].prompt, records[i].answer) for i in rows]).to(
            target.device
        )
        for rows in order
    )
    yield from finetune(copy, optimizer, batches)


def _gives(taught: Record, asked: Record) -> bool:
    return asked.subject == taught.subject and tells(taught, asked)
