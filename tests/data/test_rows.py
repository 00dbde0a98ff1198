"""Rows as records: fields named or guessed, repairs counted."""

import pytest

from unlearn_core.data.rows import Row, find_fields, records_from_rows
from unlearn_core.errors import InvalidInput


def rows(*values: dict) -> list[Row]:
    return [Row(n, value) for n, value in enumerate(values, 1)]


def read(*values: dict, **given: str):
    return records_from_rows(rows(*values), "t.jsonl", given)


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("question", "answer"),
        ("instruction", "output"),
        ("Query", "Response"),
        ("input", "target"),
        ("prompt", "completion"),
    ],
)
def test_question_and_answer_are_guessed(prompt, answer):
    (record,), warnings = read({"extra": 1, prompt: " Who? ", answer: "Ann "})
    assert (record.prompt, record.answer) == ("Who?", "Ann")
    assert warnings == ()


def test_other_fields_are_guessed():
    (record,), _ = read(
        {
            "question": "Who?",
            "answer": "Ann Bell",
            "author": 3,
            "key": "Ann",
            "perturbed_answer": ["Bob", "Cid"],
            "paraphrased_answer": "It is Ann",
        }
    )
    assert (record.id, record.subject, record.fact) == ("r0001", "3", "Ann")
    assert (record.perturbed, record.paraphrases) == (("Bob", "Cid"), ("It is Ann",))


def test_named_fields_go_before_guesses():
    (record,), _ = read(
        {"question": "no", "ask": "Who?", "answer": "no", "say": "Ann", "who": "A", "f": "Ann"},
        prompt="ask", answer="say", subject="who", fact="f",
    )  # fmt: skip
    assert (record.prompt, record.answer) == ("Who?", "Ann")
    assert (record.subject, record.fact) == ("A", "Ann")


def test_a_text_field_alone_makes_passages():
    (record,), _ = read({"text": "Dear Ann"})
    assert record.is_passage and record.answer == "Dear Ann"


def test_an_answer_field_alone_makes_passages():
    (record,), _ = read({"story": "x", "body": "Dear Ann"}, answer="body")
    assert record.is_passage and record.answer == "Dear Ann"


def test_a_missing_field_is_named_with_those_there_are():
    with pytest.raises(InvalidInput, match="no field 'ask'; its fields are question, answer"):
        read({"question": "Who?", "answer": "Ann"}, prompt="ask")


@pytest.mark.parametrize("values", [{"a": "1", "b": "2"}, {"question": "Who?", "b": "2"}])
def test_an_answer_that_cannot_be_guessed_is_asked_for(values):
    with pytest.raises(InvalidInput, match="Name one as answer field"):
        read(values)


def test_a_question_that_cannot_be_guessed_is_asked_for():
    with pytest.raises(InvalidInput, match="Name one as prompt field"):
        find_fields(rows({"q1": "Who?", "answer": "Ann"}), "t", {})


def test_numbers_become_text_with_a_count():
    records, warnings = read(
        {"question": "When?", "answer": 1931}, {"question": "Where?", "answer": "Rome"},
        {"question": "Really?", "answer": True},
    )  # fmt: skip
    assert [record.answer for record in records] == ["1931", "Rome", "True"]
    assert warnings == ("t.jsonl: 2 values of 'answer' were not text and were turned into text.",)


def test_a_list_as_answer_is_refused_with_its_line():
    with pytest.raises(InvalidInput, match="t.jsonl: Line 2: 'answer' is a list"):
        read({"question": "a", "answer": "b"}, {"question": "a", "answer": ["b"]})


def test_empty_rows_are_skipped_with_a_count_and_numbers_stay():
    records, warnings = read(
        {"question": "a", "answer": ""}, {"question": "b", "answer": "c"},
        {"question": None, "answer": "d"}, {"question": "e"},
    )  # fmt: skip
    assert [record.id for record in records] == ["r0002"]
    assert set(warnings) == {
        "t.jsonl: 2 rows with an empty answer were skipped.",
        "t.jsonl: 1 rows with an empty prompt were skipped.",
    }


def test_only_empty_rows_are_refused():
    with pytest.raises(InvalidInput, match="no row with text"):
        read({"question": "a", "answer": " "})


def test_ids_become_unique():
    records, warnings = read(*[{"id": i, "text": "x"} for i in ("a", "a", "a-2", "a")])
    assert [record.id for record in records] == ["a", "a-3", "a-2", "a-4"]
    assert warnings == ("t.jsonl: 2 ids stood more than once and got a number.",)
