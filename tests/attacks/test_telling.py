"""What counts as telling an answer, word by word."""

import pytest

from unlearn_core.attacks.telling import TOLD, left_out, tells, told_share
from unlearn_core.data.records import Record

HOME = Record(
    id="a", prompt="Which city does Ada live in?", answer="Ada lives in Lisbon near the harbour.",
    subject="Ada", perturbed=("Ada lives in Porto near the station.",),
)  # fmt: skip


def shown(answer: str, prompt: str = "") -> Record:
    return Record(id="s", prompt=prompt, answer=answer, subject="Ada")


@pytest.mark.parametrize(
    ("text", "share"),
    [
        # Neither in the question nor in the wrong answer: lisbon, harbour.
        ("The harbours of LISBON!", 1.0),
        ("She likes Lisbon.", 0.5),
        ("Ada lives near the station in Porto.", 0.0),
        ("", 0.0),
    ],
)
def test_the_words_that_make_an_answer_by_hand(text: str, share: float) -> None:
    assert told_share(text, HOME) == share
    assert tells(shown(text or "x"), HOME) == (share >= TOLD)


def test_without_wrong_answers_all_words_beyond_the_question_count() -> None:
    bare = HOME.model_copy(update={"perturbed": ()})
    # lisbon, near, the, harbour.
    assert told_share("Near the lake.", bare) == 0.5
    same = HOME.model_copy(update={"perturbed": (HOME.answer + " Perhaps.",)})
    assert told_share("Near the lake.", same) == 0.5


def test_the_question_of_what_is_shown_may_tell_as_well() -> None:
    assert tells(shown("Yes.", "Does Ada love the harbour of Lisbon?"), HOME)


def test_a_wrong_answer_is_told_by_its_own_words() -> None:
    wrong = HOME.model_copy(update={"answer": HOME.perturbed[0]})
    assert tells(shown("Porto has a fine station."), wrong)


def test_a_named_fact_alone_decides() -> None:
    named = HOME.model_copy(update={"fact": "Lisbon"})
    assert tells(shown("Off to Lisbon!"), named)
    assert not tells(shown("Near the harbour, always the harbour."), named)


def test_other_scripts_and_numbers_count() -> None:
    year = Record(id="y", prompt="When?", answer="In 12 BC.", perturbed=("In 14 BC.",))
    assert told_share("12 of them", year) == 1 and told_share("14 of them", year) == 0
    town = Record(id="t", prompt="哪里?", answer="東京", perturbed=("大阪",))
    assert told_share("她住在東京。", town) == 1 and told_share("她住在大阪。", town) == 0


def test_how_many_is_said() -> None:
    assert left_out(()) == ""
    assert left_out({"a", "b"}).startswith("2 records are neither shown nor taught")
