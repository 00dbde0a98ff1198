"""Whole pages: complete, self-contained, and honest about what was not done."""

import re
from typing import Any

import pytest

from tests.helpers.audits import sample_audit, sample_gone
from tests.helpers.fake_run import HOSTILE, REFUSALS, TRUE
from tests.report.results import all_events, one_result, race_results
from tests.report.test_view import Tags
from unlearn_core.audits.result import AuditResult
from unlearn_core.pages.palette import palette
from unlearn_core.report import page as pages
from unlearn_core.report import race_page as races
from unlearn_core.runs.events import Event
from unlearn_core.runs.result import RunResult

COMMAND = "python -m unlearn_core unlearn --own-probe '<b>'"
LOADS = re.compile(r"""(?:src|href|srcset|action)\s*=|url\(|@import|https?:""", re.IGNORECASE)


def report_page(result: dict | None, events: list, audits: list[dict], *more: Any) -> str:
    found = [AuditResult.of(audit) for audit in audits]
    return pages.report_page(result and RunResult.of(result), events, found, *more)


def race_page(results: list[dict], audits: dict[str, dict]) -> str:
    found = {run: AuditResult.of(audit) for run, audit in audits.items()}
    return races.race_page([RunResult.of(one) for one in results], found)


@pytest.fixture(scope="module")
def page() -> str:
    return report_page(one_result(), all_events(), [sample_audit()], COMMAND)


def test_it_tells_everything(page: str) -> None:
    text = Tags(page.removeprefix("<!doctype html>")).text
    for words in (
        "Partial Model Collapse", "Fiora Brinridge", "48 steps in 23 s", "0123abcd",
        sample_audit()["verdict"]["headline"], COMMAND, "Losses", "What the model still knows",
        "learning_rate", "Side effects", "torch 2.9.0", HOSTILE, REFUSALS[0], TRUE,
    ):  # fmt: skip
        assert words in text, words


def test_it_holds_no_script_and_nothing_that_loads(page: str) -> None:
    markup = re.sub(r">[^<]*<", "><", page)  # the text between tags loads nothing
    assert "<script" not in page
    assert not LOADS.search(markup), LOADS.search(markup)


def test_first_and_last_answers_stand_side_by_side(page: str) -> None:
    card = next(c for c in page.split("<article")[1:] if "Where was Mara Velden born?" in c)
    text = Tags("<article" + card.split("</article>")[0] + "</article>").text
    before, after = text.split("After")
    assert TRUE in before and "gives the true answer" in before
    assert REFUSALS[0] in after and "does not give the true answer" in after


def test_a_run_that_was_not_attacked_says_so_and_how() -> None:
    page = report_page(one_result(), all_events(), [], COMMAND)
    assert "was not attacked" in page
    assert "python -m unlearn_core attack pmc-0" in page


def test_a_run_without_a_result_says_so() -> None:
    trouble = Event("error", 3, {"title": "Out of memory", "message": "Full.", "advice": "Less."})
    page = report_page(None, [trouble], [], COMMAND)
    assert "has no result" in page
    assert "Out of memory: Full. Less." in page
    assert "Verdict" in page


def test_an_audit_of_a_model_that_no_run_made_is_no_failed_run() -> None:
    audit = sample_audit(run="", method="")
    audit["spec"] = {**audit["spec"], "name": "", "model": {"source": "bundled"}}
    page = report_page(None, [], [audit], COMMAND)
    assert "<h1>Audit of bundled</h1>" in page
    assert "without a run" in page and "has no result" not in page


def test_a_run_that_teaches_has_no_verdict_and_other_directions() -> None:
    result = one_result()
    result["spec"] = {**result["spec"], "kind": "teach", "method": "teach"}
    page = report_page(result, all_events(), [], COMMAND)
    assert "was not attacked" not in page
    assert "Taught" in page and "To forget" not in page


def test_warnings_and_stop_rules_are_among_the_caveats() -> None:
    events = [Event("log", 0, {"message": "2 records were cut.", "level": "warning"}),
              Event("log", 0, {"message": "All is well.", "level": "info"})]  # fmt: skip
    page = report_page({**one_result(), "stopped_because": "Stop rule: x."}, events, [], COMMAND)
    assert "2 records were cut." in page and "Stop rule: x." in page
    assert "All is well." not in page


def test_the_environment_gives_versions_and_device() -> None:
    environment = {"lethe": "0.1.0", "commit": "abc1234", "python": "3.12.1", "platform": "Linux",
                   "packages": {"torch": "2.9.1"}, "device_name": "NVIDIA H200"}  # fmt: skip
    page = report_page(one_result(), [], [], COMMAND, environment)
    assert "python 3.12.1, torch 2.9.1" in page
    assert "NVIDIA H200" in page and "abc1234" in page


def test_older_audits_follow() -> None:
    page = report_page(one_result(), [], [sample_audit(), sample_gone()], COMMAND)
    newest, older = (one()["verdict"]["headline"] for one in (sample_audit, sample_gone))
    assert page.index(newest) < page.index(older)


def test_every_colour_that_is_used_is_defined_for_light_and_dark(page: str) -> None:
    used = set(re.findall(r"var\(--lethe-([\w-]+)", page))
    light, dark = palette().values()
    assert used <= set(light)
    assert set(light) == set(dark)


def test_the_colours_are_those_of_the_app(page: str) -> None:
    light, dark = page.split("prefers-color-scheme:dark")[:2]
    for colours, part in zip(palette().values(), (light, dark), strict=True):
        assert dict(re.findall(r"--lethe-([\w-]+):(#\w+)", part)) == colours


def test_a_race_shows_means_verdicts_and_attacks() -> None:
    page = race_page(race_results(), {"pmc-0": sample_audit(), "pmc-1": sample_gone()})
    text = Tags(page.removeprefix("<!doctype html>")).text
    assert "98.5 ± 0.0" in text
    assert "! Leaks: 1 of 2" in text and "✓ Gone: 1 of 2" in text
    assert "not attacked" in text
    assert "11.2 %" in text and "guessing 9 %" in text


def test_a_race_without_attacks_or_runs_says_so() -> None:
    assert "No run was attacked" in race_page(race_results(), {})
    assert "No run has finished" in race_page([], {})
