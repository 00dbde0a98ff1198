"""Whom Compare can ask."""

from pathlib import Path
from typing import Any, cast

import pytest

from tests.helpers.fake_run import fake_run
from unlearn_core.errors import LetheError
from unlearn_core.runs.checks import place_of
from unlearn_core.runs.store import Store
from unlearn_core.ui.compare.sources import default_sources, leading_run, sources
from unlearn_core.ui.shell.services import Services


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return Services(Store(tmp_path), cast(Any, None))


def finished(services: Services, **options: Any) -> str:
    run_id = fake_run(services.store, **options)
    (services.store.folder(run_id) / "model").mkdir()
    return run_id


def test_unfinished_and_modelless_runs_are_not_offered(services: Services) -> None:
    fake_run(services.store, name="no model")
    fake_run(services.store, name="going", until=3, state="running")
    run_id = finished(services, name="good")
    runs = [value for _, value in sources(services, "bundled") if value.startswith("run:")]
    assert runs == [f"run:{run_id}"]


def test_original_twin_and_run_are_labelled(services: Services) -> None:
    finished(services, name="good")
    labels = [label for label, _ in sources(services, "bundled")]
    assert labels[0] == "Original · bundled model"
    assert any(label.startswith("Retrained") for label in labels)
    assert any(label.startswith("Unlearned · good") and "step 48" in label for label in labels)


def test_watched_run_is_compared_with_what_it_began_with(services: Services) -> None:
    first, _ = finished(services), finished(services, name="newer")
    offered = [value for _, value in sources(services, "bundled")]
    assert default_sources(services, first, "bundled", offered) == ["bundled", f"run:{first}"]


def test_newest_run_is_compared_when_none_is_watched(services: Services) -> None:
    finished(services)
    newest = finished(services, name="newer")
    offered = [value for _, value in sources(services, "bundled")]
    assert default_sources(services, "", "bundled", offered) == ["bundled", f"run:{newest}"]


def test_the_bench_gets_a_folder_for_a_run(services: Services) -> None:
    run_id = finished(services)
    assert place_of("bundled:retrained", services.store) == "bundled:retrained"
    assert Path(place_of(f"run:{run_id}", services.store)).is_dir()
    services.store.delete(run_id)
    with pytest.raises(LetheError, match=run_id):
        place_of(f"run:{run_id}", services.store)


def test_questions_are_those_of_the_first_run() -> None:
    assert leading_run(["bundled", "run:a", "run:b"]) == "run:a"
    assert leading_run(["bundled", "bundled:retrained"]) == ""
