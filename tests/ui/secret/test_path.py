"""Where the path stands, what it queues, and that nobody else sees it."""

import json
from pathlib import Path
from typing import Any

import pytest

from unlearn_core.demo.corpus import bundled_folder
from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.runs.events import Event
from unlearn_core.runs.launch import Launcher
from unlearn_core.runs.store import Store
from unlearn_core.runs.supervisor import Supervisor
from unlearn_core.ui.runs.rows import rows
from unlearn_core.ui.secret import keeping
from unlearn_core.ui.secret.facts import Fact, Secret
from unlearn_core.ui.secret.panel import actions, models
from unlearn_core.ui.secret.view import look, verdict_on_attack, verdict_on_check
from unlearn_core.ui.shell.page import restored
from unlearn_core.ui.shell.progress import current
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.shell.sidebar import JOBS, _watched_as

SECRET = Secret("Zora Quill", (Fact("pet", "a parrot"), Fact("code", "4711"), Fact("fear", "mice")))
TYPED = {"name": SECRET.name, "facts": [[fact.topic, fact.value] for fact in SECRET.facts]}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def finish(store: Store, run_id: str, state: Any = "done", model: bool = True) -> None:
    store.set_state(run_id, "loading")
    store.set_state(run_id, "running")
    if model:
        (store.folder(run_id) / "model").symlink_to(bundled_folder() / "model")
    store.set_state(run_id, state)


def test_the_path_goes_from_teaching_to_attacking(store: Store) -> None:
    token = keeping.keep(store, SECRET)
    assert look(store, token)["step"] == "teach"
    taught = keeping.begin(Launcher(store), token, "teach")
    assert look(store, token)["teach"]["going"]
    finish(store, taught)
    assert look(store, token)["step"] == "check"
    forgot = keeping.begin(Launcher(store), token, "unlearn", taught)
    assert look(store, token)["step"] == "forget"
    store.append(forgot, [
        Event("answers", 0, {"n": 4, "answers": [["a", 3], ["b", 1]], "leaks": ["a"]}),
        Event("answers", 9, {"n": 4, "answers": [["b", 4]], "leaks": []}),
    ])  # fmt: skip
    assert "give a fact away: 0 %, at the start 75 %" in look(store, token)["unlearn"]["leaking"]
    finish(store, forgot)
    assert look(store, token)["step"] == "attack"
    assert models(store, token) == [
        str(store.folder(taught) / "model"),
        str(store.folder(forgot) / "model"),
    ]


def test_teaching_again_leads_back_to_checking(store: Store) -> None:
    token = keeping.keep(store, SECRET)
    first = keeping.begin(Launcher(store), token, "teach")
    finish(store, first)
    finish(store, keeping.begin(Launcher(store), token, "unlearn", first))
    again = keeping.begin(Launcher(store), token, "teach")
    longer = store.get(again).spec["training"]["epochs"]
    assert longer > store.get(first).spec["training"]["epochs"]
    finish(store, again)
    assert look(store, token)["step"] == "check"


def test_a_run_that_failed_is_told_and_offered_again(store: Store) -> None:
    token = keeping.keep(store, SECRET)
    finish(store, keeping.begin(Launcher(store), token, "teach"), "failed", model=False)
    now = look(store, token)
    assert (now["step"], now["teach"]["going"]) == ("teach", False)
    assert "did not learn" in now["teach"]["problem"]
    with pytest.raises(MissingPrerequisite, match="no model to ask"):
        models(store, token)


def test_nobody_else_sees_a_secret(store: Store) -> None:
    services = Services(store, Supervisor(store))
    token = keeping.keep(store, SECRET)
    run = keeping.begin(Launcher(store), token, "teach")
    store.set_state(run, "loading")
    assert run not in json.dumps(rows(store)), "the list has recorded runs alone"
    assert restored(services, {"run": run})[4] == ""
    assert restored(services, {})[4] == "", "an active secret is not shown to who opens the page"
    job = current(store.runs(JOBS))
    assert job is not None, "the side bar says that the computer is busy"
    assert _watched_as(job) == ""
    assert "Zora" not in job.name
    assert "Zora" not in json.dumps(job.spec)
    other = keeping.keep(store, SECRET)
    assert look(store, other)["teach"] is None


def test_deleting_leaves_nothing(store: Store) -> None:
    token = keeping.keep(store, SECRET)
    run = keeping.begin(Launcher(store), token, "teach")
    finish(store, run)
    keeping.begin(Launcher(store), token, "unlearn", run)  # still in the queue
    keeping.delete(store, token)
    assert store.runs((keeping.KIND,)) == []
    assert not list((store.workspace / "secrets").iterdir())
    with pytest.raises(InvalidInput, match="not here any more"):
        look(store, token)


@pytest.mark.parametrize("token", ["", "../../etc", "x" * 22, None])
def test_tokens_that_are_none_find_nothing(store: Store, token: Any) -> None:
    with pytest.raises(InvalidInput, match="not here any more"):
        look(store, str(token))


def test_other_facts_replace_those_of_the_token(store: Store) -> None:
    act = {one.__name__: one for one in actions(Services(store, Supervisor(store)))}
    first = act["start"](TYPED)
    finish(store, first["teach"]["id"])
    same = act["start"]({**TYPED, "token": first["token"]})
    assert same["token"] == first["token"]
    act["stop"]({"token": first["token"]})
    other = act["start"]({**TYPED, "name": "Bo Li", "token": first["token"]})
    assert other["token"] != first["token"]
    assert len(store.runs((keeping.KIND,))) == 1


def test_words_say_what_was_counted() -> None:
    counted = {"n": 3, "known": 3, "others": 9, "other": 8, "never": 0, "kept": 20, "still": 19}
    assert "all 3 facts, and 8 of 9" in verdict_on_check(counted, "teach")
    assert "gives 1 of 3" in verdict_on_check({**counted, "known": 1}, "teach")
    assert "none of the 3" in verdict_on_check({**counted, "known": 0}, "teach")
    assert "still gives 3 of 3" in verdict_on_check(counted, "unlearn")
    gone = verdict_on_check({**counted, "known": 0, "other": 0}, "unlearn")
    assert "none of the 3 facts any more" in gone
    assert "still gives 19" in gone
    assert "Hidden, not gone" in verdict_on_attack({"attacks": [0] * 3, "n": 3, "found": 2,
                                                    "never": 0})  # fmt: skip
    assert "Nothing came back: 3 attacks" in verdict_on_attack(
        {"attacks": [0] * 3, "n": 3, "found": 0, "never": 0}
    )
