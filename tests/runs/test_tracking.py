"""What a tracker is told of a run, and what happens when it is missing or fails."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.helpers import fake_trackio
from unlearn_core.data.marks import Marks
from unlearn_core.errors import MissingPrerequisite
from unlearn_core.runs.checks import make_plan
from unlearn_core.runs.spec import RunSpec
from unlearn_core.runs.tracking import measures_told, require_tracker, settings_told, telling
from unlearn_core.settings.measuring import MeasureSpec

SECRET = "Fiora Brinridge"


def spec_with(tracker: str, project: str = "lethe") -> RunSpec:
    measure = {"tracker": tracker, "tracker_project": project, "own_probes": (SECRET,)}
    return RunSpec(
        name=SECRET, marks=Marks(subjects=(SECRET,)), measure=MeasureSpec.model_validate(measure)
    )


def test_numbers_and_settings_are_told_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trackio = fake_trackio.install(tmp_path, monkeypatch)
    with telling(spec_with("trackio", "mine"), "run-1", tmp_path, pytest.fail) as tell:
        tell({"loss/total": 1.5}, 1)
    first, config, logged, last = trackio.LINES
    assert first == ("init", "mine", {"name": "run-1", "resume": "allow"})
    assert config[1]["training.epochs"] == 24 and config[1]["method"] == "pmc"
    assert logged == ("log", 1, {"loss/total": 1.5})
    assert last == ("finish",)
    assert SECRET not in str(trackio.LINES)


def test_a_tracker_that_fails_on_the_way_is_left_alone_and_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trackio = fake_trackio.install(tmp_path, monkeypatch)
    trackio.FAIL_AT = 2
    said: list[str] = []
    with telling(spec_with("trackio"), "run-1", tmp_path, said.append) as tell:
        for step in (1, 2, 3):
            tell({"loss/total": 1.0}, step)
    assert len(said) == 1
    assert "Trackio takes no more numbers (the line is cut)" in said[0]
    assert [line[1] for line in trackio.LINES if line[0] == "log"] == [1]


def test_a_tracker_that_does_not_start_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_trackio.install(tmp_path, monkeypatch)
    with (
        pytest.raises(MissingPrerequisite, match=r"does not start \(nobody is signed in\)"),
        telling(spec_with("trackio", "refused"), "run-1", tmp_path, pytest.fail),
    ):
        pytest.fail("it has started")


def test_a_run_without_a_tracker_tells_nobody(tmp_path: Path) -> None:
    with telling(spec_with("none"), "run-1", tmp_path, pytest.fail) as tell:
        tell({"loss/total": 1.0}, 1)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_tracker_is_refused_before_anything_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wandb").mkdir()  # the tool leaves a folder of its name, which is no package
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(MissingPrerequisite, match="`pip install wandb`"):
        require_tracker("wandb")
    with pytest.raises(MissingPrerequisite, match="Weights & Biases is not installed"):
        make_plan(spec_with("wandb"))
    require_tracker("none")


def test_settings_are_plain_values_that_every_tracker_takes() -> None:
    told = settings_told(spec_with("none"))
    assert all(isinstance(value, str | int | float) for value in told.values())
    assert not {name for name in told if name.startswith(("marks", "data", "measure"))}


def test_a_measurement_is_told_by_group() -> None:
    group = {"records": 4, "fact_recall": 0.5}
    assert measures_told({"forget": group, "leak_share": None}) == {"final/forget/fact_recall": 0.5}
    assert measures_told({"leak_share": 0.25}) == {"final/leak_share": 0.25}


@pytest.mark.skipif(find_spec("tensorboard") is None, reason="tensorboard is not installed")
def test_tensorboard_writes_into_the_runs_folder(tmp_path: Path) -> None:
    with telling(spec_with("tensorboard"), "run-1", tmp_path, pytest.fail) as tell:
        tell({"loss/total": 1.0}, 1)
    assert list((tmp_path / "tensorboard").glob("events.out.tfevents.*"))
