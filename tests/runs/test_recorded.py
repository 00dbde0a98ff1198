"""Recorded runs: real, small, readable like any run, and never changed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.audits import sample_audit
from tests.helpers.fake_run import fake_run
from unlearn_core.audits.recorded import write_recorded_audit
from unlearn_core.audits.result import AuditResult
from unlearn_core.audits.spec import newest_audit
from unlearn_core.cli.main import main
from unlearn_core.errors import InvalidInput
from unlearn_core.files import write_json
from unlearn_core.report.making import race_report, run_report
from unlearn_core.runs.frames import film
from unlearn_core.runs.history import history_of, known_runs
from unlearn_core.runs.recorded import (
    RecordedRuns,
    is_recorded,
    write_recording,
)
from unlearn_core.runs.result import read_result
from unlearn_core.runs.spec import RunSpec
from unlearn_core.runs.store import Store
from unlearn_core.settings.config import parse

MOST_BYTES = 1_000_000
SHIPPED = RecordedRuns()
IDS = [run.id for run in SHIPPED.runs()]


def recall(run_id: str, group: str) -> float:
    result = read_result(SHIPPED.folder(run_id))
    assert result is not None
    return result.after.groups[group].fact_recall


@pytest.mark.parametrize("run_id", IDS)
def test_a_shipped_recording_is_small_whole_and_a_film(run_id: str) -> None:
    folder = SHIPPED.folder(run_id)
    assert sum(path.stat().st_size for path in folder.iterdir()) < MOST_BYTES
    info = SHIPPED.get(run_id)
    assert info.state == "done"
    assert parse(RunSpec, info.spec, "run").seed == 0
    shown = film(SHIPPED, run_id)
    assert [frame["step"] for frame in shown["frames"]] == list(range(info.step + 1))
    assert set(shown["recorded"]) == {"date", "lethe", "torch"}
    assert len(shown["questions"]) == 4


def test_the_recordings_tell_what_they_are_named_after() -> None:
    assert {"recorded:pmc", "recorded:gradient-ascent", "recorded:idk"} <= set(IDS)
    assert recall("recorded:pmc", "forget") < 0.05
    assert recall("recorded:pmc", "retain") > 0.9
    assert recall("recorded:gradient-ascent", "retain") < 0.5
    assert recall("recorded:idk", "forget") < 0.1


def test_the_attacks_on_a_recording_are_kept_with_its_verdict(store: Store) -> None:
    audit = newest_audit(store, "recorded:pmc")
    assert audit is not None
    assert audit.run == "recorded:pmc"
    assert audit.verdict.headline
    assert newest_audit(store, "recorded:idk") is None


def test_a_recording_is_read_beside_the_store_and_never_written(store: Store) -> None:
    assert history_of(store, IDS[0]).get(IDS[0]).id == IDS[0]
    own = fake_run(store)
    assert history_of(store, own) is store
    assert [run.id for run in known_runs(store)] == [own, *IDS]
    commands: tuple[Callable[[], object], ...] = (
        lambda: store.delete(IDS[0]),
        lambda: store.rename(IDS[0], "x"),
        lambda: store.resume(IDS[0]),
        lambda: store.send(IDS[0], "stop"),
        lambda: store.model_folder(IDS[0]),
    )
    for command in commands:
        with pytest.raises(InvalidInput, match="is recorded: it can be looked at, but not changed"):
            command()


@pytest.mark.parametrize("name", ["", "nothing", "../recorded/pmc", "/etc", "."])
def test_only_names_of_recordings_are_found(name: str) -> None:
    with pytest.raises(InvalidInput, match="recorded:pmc"):
        SHIPPED.get(f"recorded:{name}")


def test_events_are_read_after_a_cursor_and_by_kind() -> None:
    probes = SHIPPED.events(IDS[0], kinds=("probe",))
    assert {event.kind for event in probes} == {"probe"}
    after = SHIPPED.events(IDS[0], after=probes[2].seq, kinds=("probe",), limit=2)
    assert after == probes[3:5]
    assert SHIPPED.last(IDS[0], "probe") == probes[-1]
    assert SHIPPED.last(IDS[0], "artifact") is None


def test_a_run_that_is_recorded_is_found_again_whole(store: Store, tmp_path: Path) -> None:
    run_id = fake_run(store, name="to be kept")
    folder = store.folder(run_id)
    write_json(folder / "environment.json", {"lethe": "1", "packages": {"torch": "2"}})
    target = tmp_path / "recorded" / "mine"
    write_recording(store.get(run_id), store.events(run_id), folder, target)
    source = RecordedRuns(tmp_path / "recorded")
    assert [run.id for run in source.runs()] == ["recorded:mine"]
    kept, own = film(source, "recorded:mine"), film(store, run_id)
    same = ("name", "frames", "curves", "questions", "probes", "last")
    assert [kept[key] for key in same] == [own[key] for key in same]
    assert is_recorded(kept["run"])

    shot = {"record": "r", "prompt": "Pet?", "text": "no", "leaked": False}
    shots = [shot] * 50 + [{**shot, "text": "yes", "leaked": True}]
    models = [{"role": "unlearned", "source": f"run:{run_id}"}]
    spec = {"model": {"source": f"run:{run_id}"}}
    findings = {"sampling": {"unlearned": {"value": 0.1, "shots": shots}}}
    audit = sample_audit(run=run_id, models=models, spec=spec, findings=findings)
    write_recorded_audit(AuditResult.of(audit), target)
    written = json.loads((target / "audit.json").read_text(encoding="utf-8"))
    found = written["findings"]["sampling"]["unlearned"]
    assert found["value"] == 0.1
    assert found["shots"][0]["leaked"]
    assert len(found["shots"]) < len(shots)
    assert written["models"][0]["source"] == "recorded:mine"
    assert written["spec"]["model"]["source"] == "run:recorded:mine"


def test_a_recording_is_reported_and_raced_like_a_run(store: Store) -> None:
    assert "It is hidden, not gone" in run_report(store, "recorded:pmc", "python -m unlearn_core")
    assert "Gradient ascent" in race_report(store, ["recorded:pmc", "recorded:gradient-ascent"])


def test_the_command_line_lists_and_shows_recordings(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    workspace = ["--workspace", str(tmp_path), "--json"]
    assert main(["runs", "--recorded", *workspace]) == 0
    assert [run["id"] for run in json.loads(capfd.readouterr().out)] == IDS
    assert main(["show", "recorded:pmc", *workspace]) == 0
    shown = json.loads(capfd.readouterr().out)
    assert shown["result"]["run"] == "recorded:pmc"
    assert "--method pmc" in shown["command"]
    assert main(["export", "recorded:pmc", "--out", str(tmp_path / "out"), *workspace]) == 2
    assert "has no model" in capfd.readouterr().err
