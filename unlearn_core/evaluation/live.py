"""What is measured while a run goes: watched questions, probe prompts, recall of each group.

Measuring draws from its own seed and never touches the method's random numbers, so a run with
and without measurements ends with the same weights.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from statistics import fmean
from typing import Any

from unlearn_core.data.records import Record, Split
from unlearn_core.evaluation.evaluator import Asked, Evaluator, ask, subset
from unlearn_core.evaluation.readings import Wanted, read
from unlearn_core.metrics.base import Reading
from unlearn_core.metrics.collapse import answer_counts, similarity
from unlearn_core.metrics.leak import knows
from unlearn_core.metrics.registry import metrics
from unlearn_core.metrics.summary import mean
from unlearn_core.settings.measuring import MeasureSpec

COLLAPSE = {
    "distinct": "distinct_answers", "entropy": "answer_entropy", "top_share": "top_answer",
    "leak": "sampled_leak", "loglik": "log_likelihood",
}  # fmt: skip
"""Chart values of watched questions, and the metrics they are the means of."""
LOSS_GROUPS = ("forget", "retain")
"""Groups whose loss on true answers is shown; none of them is trained on here."""
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
        watched, groups, probed = self._read()
        scalars = _scalars(watched, groups, self.references)
        answers = self._answers(watched)
        probes = list(map(_probed, self.probes, probed))
        taken = time.perf_counter() - start
        self.seconds += taken
        self._cost = taken
        self._last_step = step
        return Measurement(scalars, answers, probes)

    def _read(self) -> tuple[list[Reading], dict[str, list[Reading]], list[Reading]]:
        """Watched questions, the groups and the probes, all read together."""
        watched = Wanted(answer=False, samples=self.spec.samples)
        rows = [
            *((one, watched) for one in self.watched),
            *(
                (one, Wanted(likelihood=name in LOSS_GROUPS))
                for name, group in self.groups.items()
                for one in group
            ),
            *((probe.asked, Wanted(likelihood=False)) for probe in self.probes),
        ]
        found = iter(read(rows, self.evaluator, self.seed))
        return (
            list(islice(found, len(self.watched))),
            {name: list(islice(found, len(group))) for name, group in self.groups.items()},
            list(found),
        )

    def _answers(self, watched: Sequence[Reading]) -> list[dict[str, Any]]:
        return [
            {
                "id": one.record.id,
                "prompt": one.record.prompt,
                "true": one.record.answer,
                "reference": reference,
                "n": len(one.samples),
                "answers": [list(pair) for pair in answer_counts(one.samples)],
                "leaks": [text for text in dict.fromkeys(one.samples) if knows(text, one.record)],
            }
            for one, reference in zip(watched, self.references, strict=True)
        ]


def _scalars(
    watched: Sequence[Reading], groups: Mapping[str, Sequence[Reading]], references: Sequence[str]
) -> dict[str, float]:
    """Chart values by name: means of registered metrics, and the likeness to the references."""
    known = metrics()
    asked = [
        *((f"collapse/{name}", watched, metric, 1) for name, metric in COLLAPSE.items()),
        *((f"utility/{name}_recall", rows, "fact_recall", 1) for name, rows in groups.items()),
        *((f"loss/{name}", groups[name], "log_likelihood", -1) for name in LOSS_GROUPS),
    ]
    values = {name: (mean(rows, known[metric]), sign) for name, rows, metric, sign in asked}
    found = {name: sign * value for name, (value, sign) in values.items() if value is not None}
    if watched:
        samples = [one.samples for one in watched]
        found["collapse/similarity"] = fmean(map(similarity, samples, references))
    return found


def _probed(probe: Probe, reading: Reading) -> dict[str, Any]:
    record = reading.record
    return {
        "id": probe.id,
        "group": probe.group,
        "prompt": record.prompt,
        "true": record.answer,
        "text": reading.answer,
        "known": knows(reading.answer, record) if probe.group != "own" else None,
    }


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
