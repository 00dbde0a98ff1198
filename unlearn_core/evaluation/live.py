"""What is measured while a run goes: watched questions, probe prompts, recall of each group.

Measuring draws from its own seed and never touches the method's random numbers, so a run with
and without measurements ends with the same weights.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from unlearn_core.data.records import Record, Split
from unlearn_core.evaluation.evaluator import Asked, Evaluator, ask, subset
from unlearn_core.metrics.collapse import distinct_count, entropy_bits, similarity, top_share
from unlearn_core.metrics.leak import knows
from unlearn_core.settings.specs import MeasureSpec

RECALL_GROUPS = ("forget", "paraphrased", "retain", "world")
PROBE_GROUPS = ("forget", "paraphrased", "neighbour", "retain", "world")


@dataclass(frozen=True)
class Measurement:
    """One look at the model.

    Attributes:
        scalars: Chart values by name.
        answers: Payloads of `answers` events, one for each watched question.
        probes: Payloads of `probe` events, one for each probe prompt.
    """

    scalars: Mapping[str, float]
    answers: Sequence[Mapping[str, Any]]
    probes: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Probe:
    """A prompt that is answered again at every measurement."""

    id: str
    group: str
    asked: Asked


@dataclass
class Monitor:
    """Measures one run, and decides when the next measurement is due."""

    evaluator: Evaluator
    spec: MeasureSpec
    split: Split
    neighbours: Sequence[Record]
    seed: int
    watched: list[Asked] = field(init=False)
    probes: list[Probe] = field(init=False)
    groups: dict[str, list[Asked]] = field(init=False)
    references: list[str] = field(init=False)
    seconds: float = field(init=False, default=0.0)
    _last_step: int = field(init=False, default=0)
    _cost: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.answer_by(self.evaluator)
        self.references = self.evaluator.greedy([one.ids for one in self.watched])

    def answer_by(self, evaluator: Evaluator) -> None:
        """Measure another way of answering from now on, against the same reference answers."""
        self.evaluator = evaluator
        split, spec, encoder = self.split, self.spec, self.evaluator.encoder
        sources: dict[str, Sequence[Record]] = {
            "forget": split.forget,
            "paraphrased": split.paraphrased,
            "neighbour": self.neighbours,
            "retain": split.retain,
            "world": split.world,
        }
        self.watched = [ask(r, encoder) for r in spread_by_subject(split.forget, spec.watched)]
        self.groups = {
            name: [ask(r, encoder) for r in subset(sources[name], spec.live_records, self.seed)]
            for name in RECALL_GROUPS
        }
        self.probes = [
            Probe(record.id, name, ask(record, encoder))
            for name in PROBE_GROUPS
            for record in spread_by_subject(sources[name], spec.probes)
        ] + [
            Probe(f"own-{number}", "own", ask(_own(number, prompt), encoder))
            for number, prompt in enumerate(spec.own_probes, start=1)
        ]

    def due(self, step: int, total: int, run_seconds: float) -> bool:
        """Whether to measure after this step.

        With `every` set, each so many steps. Otherwise as many measurements as the cost share
        of the whole run's time allows, at even distances over the steps that are left.

        Args:
            step: Steps done.
            total: Steps of the run.
            run_seconds: How long the run will have taken at its end, by what is known now.
        """
        if step == total:
            return True
        if self.spec.every:
            return step % self.spec.every == 0
        allowed = self.spec.cost_share * run_seconds - self.seconds
        # The last step is always measured, and its cost is set aside.
        looks = allowed / self._cost - 1 if self._cost else 0.0
        return looks > 0 and (step - self._last_step) * (looks + 1) >= total - self._last_step

    def measure(self, step: int) -> Measurement:
        """Question the model now."""
        start = time.perf_counter()
        scalars: dict[str, float] = {}
        answers = self._watch(step, scalars)
        probes = self._recall_and_probe(scalars)
        self._likelihoods(scalars)
        taken = time.perf_counter() - start
        self.seconds += taken
        self._cost = taken
        self._last_step = step
        return Measurement(scalars, answers, probes)

    def _watch(self, step: int, scalars: dict[str, float]) -> list[dict[str, Any]]:
        if not self.watched:
            return []
        rows = self.evaluator.samples(
            [one.ids for one in self.watched], self.spec.samples, self.seed
        )
        leaks = [
            fmean(knows(answer, one.expected) for answer in answers)
            for answers, one in zip(rows, self.watched, strict=True)
        ]
        scalars |= {
            "collapse/distinct": fmean(map(distinct_count, rows)),
            "collapse/entropy": fmean(map(entropy_bits, rows)),
            "collapse/top_share": fmean(map(top_share, rows)),
            "collapse/similarity": fmean(map(similarity, rows, self.references)),
            "collapse/leak": fmean(leaks),
        }
        return [
            {
                "id": one.expected.id,
                "prompt": one.expected.prompt,
                "true": one.expected.answer,
                "reference": reference,
                "n": len(answers),
                "answers": [[text, count] for text, count in Counter(answers).most_common()],
                "leaks": [text for text in dict.fromkeys(answers) if knows(text, one.expected)],
            }
            for one, answers, reference in zip(self.watched, rows, self.references, strict=True)
        ]

    def _recall_and_probe(self, scalars: dict[str, float]) -> list[dict[str, Any]]:
        """All greedy answers of a measurement in one call: recall of the groups, and probes."""
        asked = [one for rows in self.groups.values() for one in rows]
        asked += [probe.asked for probe in self.probes]
        texts = iter(self.evaluator.greedy([one.ids for one in asked]))
        for name, rows in self.groups.items():
            known = [knows(next(texts), one.expected) for one in rows]
            if known:
                scalars[f"utility/{name}_recall"] = fmean(known)
        return [
            {
                "id": probe.id,
                "group": probe.group,
                "prompt": probe.asked.expected.prompt,
                "true": probe.asked.expected.answer,
                "text": text,
                "known": knows(text, probe.asked.expected) if probe.group != "own" else None,
            }
            for probe, text in zip(self.probes, texts, strict=True)
        ]

    def _likelihoods(self, scalars: dict[str, float]) -> None:
        """Losses on true answers; none of them is trained on here."""
        rows = {
            "watched": [one.expected for one in self.watched],
            "forget": [one.expected for one in self.groups["forget"]],
            "retain": [one.expected for one in self.groups["retain"]],
        }
        values = iter(self.evaluator.log_likelihoods([r for part in rows.values() for r in part]))
        means = {name: fmean([next(values) for _ in part]) for name, part in rows.items() if part}
        names = {"watched": "collapse/loglik", "forget": "loss/forget", "retain": "loss/retain"}
        for name, mean in means.items():
            scalars[names[name]] = mean if name == "watched" else -mean


def spread_by_subject(records: Sequence[Record], count: int) -> list[Record]:
    """So many records, one of each subject in turn, at even distances within a subject."""
    by_subject: dict[str, list[Record]] = {}
    for record in records:
        by_subject.setdefault(record.subject or record.id, []).append(record)
    queues = list(by_subject.values())[: max(count, 1)]
    chosen: list[Record] = []
    for turn in range(count):
        queue = queues[turn % len(queues)] if queues else []
        if queue:
            chosen.append(queue.pop(turn * 3 % len(queue)))
    return chosen


def _own(number: int, prompt: str) -> Record:
    return Record(id=f"own-{number}", prompt=prompt, answer="")
