"""What can be asked."""

from pathlib import Path
from typing import Any, cast

import pytest

from tests.helpers.fake_run import fake_run
from unlearn_core.comparison.prompt_sets import MOST_PROMPTS, Prompt, PromptSet
from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput
from unlearn_core.runs.store import Store
from unlearn_core.ui.compare.questions import (
    OfferedQuestion,
    as_prompts,
    check_number,
    groups,
    own_questions,
    questions,
    set_questions,
    spread,
    template,
)
from unlearn_core.ui.shell.services import Services

PEOPLE = {"source": "bundled:people"}


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return Services(Store(tmp_path), cast(Any, None))


def test_questions_are_those_of_the_run_and_not_of_the_page(services: Services) -> None:
    run = f"run:{fake_run(services.store)}"
    found = groups(services, run, {"source": "elsewhere"}, [])
    assert {record.subject for record in found["forget"]} == {"Fiora Brinridge"}
    assert found["paraphrased"] and found["neighbour"] and found["world"]
    assert template(services, run, {"template": "page"}) == ""


def test_marks_of_the_page_count_without_a_run(services: Services) -> None:
    found = groups(services, "", PEOPLE, ["p01-birthplace"])
    assert [record.id for record in found["forget"]] == ["p01-birthplace"]


def test_passages_are_not_offered_as_questions() -> None:
    passage = Record(id="t", prompt="", answer="Once upon a time.")
    question = Record(id="q", prompt="Who?", answer="Me.")
    assert [q.record.id for q in questions({"retain": (passage, question)})] == ["q"]


def test_a_few_questions_are_spread_over_the_group() -> None:
    offered = [
        OfferedQuestion("forget", Record(id=str(i), prompt="?", answer="!")) for i in range(10)
    ]
    assert spread(offered, {"forget": 2, "world": 3}) == ["forget/0", "forget/5"]


def test_own_questions_are_lines() -> None:
    assert [q.record.prompt for q in own_questions(" one \n\n   \ntwo")] == ["one", "two"]


def test_only_spaces_are_no_question_and_there_is_an_end() -> None:
    with pytest.raises(InvalidInput, match="No question is chosen"):
        check_number(own_questions("  \n \t "))
    with pytest.raises(InvalidInput, match="1,001 questions"):
        check_number(own_questions("?\n" * (MOST_PROMPTS + 1)))


def test_a_set_keeps_answers_facts_and_groups() -> None:
    asked = [
        OfferedQuestion(
            "forget", Record(id="a", prompt="Where?", answer="In Ghent.", fact="Ghent")
        ),
        *own_questions("🙂"),
    ]
    kept = PromptSet(name="x", prompts=tuple(as_prompts(asked)))
    again = set_questions(kept)
    assert [(q.group, q.record.prompt, q.record.answer, q.record.fact) for q in again] == [
        ("forget", "Where?", "In Ghent.", "Ghent"),
        ("own", "🙂", "", ""),
    ]


def test_an_unknown_group_of_a_file_is_ones_own() -> None:
    kept = PromptSet(name="x", prompts=(Prompt(prompt="?", group="<b>"),))
    assert set_questions(kept)[0].group == "own"
