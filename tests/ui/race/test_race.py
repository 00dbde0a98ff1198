"""The race in the app: what is queued, and what is drawn of it."""

import os
from pathlib import Path

import pytest

from tests.helpers.audits import sample_audit
from tests.helpers.fake_run import fake_result
from unlearn_core.audits.spec import audit_of_run, queue_audit
from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.files import write_json
from unlearn_core.runs.store import Store
from unlearn_core.runs.supervisor import Supervisor
from unlearn_core.ui.race.panel import queue_race
from unlearn_core.ui.race.view import race_view
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.unlearn.start import default_choice, default_marks


@pytest.fixture
def services(tmp_path: Path) -> Services:
    store = Store(tmp_path)
    return Services(store, Supervisor(store))


def race(services: Services, methods: list[str], seeds: int, marked: list[str]) -> list[str]:
    choice = default_choice()
    return queue_race(services, choice.model, choice.data, marked, methods, seeds)


def test_every_method_is_queued_with_every_seed_and_its_own_defaults(services: Services) -> None:
    runs = race(services, ["pmc", "npo"], 2, default_marks(services))
    infos = [services.store.get(run) for run in runs]
    assert [(one.spec["method"], one.spec["seed"]) for one in infos] == [
        ("pmc", 0), ("pmc", 1), ("npo", 0), ("npo", 1)
    ]  # fmt: skip
    assert infos[0].spec["training"]["learning_rate"] != infos[2].spec["training"]["learning_rate"]
    assert infos[3].name.endswith("seed 1")


def test_nothing_is_queued_when_a_run_could_not_work(services: Services) -> None:
    with pytest.raises(MissingPrerequisite, match="Nothing is marked"):
        race(services, ["pmc", "npo"], 1, [])
    assert services.store.runs() == []


@pytest.mark.parametrize(("methods", "seeds"), [([], 1), (["pmc"], 0), (["pmc"], 999)])
def test_too_few_or_too_many_runs_are_refused(
    services: Services, methods: list[str], seeds: int
) -> None:
    with pytest.raises(InvalidInput, match="at least one of each and at most 200 runs"):
        race(services, methods, seeds, default_marks(services))


def test_finished_runs_become_points_and_rows(services: Services) -> None:
    runs = race(services, ["pmc", "npo"], 1, default_marks(services))
    assert race_view(services.store, runs) is None
    for run, forget, retain in zip(runs, (0.0, 0.5), (0.9, 0.8), strict=True):
        info = services.store.get(run)
        values = {**fake_result(run), "spec": info.spec}
        values["after"]["forget"]["fact_recall"] = forget
        values["after"]["retain"]["fact_recall"] = retain
        write_json(services.store.folder(run) / "result.json", values)
    view = race_view(services.store, runs)
    assert view is not None
    assert [(p["forgotten"], p["kept"]) for p in view["points"]] == [(100.0, 90.0), (50.0, 80.0)]
    assert view["front"] == [0]
    assert [row["method"] for row in view["rows"]] == ["pmc", "npo"]
    assert view["rows"][0]["cells"][0] == "0.0"
    assert view["rows"][0]["runs"] == [{"id": runs[0], "seed": 0}]


def test_every_run_may_be_followed_by_attacks_on_its_result(services: Services) -> None:
    choice = default_choice()
    runs = queue_race(
        services, choice.model, choice.data, default_marks(services), ["pmc", "npo"], 1, True
    )
    audits = services.store.runs(("audit",))[::-1]
    assert [one.spec["model"]["source"] for one in audits] == [f"run:{run}" for run in runs]
    # Attacks have no place before there is something to attack; then they come first.
    assert [one.place for one in audits] == [None, None]
    assert services.store.claim(os.getpid()) == runs[0]
    services.store.set_state(runs[0], "done")
    assert services.store.claim(os.getpid()) == audits[0].id


def test_what_attacks_got_stands_beside_what_was_measured(services: Services) -> None:
    runs = race(services, ["pmc", "npo"], 1, default_marks(services))
    for run in runs:
        values = {**fake_result(run), "spec": services.store.get(run).spec}
        write_json(services.store.folder(run) / "result.json", values)
    audit = queue_audit(services.store, audit_of_run(services.store, runs[0], expected=True))
    write_json(services.store.folder(audit) / "audit.json", sample_audit(run=runs[0]))
    view = race_view(services.store, runs)
    assert view is not None
    labels = [label for label, _ in view["columns"]]
    place = labels.index("Verdict")
    assert "Repeated sampling" in labels[place:]
    attacked, other = (row["cells"] for row in view["rows"])
    assert len(attacked) == len(other) == len(labels)
    assert attacked[place] != "–" and set(other[place:]) == {"–"}
