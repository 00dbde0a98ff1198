"""What is measured on a model before and after a run."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict


class GroupScore(BaseModel):
    """How well a model knows a group of records.

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
        leak_share: Share of sampled answers to forget questions that give the true one away, 0 to
            1; None where none were sampled.
    """

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, GroupScore]

    leak_share: float | None = None

    @property
    def groups(self) -> Mapping[str, GroupScore]:
        """The scores by group."""
        return self.__pydantic_extra__
