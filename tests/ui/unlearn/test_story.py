"""The same questions before and after, as a first visitor reads them."""

from tests.helpers.fake_run import fake_result
from unlearn_core.runs.events import Event
from unlearn_core.runs.result import RunResult
from unlearn_core.ui.unlearn.story import probes, story_html, verdict


def probe(name: str, group: str, step: int, text: str) -> Event:
    payload = {"id": name, "group": group, "prompt": "Who?", "true": "Ada", "text": text}
    return Event("probe", step, payload)


def result(before: float, after: float) -> RunResult:
    found = fake_result("r")
    for side, recall in (("before", before), ("after", after)):
        found[side]["forget"]["fact_recall"] = recall
        found[side]["retain"]["fact_recall"] = 0.975
    return RunResult.of(found)


def test_first_and_last_answer_of_each_probe_in_the_groups_order() -> None:
    events = [probe("r", "retain", 0, "a"), probe("f", "forget", 0, "b"),
              probe("r", "retain", 5, "c"), probe("f", "forget", 5, "d")]  # fmt: skip
    assert [(x["text"], y["text"]) for x, y in probes(events)] == [("b", "d"), ("a", "c")]


def test_verdict_says_then_and_now() -> None:
    words = verdict(result(1.0, 0.0))
    assert "facts to forget the model gave 100 % before and 0 % now" in words
    assert "facts to keep 97.5 % before and 97.5 % now" in words


def test_run_without_result_has_no_verdict() -> None:
    assert verdict(None) == ""


def test_what_the_model_said_is_escaped() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    html = story_html([probe("f", "forget", 0, hostile), probe("f", "forget", 1, "x")], None)
    assert "<img" not in html
    assert "&lt;img" in html


def test_changed_words_are_marked_on_both_sides() -> None:
    events = [probe("f", "forget", 0, "born in Rome"), probe("f", "forget", 1, "born in secret")]
    html = story_html(events, None)
    assert '<span class="lethe-removed">Rome</span>' in html
    assert '<span class="lethe-added">secret</span>' in html


def test_probes_asked_once_are_no_before_and_after() -> None:
    assert story_html([probe("f", "forget", 0, "Rome")], None) == ""


def test_no_probes_is_no_story() -> None:
    assert story_html([], None) == ""
