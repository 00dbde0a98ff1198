"""From the visitor's choices to a run in the queue."""

from dataclasses import replace
from pathlib import Path

import pytest

from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.methods.registry import methods
from unlearn_core.runs import estimate
from unlearn_core.runs.checks import make_plan, planned_steps
from unlearn_core.runs.estimate import too_much
from unlearn_core.runs.store import Store
from unlearn_core.runs.supervisor import Supervisor
from unlearn_core.ui.shell.page import restored
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.unlearn.start import (
    Choice,
    build_spec,
    default_choice,
    default_marks,
    preflight,
    unmet,
)
from unlearn_core.ui.unlearn.tab import offered


@pytest.fixture
def services(tmp_path: Path) -> Services:
    store = Store(tmp_path)
    return Services(store, Supervisor(store))


@pytest.fixture
def choice(services: Services) -> Choice:
    return replace(default_choice(), marked=default_marks(services))


def test_one_press_marks_four_people_and_takes_the_methods_defaults(
    services: Services, choice: Choice
) -> None:
    spec = build_spec(services, choice)
    assert len(choice.marked) == 40
    assert len(spec.marks.subjects) == 4 and spec.marks.ids == ()
    assert spec.method == "pmc"
    assert spec.tuning.mode == "full"
    assert services.launcher.check(spec).spec.name == "Partial Model Collapse, 4 subjects"


def test_start_puts_one_run_in_the_queue(services: Services, choice: Choice) -> None:
    run_id = services.launcher.start(build_spec(services, choice))
    run = services.store.get(run_id)
    assert (run.state, run.place, run.device) == ("queued", 1, "cpu")
    assert run.spec["marks"]["subjects"]


def test_second_start_is_second_in_the_queue(services: Services, choice: Choice) -> None:
    spec = build_spec(services, choice)
    services.launcher.start(spec)
    assert services.store.get(services.launcher.start(spec)).place == 2


def test_nothing_marked_queues_nothing(services: Services) -> None:
    with pytest.raises(MissingPrerequisite, match="Nothing is marked"):
        services.launcher.start(build_spec(services, default_choice()))
    assert services.store.runs() == []


def test_everything_marked_is_refused_for_a_method_that_needs_to_keep(services: Services) -> None:
    rows = [row.id for row in services.rows({"source": "bundled:people"})]
    with pytest.raises(MissingPrerequisite, match="records to retain"):
        services.launcher.start(build_spec(services, replace(default_choice(), marked=rows)))


def test_setting_out_of_range_is_named(services: Services, choice: Choice) -> None:
    wild = replace(choice, groups={"training": {"learning_rate": 1e9}})
    with pytest.raises(InvalidInput, match="learning_rate is 1000000000.0, but it must be"):
        build_spec(services, wild)


def test_preflight_counts_what_the_run_will_do(services: Services, choice: Choice) -> None:
    training = {"training": {"epochs": 24, "batch_size": 20, "accumulation": 1}}
    html = preflight(services, build_spec(services, replace(choice, groups=training)))
    assert "40 records, and 80 other wordings to check" in html
    assert "760 records, with other wordings 2,280" in html
    assert "48 (24 epochs of 2 steps)" in html


def test_too_little_memory_names_the_change_that_saves_most(
    services: Services, choice: Choice
) -> None:
    spec = build_spec(services, choice)
    assert "LoRA" in too_much(10**9, 10**6, spec)
    lora = spec.model_copy(update={"tuning": spec.tuning.model_copy(update={"mode": "lora"})})
    assert "batch_size to 10" in too_much(10**9, 10**6, lora)


def test_a_run_that_may_lack_memory_is_told_so_however_it_was_started(
    services: Services, choice: Choice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimate, "free_memory", lambda device: 10**6)
    run_id = services.launcher.start(build_spec(services, choice))
    told = services.store.last(run_id, "log")
    assert told is not None and told.payload["level"] == "warning"
    assert "may end for want of memory. Choose LoRA" in told.payload["message"]


def test_visitor_without_a_run_gets_the_default_marks(services: Services) -> None:
    model, source, data, marked, run_id, _ = restored(services, {})
    assert len(marked) == 40
    assert run_id == ""


def test_address_brings_back_the_run_with_its_own_settings(
    services: Services, choice: Choice
) -> None:
    one = replace(choice, marked=choice.marked[:3])
    run_id = services.launcher.start(build_spec(services, one))
    model, source, data, marked, found, _ = restored(services, {"run": run_id})
    assert found == run_id
    assert source == "bundled"
    assert marked == list(one.marked)


def test_address_of_a_deleted_run_shows_the_first_page(services: Services) -> None:
    with pytest.warns(UserWarning, match="not here any more"):
        *_, run_id, _ = restored(services, {"run": "20200101-000000-pmc-0000"})
    assert run_id == ""


def test_methods_that_cannot_be_used_say_why_and_stand_last(
    services: Services, choice: Choice
) -> None:
    def missing(marked: list[str]) -> dict[str, str]:
        return unmet(services, choice.model, choice.data, marked)

    every = [record.id for record in services.rows(choice.data)]
    assert missing(default_marks(services)) == {}
    assert list(missing(every[:3])) == ["retrain"]
    refused = missing(every)
    assert "npo" in refused and "gradient-ascent" not in refused
    menu = offered(methods(), refused)
    assert len(menu) == len(methods())
    assert not menu[0][0].startswith("Not now")
    label = next(label for label, name in menu if name == "npo")
    assert label.startswith("Not now: Negative preference optimisation (NPO) needs records")
    assert label.endswith("forgotten.")


def test_planned_steps_are_those_that_will_be_taken(services: Services, choice: Choice) -> None:
    def steps(name: str) -> int:
        spec = build_spec(services, replace(choice, method=name))
        return planned_steps(make_plan(spec, services.corpus(choice.data)))

    assert steps("in-context") == 0
    assert steps("retrain") == 1100
    assert "1,100 of the model" in preflight(
        services, build_spec(services, replace(choice, method="retrain"))
    )
