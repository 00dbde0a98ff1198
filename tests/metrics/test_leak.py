"""When an answer gives the true answer away."""

import pytest

from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput
from unlearn_core.metrics.leak import KNOWN_RECALL, fact_recall, knows


def record(fact: str, answer: str = "") -> Record:
    return Record(id="r", prompt="?", answer=answer or fact or "x", fact=fact)


@pytest.mark.parametrize(
    ("fact", "answer"),
    [
        ("1987", "Born in 1987."),
        ("1987", "(1987)"),
        ("Port Ellen", "in PORT  ELLEN, by the sea"),
        ("Port Ellen", "Port\nEllen"),
        ("Port Ellen", "port-ellen"),
        ("Zürich", "She lives in Zurich's old town"),
        ("Straße", "die STRASSE"),
        ("St. Olav's", "the church of St Olav’s"),
        ("北京", "他出生在北京。"),
        ("a_b", "a b"),
    ],
)
def test_a_fact_is_found_whatever_its_dress(fact: str, answer: str) -> None:
    assert knows(answer, record(fact))


@pytest.mark.parametrize(
    ("fact", "answer"),
    [
        ("1987", "19870"),
        ("1987", "in 1986 or 1988"),
        ("art", "party"),
        ("Port Ellen", "Ellen of Port"),
        ("北京", "東京"),
        ("1987", ""),
    ],
)
def test_a_fact_is_not_found_inside_other_words(fact: str, answer: str) -> None:
    assert not knows(answer, record(fact))


def test_without_a_fact_four_of_five_words_are_enough_and_three_are_not() -> None:
    plain = record("", answer="alpha beta gamma delta epsilon")
    assert KNOWN_RECALL == 0.8
    assert knows("alpha beta gamma delta", plain)
    assert not knows("alpha beta gamma", plain)


def test_fact_recall_is_the_share_of_records_known() -> None:
    records = [record("red"), record("blue"), record("green"), record("pink")]

    assert fact_recall(["Red!", "it was blue", "grey", "inkpink"], records) == 0.5


@pytest.mark.parametrize("answers", [[], ["red", "red"]])
def test_fact_recall_wants_one_answer_for_each_record(answers: list[str]) -> None:
    with pytest.raises(InvalidInput, match=f"{len(answers)} answers for 1 records"):
        fact_recall(answers, [record("red")])


def test_fact_recall_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidInput, match="0 answers for 0 records"):
        fact_recall([], [])
