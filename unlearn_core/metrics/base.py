"""What metrics are computed from, and what they give.

A metric is a pure function in one file of this folder, with one registration. One that looks at
records gives a number for each; their mean and its interval are the same for all. One that looks at
a whole model gives an `Estimate` itself.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from unlearn_core.data.records import Record

Better = Literal["higher", "lower", "near 0", "near 0.5"]
Family = Literal["memory", "forgetting", "utility", "privacy", "fluency", "collapse"]


@dataclass(frozen=True)
class Reading:
    """What one model does with one record. All likelihoods come from one pass.

    Attributes:
        record: As it is asked: of a passage, `answer` is its second half. With wrong and reworded
            answers, given or made by rule.
        answer: The model's greedy answer.
        log_probs: Log-probability of each token of the true answer, its end token last, in nats.
            Of a passage, of every token but its first.
        right: Whether each of these tokens but the end token is the model's first choice.
        standardised: `(log p_t - mu_t) / sigma_t` of each token of `log_probs`, with mean and
            deviation of log p under the model's own distribution at that place (Min-K++).
        mean: Mean of `log_probs`, summed in float32 as the pass does; taken from them where it is
            not given.
        perturbed: Mean log-probability per token of each wrong answer.
        paraphrased: The same of each other wording of the true answer.
        whole: The text that `log_probs` are of, where it is more than the record's answer: all of
            a passage.
        samples: Answers sampled at temperature 1; empty where none were drawn.
        plain: Mean log-probability per token of `answer` under the original model; NaN where it
            was not measured or the answer is empty.
        similarity: Cosine of the embeddings of `answer` and the true answer; NaN where no
            embedding model was given.
    """

    record: Record
    answer: str
    log_probs: tuple[float, ...]
    right: tuple[bool, ...]
    standardised: tuple[float, ...]
    mean: float | None = None
    perturbed: tuple[float, ...] = ()
    paraphrased: tuple[float, ...] = ()
    whole: str = ""
    samples: tuple[str, ...] = ()
    plain: float = math.nan
    similarity: float = math.nan

    @property
    def mean_log_prob(self) -> float:
        """Mean log-probability per token of the true answer; NaN for one without tokens."""
        if self.mean is not None:
            return self.mean
        return sum(self.log_probs) / len(self.log_probs) if self.log_probs else math.nan


@dataclass(frozen=True)
class Measured:
    """A model's readings by group.

    Attributes:
        groups: `forget`, `paraphrased`, `retain`, `neighbours`, `world`, `holdout`; one
            without records is not there.
        retrained: The same of the model that never saw the forget set, where there is one.
        original: The same of the model before unlearning, where there is one.
    """

    groups: Mapping[str, Sequence[Reading]]
    retrained: "Measured | None" = None
    original: "Measured | None" = None

    def group(self, name: str) -> Sequence[Reading]:
        """The readings of a group; empty where it has no records."""
        return self.groups.get(name, ())


@dataclass(frozen=True)
class Estimate:
    """A metric's value with its 95 % interval, or why there is none.

    Attributes:
        value: None where it cannot be computed; never NaN or infinite.
        low, high: Ends of the interval; None where none is known.
        count: Records behind it.
        note: Why there is no value and what to do, or what was left out.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    count: int = 0
    note: str = ""


def missing(why: str) -> Estimate:
    """No value, and why: `not available, because ...; do ...`."""
    return Estimate(None, note=why)


RecordValue = Callable[[Reading], float | None]
ModelValue = Callable[[Measured], Estimate]


@dataclass(frozen=True)
class MetricInfo:
    """A registered metric: all that faces and docs need to know.

    Attributes:
        name: Short name, used in JSON.
        title: For people.
        help: One line: what it is and how to read it.
        formula: LaTeX.
        source: Paper or code, and the variant where the field has several.
        better: Which way is better after unlearning. Of a metric on records: on the forget set;
            `better_on` says it of every other group.
        lowest, highest: Its range; None where there is no end.
        unit: Behind the number.
        without: Of a metric on records: why one has no value and what to do, to go on from "the
            records ...".
        groups: Of a metric on records: the groups it is meant for; empty for all.
        every_run: Every run measures it before and after; others are measured where a run's
            settings name them.
        of_record: A metric on records; None for one on models.
        of_model: A metric on models.
    """

    name: str
    title: str
    family: Family
    help: str
    formula: str
    source: str
    better: Better
    lowest: float | None = 0.0
    highest: float | None = 1.0
    unit: str = ""
    without: str = ""
    groups: tuple[str, ...] = ()
    every_run: bool = False
    of_record: RecordValue | None = field(default=None, compare=False)
    of_model: ModelValue | None = field(default=None, compare=False)

    def measures(self, group: str) -> bool:
        """Whether it is a metric on records, and meant for this group."""
        return self.of_record is not None and (not self.groups or group in self.groups)

    def better_on(self, group: str) -> Better:
        """Which way is better on a group, or on `model`.

        What shows memory should fall on the forget set and stay elsewhere; clean language and
        varied answers are wanted everywhere.
        """
        forgotten = group in ("model", "forget", "paraphrased")
        if forgotten or self.better.startswith("near") or self.family in ("fluency", "collapse"):
            return self.better
        return "lower" if self.better == "higher" else "higher"
