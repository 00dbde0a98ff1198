"""What is measured on a model before and after a run."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

_PARAPHRASED = "forget_paraphrased"
"""What version 1 of results and audits calls the group `paraphrased`."""


def with_one_key(groups: Mapping[str, Any]) -> dict[str, Any]:
    """Values by group, whatever version they were written by."""
    return {"paraphrased" if name == _PARAPHRASED else name: groups[name] for name in groups}


class GroupScore(BaseModel):
    """How well a model knows a group of records; further metrics are kept under their names.

    Attributes:
        records: How many were measured.
        fact_recall: Share whose greedy answer gives the fact away, 0 to 1.
        rouge_l_recall: Mean ROUGE-L recall (stemmed) of greedy against true answers, 0 to 1.
        log_likelihood: Mean over records of the mean log-probability of a true answer's token,
            in nats.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    records: int
    fact_recall: float
    rouge_l_recall: float
    log_likelihood: float | None


class Scores(BaseModel):
    """A score for each group that has records, under the group's name.

    Attributes:
        model: Metrics on the whole model by name, where a run was asked for some.
        leak_share: Share of sampled answers to forget questions that give the true one away, 0 to
            1; None where none were sampled.
    """

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, GroupScore]

    leak_share: float | None = None
    model: dict[str, float | None] = {}

    @model_validator(mode="before")
    @classmethod
    def _renamed(cls, values: Any) -> Any:
        return with_one_key(values) if isinstance(values, Mapping) else values

    @property
    def groups(self) -> Mapping[str, GroupScore]:
        """The scores by group."""
        return self.__pydantic_extra__
