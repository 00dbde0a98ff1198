"""Collapsing answers as rows that stay while their shares change."""

from typing import Any

from unlearn_core.runs.events import Event
from unlearn_core.ui.present.frames import MOST_ANSWERS, MOST_FRAMES, watched
from unlearn_core.ui.texts import present as words


def answers(step: int, counts: dict[str, int], leaks: tuple[str, ...] = ()) -> Event:
    payload = {
        "id": "q", "prompt": "Who?", "true": "She.", "n": sum(counts.values()),
        "answers": list(counts.items()), "leaks": list(leaks),
    }  # fmt: skip
    return Event("answers", step, payload)


def rows(film: dict[str, Any]) -> dict[str, list[float]]:
    return {row["text"]: row["shares"] for row in film["rows"]}


def test_all_leaks_are_one_row_and_shares_add_up() -> None:
    events = [
        answers(0, {"She.": 6, "It is she.": 2, "No.": 2}, ("She.", "It is she.")),
        answers(5, {"No.": 10}),
    ]
    (film,) = watched(events)
    assert film["steps"] == [0, 5]
    assert film["distinct"] == [3, 1]
    assert rows(film) == {words.LEAKING: [0.8, 0.0], "No.": [0.2, 1.0]}
    assert [row["kind"] for row in film["rows"]] == ["leak", "answer"]


def test_many_answers_are_summed_up_and_the_last_one_is_shown() -> None:
    many = {f"Answer {i}.": 2 for i in range(20)}
    (film,) = watched([answers(0, many), answers(1, {"I do not know.": 1, **many})])
    shown = rows(film)
    assert len(shown) == MOST_ANSWERS + 2
    assert words.REST in shown
    for place in range(2):
        assert abs(sum(shares[place] for shares in shown.values()) - 1) < 1e-3
    (film,) = watched([answers(0, many), answers(1, {"I do not know.": 40})])
    assert rows(film)["I do not know."] == [0.0, 1.0]


def test_an_empty_answer_has_a_name() -> None:
    (film,) = watched([answers(0, {"": 4}), answers(1, {"": 4})])
    assert rows(film)[words.NOTHING] == [1.0, 1.0]


def test_asked_once_is_no_film() -> None:
    assert watched([answers(0, {"No.": 1})]) == []


def test_long_runs_are_thinned_with_both_ends() -> None:
    (film,) = watched([answers(step, {"No.": 1}) for step in range(1000)])
    assert len(film["steps"]) == MOST_FRAMES
    assert (film["steps"][0], film["steps"][-1]) == (0, 999)
