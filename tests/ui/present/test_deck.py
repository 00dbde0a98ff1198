"""The slides of a run: what is known of it, no more."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.audits import sample_audit, sample_gone
from tests.helpers.fake_run import HOSTILE, fake_run
from unlearn_core.audits.result import AuditResult
from unlearn_core.errors import InvalidInput
from unlearn_core.runs.events import Event
from unlearn_core.runs.store import Store
from unlearn_core.ui.present.deck import Told, make_deck, told_by
from unlearn_core.ui.present.stage import deck_or_problem

ALL = ["title", "before", "after", "collapse", "kept", "verdict", "cost"]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    store = Store(tmp_path_factory.mktemp("store"))
    return told_by(store, fake_run(store))


def kinds(deck: dict[str, Any]) -> list[str]:
    return [slide["kind"] for slide in deck["slides"]]


def slide(deck: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(one for one in deck["slides"] if one["kind"] == kind)


def test_a_whole_run_has_every_slide_with_head_and_notes(told: Told) -> None:
    deck = make_deck(told)
    assert kinds(deck) == ALL
    assert all(one["head"] and one["notes"] for one in deck["slides"])
    assert json.loads(json.dumps(deck)) == deck


def test_questions_are_those_to_forget_with_their_answers_before_and_after(told: Told) -> None:
    questions = make_deck(told)["questions"]
    assert [q["group"] for q in questions] == ["forget", "paraphrased", "own"]
    first = questions[0]
    assert first["before"] == first["true"] != first["after"]
    assert (first["gaveBefore"], first["givesNow"]) == (True, False)
    assert questions[2]["givesNow"] is None, "nobody knows what a person's own prompt should give"


def test_kept_is_a_neighbour_a_retained_and_a_world_question(told: Told) -> None:
    (only,) = make_deck(told)["kept"]
    assert [q["group"] for q in only] == ["neighbour", "retain", "world"]


def test_a_group_with_fewer_questions_gives_its_last_again(told: Told) -> None:
    more = [
        Event("probe", e.step, {**e.payload, "id": "second"})
        for e in told.events
        if e.kind == "probe" and e.payload["group"] == "retain"
    ]
    kept = make_deck(replace(told, events=[*told.events, *more]))["kept"]
    assert [[q["id"] for q in one] for one in kept] == [
        ["people-4", "people-5", "world-1"],
        ["people-4", "second", "world-1"],
    ]


def test_without_an_audit_the_verdict_says_not_tested(told: Told) -> None:
    verdict = slide(make_deck(told), "verdict")
    assert (verdict["word"], verdict["quote"]) == ("Not tested", None)


def test_the_verdict_of_an_audit_comes_with_its_strongest_quote(told: Told) -> None:
    verdict = slide(make_deck(replace(told, audit=AuditResult.of(sample_audit()))), "verdict")
    assert (verdict["word"], verdict["tone"]) == ("Leaks", "bad")
    assert verdict["quote"]["text"].startswith("Fiora Brinridge won the Ivory Anchor Prize.")
    assert verdict["quote"]["attack"] == "sampling, temperature 1.5, sample 3 of 20"
    assert len(verdict["lines"]) == 3
    gone = slide(make_deck(replace(told, audit=AuditResult.of(sample_gone()))), "verdict")
    assert (gone["word"], gone["quote"]) == ("Gone", None)


def test_the_cost_is_read_off_the_result(told: Told) -> None:
    cost = slide(make_deck(told), "cost")
    assert [tile["value"] for tile in cost["tiles"]] == ["23 s", "98.5 %", "100 %"]
    assert cost["tiles"][1]["was"] == "99 % before"
    assert "48 steps" in cost["small"]


def test_a_run_without_some_events_has_fewer_slides(told: Told) -> None:
    first = [event for event in told.events if event.step == 0]
    begun = replace(told, events=first, result=None, state="running")
    assert kinds(make_deck(begun)) == ["title", "before", "verdict"]
    assert kinds(make_deck(replace(told, events=[]))) == ["title", "verdict", "cost"]


def test_a_run_with_nothing_to_show_says_so(told: Told) -> None:
    with pytest.raises(InvalidInput, match="has measured nothing yet"):
        make_deck(replace(told, events=[], result=None))


def test_a_run_that_teaches_has_no_forgetting_to_present(told: Told) -> None:
    with pytest.raises(InvalidInput, match="teaches instead"):
        make_deck(replace(told, spec={**told.spec, "kind": "teach"}))


def test_many_names_are_counted(told: Told) -> None:
    marks = {"subjects": [f"Person {i}" for i in range(9)]}
    names = slide(make_deck(replace(told, spec={**told.spec, "marks": marks})), "title")["names"]
    assert (len(names), names[-1]) == (7, "+ 3")
    by_id = {"subjects": [], "ids": ["a", "b"]}
    deck = make_deck(replace(told, spec={**told.spec, "marks": by_id}))
    assert slide(deck, "title")["names"] == ["2 records"]


def test_texts_stay_as_they_are_for_the_browser_to_escape(told: Told) -> None:
    own = make_deck(told)["questions"][2]
    assert own["after"] == HOSTILE


def test_an_unknown_run_is_a_sentence_for_the_page(tmp_path: Path) -> None:
    store = Store(tmp_path)
    answer = deck_or_problem(lambda run: told_by(store, run), "no-such-run")
    assert list(answer) == ["problem"]
    assert "no-such-run" in answer["problem"]
