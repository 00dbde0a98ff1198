"""From choices to a job: who is asked, what, and in which order."""

from pathlib import Path
from typing import Any, cast

import pytest

from tests.helpers.fake_run import fake_run
from tests.ui.compare.made_up import EchoPool
from unlearn_core.comparison.prompt_sets import Prompt, PromptSets, make_set
from unlearn_core.errors import InvalidInput
from unlearn_core.runs.store import Store
from unlearn_core.ui.compare.job import ComparisonJob
from unlearn_core.ui.compare.links import Comparison
from unlearn_core.ui.compare.setting_up import check_chat, make_job
from unlearn_core.ui.shell.services import Services

PEOPLE = {"source": "bundled:people"}
PAIR = ("bundled", "bundled:retrained")


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return Services(Store(tmp_path), cast(Any, None))


def job_of(services: Services, chat: bool = False, **chosen: Any) -> ComparisonJob:
    given = {"sources": PAIR, "own": "Who?", **chosen}
    return make_job(services, Comparison(**given), "bundled", PEOPLE, [], chat)


def test_columns_are_in_the_order_they_were_chosen(services: Services) -> None:
    labels = [side.label.partition(" ·")[0] for side in job_of(services).sides]
    assert labels == ["Original", "Retrained"]


def test_questions_come_from_the_list_the_set_and_the_person(services: Services) -> None:
    PromptSets(services.store.workspace).save(make_set("Mine", [Prompt(prompt="Why?")]))
    found = job_of(services, questions=("retain/p01-birthplace", "gone/x"), prompt_set="Mine")
    assert [(q.group, q.record.prompt) for q in found.questions][1:] == [
        ("own", "Why?"),
        ("own", "Who?"),
    ]
    assert found.questions[0].record.id == "p01-birthplace"


@pytest.mark.parametrize("sources", [("bundled",), ()])
def test_fewer_than_two_models_are_refused(services: Services, sources: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput, match=f"models chosen is {len(sources)}; from two to six"):
        job_of(services, sources=sources)


def test_deleted_run_says_so_in_its_column_and_the_others_are_asked(services: Services) -> None:
    run_id = fake_run(services.store)
    services.store.delete(run_id)
    found = job_of(services, sources=(*PAIR, f"run:{run_id}"))
    assert [bool(side.problem) for side in found.sides] == [False, False, True]
    assert run_id in found.sides[2].problem and found.live(0) == [0, 1]


def test_blind_columns_are_shuffled_alike_by_one_number(services: Services) -> None:
    runs = [fake_run(services.store, name=str(i)) for i in range(3)]
    for run in runs:
        (services.store.folder(run) / "model").mkdir()
    sources = (*PAIR, *(f"run:{run}" for run in runs))

    def order(mix: int) -> list[str]:
        return [side.label for side in job_of(services, sources=sources, mix=mix).sides]

    assert order(3) == order(3)
    assert len({tuple(order(mix)) for mix in range(8)}) > 1
    assert job_of(services, mix=3).blind and not job_of(services).blind


def test_a_chat_needs_no_question_but_a_model_that_can_chat(services: Services) -> None:
    job = job_of(services, chat=True, own="")
    assert job.chat and not job.questions and job.asking.n == 0
    pool = EchoPool()
    pool.has_chat = cast(Any, lambda source: source == "bundled")  # type: ignore[attr-defined]
    check_chat(cast(Any, pool), job)
    pool.has_chat = cast(Any, lambda source: False)  # type: ignore[attr-defined]
    with pytest.raises(InvalidInput, match="None of the chosen models has a chat template"):
        check_chat(cast(Any, pool), job)
