"""What Compare can ask: the records of a run or of the marks, typed questions, saved sets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from unlearn_core.comparison.prompt_sets import MOST_PROMPTS, Prompt, PromptSet
from unlearn_core.data.marks import Marks, neighbours, split_corpus
from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput
from unlearn_core.models.name import run_of
from unlearn_core.ui.forget.marking import to_marks
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import compare as say

MOST_OF_A_GROUP = 60
"""Prompts offered of each group; more would make the list useless."""
NEIGHBOURS = 40
ORDER = ("forget", "paraphrased", "neighbour", "retain", "world")
FIRST_CHOICE = {"forget": 2, "paraphrased": 1, "neighbour": 1, "world": 1}
OWN = "own"


@dataclass(frozen=True)
class OfferedQuestion:
    """A record that can be asked, with the group it is offered under."""

    group: str
    record: Record

    @property
    def key(self) -> str:
        """Unique among all questions offered."""
        return f"{self.group}/{self.record.id}"

    @property
    def label(self) -> str:
        """As the list of questions shows it."""
        return f"{texts.GROUPS[self.group][0]} · {self.record.prompt}"


def groups(
    services: Services, run: str, data: Mapping[str, Any], marked: Sequence[str]
) -> dict[str, tuple[Record, ...]]:
    """Records by group: of a run, else of the marks on the page.

    Args:
        services: The services behind the page.
        run: A source of a run; empty for none.
        data, marked: Data and marks of the page.

    Raises:
        LetheError: The data cannot be read any more, or a mark matches nothing.
    """
    if run:
        spec = services.store.get(run_of(run)).spec
        data, marks = spec["data"], Marks.model_validate(spec["marks"])
    else:
        marks = to_marks(services.rows(data), marked)
        if not marked:
            corpus = services.corpus(data)
            return {"retain": corpus.records, "world": corpus.world}
    split = split_corpus(services.corpus(data), marks)
    return {
        "forget": split.forget,
        "paraphrased": split.paraphrased,
        "neighbour": neighbours(split, NEIGHBOURS),
        "retain": split.retain,
        "world": split.world,
    }


def template(services: Services, run: str, data: Mapping[str, Any]) -> str:
    """How prompts were put to the model when it was trained."""
    if run:
        data = services.store.get(run_of(run)).spec["data"]
    return str(data.get("template", ""))


def questions(found: Mapping[str, Sequence[Record]]) -> list[OfferedQuestion]:
    """What is offered, group by group; passages have no question and are left out."""
    return [
        OfferedQuestion(group, record)
        for group in ORDER
        for record in [r for r in found.get(group, ()) if not r.is_passage][:MOST_OF_A_GROUP]
    ]


def spread(offered: Sequence[OfferedQuestion], sizes: Mapping[str, int]) -> list[str]:
    """Keys of so many questions of each group, from different subjects where there are any."""
    keys = []
    for group, size in sizes.items():
        rows = [question for question in offered if question.group == group]
        step = max(1, len(rows) // size) if size else 1
        keys += [question.key for question in rows[::step][:size]]
    return keys


def own_questions(text: str) -> list[OfferedQuestion]:
    """One question a line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [
        OfferedQuestion(OWN, Record(id=f"own-{i}", prompt=line, answer=""))
        for i, line in enumerate(lines, 1)
    ]


def chat_question(text: str) -> OfferedQuestion:
    """What is said to every column of a chat.

    Raises:
        InvalidInput: There is nothing but spaces.
    """
    if not text.strip():
        raise InvalidInput(say.NOTHING_TO_SEND)
    return OfferedQuestion(OWN, Record(id="chat", prompt=text.strip(), answer=""))


def set_questions(chosen: PromptSet) -> list[OfferedQuestion]:
    """The questions of a saved set, under the groups they were saved with."""
    return [
        OfferedQuestion(
            one.group if one.group in texts.GROUPS else OWN,
            Record(id=f"set-{i}", **one.model_dump(exclude={"group"})),
        )
        for i, one in enumerate(chosen.prompts, 1)
    ]


def as_prompts(chosen: Sequence[OfferedQuestion]) -> list[Prompt]:
    """Questions as a set keeps them."""
    kept = {"prompt", "answer", "fact", "perturbed"}
    return [Prompt(**q.record.model_dump(include=kept), group=q.group) for q in chosen]


def check_number(chosen: Sequence[OfferedQuestion]) -> None:
    """A comparison asks something, and not without end.

    Raises:
        InvalidInput: There is no question, or there are too many.
    """
    if not chosen:
        raise InvalidInput(say.NO_QUESTION)
    if len(chosen) > MOST_PROMPTS:
        raise InvalidInput(say.TOO_MANY_QUESTIONS.format(n=len(chosen), most=MOST_PROMPTS))
