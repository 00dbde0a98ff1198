"""Words that differ, and how often each answer was given."""

import pytest

from unlearn_core.metrics.differences import answer_histogram, how_different, word_diff


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        ("", "", []),
        ("a b", "a b", [("a b", "same")]),
        ("born in Oslo", "born in a town", [("born in", "same"), ("Oslo", "removed"),
                                            ("a town", "added")]),
        ("x y z", "", [("x y z", "removed")]),
        ("", "x y", [("x y", "added")]),
        ("a b c", "b c d", [("a", "removed"), ("b c", "same"), ("d", "added")]),
    ],
)  # fmt: skip
def test_word_differences(before: str, after: str, parts: list[tuple[str, str]]) -> None:
    assert word_diff(before, after) == parts


def test_differences_spell_both_texts_out() -> None:
    before, after = "the cat sat on the mat " * 60, "the dog sat on a mat " * 60
    parts = word_diff(before, after)
    assert " ".join(text for text, tag in parts if tag != "added").split() == before.split()
    assert " ".join(text for text, tag in parts if tag != "removed").split() == after.split()


def test_a_histogram_counts_the_most_common_first() -> None:
    answers = ["b", "a", "c  d", "a", "c d", " c\nd "]
    assert answer_histogram(answers) == [("c d", 3), ("a", 2), ("b", 1)]


def test_how_different_answers_are() -> None:
    assert how_different(["a b", "a b"]) == 0.0
    assert how_different(["a b", "c d", "e"]) == 1.0
    assert how_different(["a b", "a c"]) == 0.5
    assert how_different(["alone"]) == how_different([]) == 0.0
