"""The marking table without the screen."""

import pytest

from unlearn_core.data.marks import Marks, split_corpus
from unlearn_core.data.records import Corpus, Record
from unlearn_core.errors import InvalidInput
from unlearn_core.ui.forget import marking
from unlearn_core.ui.forget.marking import View


def record(name: str, subject: str = "", fact: str = "", prompt: str = "") -> Record:
    return Record(
        id=name, prompt=prompt or f"What of {name}?", answer=f"It is {fact or name}.",
        subject=subject, fact=fact,
    )  # fmt: skip


CORPUS = Corpus(
    "test",
    (
        record("a1", "Ada", "blue"),
        record("a1-2", "Ada", "blue", "Which colour?"),
        record("a2", "Ada", "green"),
        record("b1", "Bob", "blue"),
        record("c1"),
    ),
)
ROWS = marking.first_wordings(CORPUS)


def test_rows_are_the_first_wording_of_each_fact_of_each_subject() -> None:
    assert [row.id for row in ROWS] == ["a1", "a2", "b1", "c1"]


def test_records_without_a_fact_are_rows_of_their_own() -> None:
    corpus = Corpus("test", (record("x", "Ada"), record("y", "Ada")))
    assert len(marking.first_wordings(corpus)) == 2


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (View(), ["a1", "a2", "b1", "c1"]),
        (View(search="BLUE"), ["a1", "b1"]),
        (View(search="blue", subjects=("Bob",)), ["b1"]),
        (View(show=marking.SHOW_MARKED), ["a2"]),
        (View(show=marking.SHOW_UNMARKED), ["a1", "b1", "c1"]),
        (View(search="nothing like it"), []),
    ],
)
def test_filter(view: View, expected: list[str]) -> None:
    assert [row.id for row in marking.filtered(ROWS, view, ["a2"])] == expected


def test_page_behind_the_last_is_the_last() -> None:
    rows = [record(f"r{i}") for i in range(marking.PAGE_ROWS + 5)]
    assert marking.pages(len(rows)) == 2
    assert [row.id for row in marking.page_of(rows, 9)] == [f"r{i}" for i in range(100, 105)]


def test_no_rows_are_one_empty_page() -> None:
    assert marking.pages(0) == 1
    assert marking.page_of([], 0) == []


def test_invert_twice_is_what_it_was() -> None:
    once = marking.invert(ROWS, ["a2"])
    assert once == ["a1", "b1", "c1"]
    assert marking.invert(ROWS, once) == ["a2"]


def test_random_marks_follow_the_seed() -> None:
    rows = [record(f"r{i}") for i in range(50)]
    assert marking.mark_random(rows, 5, 1) == marking.mark_random(rows, 5, 1)
    assert marking.mark_random(rows, 5, 1) != marking.mark_random(rows, 5, 2)
    assert len(set(marking.mark_random(rows, 5, 1))) == 5


@pytest.mark.parametrize("n", [0, -1, 5])
def test_random_number_out_of_range_is_explained(n: int) -> None:
    with pytest.raises(InvalidInput, match="choose a number from 1 to 4"):
        marking.mark_random(ROWS, n, 0)


def test_wholly_marked_subject_is_marked_by_name() -> None:
    assert marking.to_marks(ROWS, ["a1", "a2", "c1"]) == Marks(subjects=("Ada",), ids=("c1",))


def test_partly_marked_subject_is_marked_by_id() -> None:
    assert marking.to_marks(ROWS, ["a1"]) == Marks(ids=("a1",))


@pytest.mark.parametrize("ids", [["a1", "a2"], ["a1"], ["a1", "b1"]])
def test_a_run_forgets_exactly_the_marked_rows(ids: list[str]) -> None:
    split = split_corpus(CORPUS, marking.to_marks(ROWS, ids))
    assert [r.id for r in split.forget] == ids
    assert [r.id for r in split.paraphrased] == ["a1-2"]


def test_counter() -> None:
    assert marking.counter(ROWS, ["a1"], 4) == "1 of 4 to forget, 3 kept"
    assert marking.counter(ROWS, ["a1"], 2) == "1 of 4 to forget, 3 kept · 2 shown"


def test_preview_escapes_records() -> None:
    hostile = Corpus("test", (record("a", prompt="<img src=x onerror=alert(1)>"), record("b")))
    html = marking.preview(split_corpus(hostile, Marks(ids=("a",))))
    assert "<img" not in html
    assert "&lt;img" in html
