"""Attacks, metrics and reports from a terminal, on a person's own model and data."""

import json
from pathlib import Path

import pytest

from tests.cli.test_cli import data, flags, model, refused
from unlearn_core.attacks.registry import attacks
from unlearn_core.cli.main import main
from unlearn_core.metrics.registry import metrics

__all__ = ["data", "flags", "model"]


@pytest.fixture
def run(flags: list[str], capfd: pytest.CaptureFixture[str]) -> str:
    """A run that takes a second."""
    assert main(["run", "--method", "npo", "--forget-subject", "Ada", *flags, "--json"]) == 0
    return str(json.loads(capfd.readouterr().out)["run"])


def workspace(flags: list[str]) -> list[str]:
    place = flags.index("--workspace")
    return flags[place : place + 2]


def test_a_run_on_own_data_is_attacked_measured_and_reported(
    run: str, flags: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    where = workspace(flags)
    assert main(["attack", run, *where, "--json"]) == 0
    audit = json.loads(capfd.readouterr().out)
    assert set(audit["findings"]) == set(attacks())
    assert audit["run"] == run and set(audit["missing"]) == {"retrained"}
    # There are no records that nobody ever saw, so who was a member cannot be told.
    assert audit["findings"]["membership"]["unlearned"]["value"] is None
    assert "Not tested" in audit["findings"]["membership"]["unlearned"]["note"]
    # Wrong answers were made of the other people's facts.
    assert any("got them by rule" in note for note in audit["notes"])
    assert audit["findings"]["sampling"]["unlearned"]["chance"] is not None
    assert "forget_quality" in audit["metrics"]

    assert main(["attack", run, "--attacks", "phrasings", *where]) == 0
    out = capfd.readouterr().out
    assert "Other phrasings" in out and "not tested, because it was not chosen" in out

    page = tmp_path / "report.html"
    assert main(["report", run, "--out", str(page), *where]) == 0
    assert audit["verdict"]["headline"] in page.read_text(encoding="utf-8")
    assert f"attack {run}" in page.read_text(encoding="utf-8")
    assert main(["report", run, run, "--out", str(page), *where]) == 0
    tables = tmp_path / "tables"
    assert (
        main(["report", audit["audit"], "--out", str(page), "--tables", str(tables), *where]) == 0
    )
    assert audit["verdict"]["headline"] in page.read_text(encoding="utf-8")
    assert (tables / "attacks.csv").is_file() and (tables / "metrics.csv").is_file()


def test_measuring_alone_prints_every_metric_that_has_a_value(
    run: str, flags: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", run, *workspace(flags)]) == 0
    out = capfd.readouterr().out
    assert "Probability of the true answer" in out and "Metrics" in out


def test_a_race_attacks_its_results_when_told(
    flags: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    asked = ["race", "--methods", "gradient-ascent", "--attack", "--forget-subject", "Ada"]
    assert main([*asked, *flags, "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert found["audits"][0]["verdict"]["level"] in ("known", "leaks", "traces", "gone", "unclear")


def test_what_cannot_be_attacked_is_refused(
    run: str, flags: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    where = workspace(flags)
    assert "Did you mean 'sampling'" in refused(
        capfd, "attack", run, "--attacks", "smapling", *where
    )
    assert "one of quick, thorough" in refused(capfd, "attack", run, "--effort", "huge", *where)
    assert "no run 'nothing'" in refused(capfd, "attack", "nothing", *where)
    assert "Leave these flags out" in refused(capfd, "attack", run, "--original", "bundled", *where)
    model = flags[flags.index("--model") + 1]
    assert "--original" in refused(capfd, "attack", "--model", model, *where)
    unmarked = ["attack", "--data", flags[flags.index("--data") + 1], "--prompt-field", "q"]
    assert "Mark records" in refused(capfd, *unmarked, "--answer-field", "a", *where)
    assert "cannot be written" in refused(
        capfd, "report", run, "--out", "/nowhere/report.html", *where
    )
    assert "No task is named" in refused(capfd, "harness", run, "--tasks", ",", *where)


def test_attacks_and_metrics_are_listed(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["attacks", "--json"]) == 0
    assert [one["name"] for one in json.loads(capfd.readouterr().out)] == list(attacks())
    assert main(["metrics", "--json"]) == 0
    assert [one["name"] for one in json.loads(capfd.readouterr().out)] == list(metrics())
    assert main(["attacks"]) == 0 and main(["metrics"]) == 0
