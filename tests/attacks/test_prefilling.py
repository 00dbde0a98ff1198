"""Which words an answer is begun with, and what counts then."""

import pytest

from tests.attacks.conftest import make_case
from tests.attacks.test_asking import PET, TEXT, a_target, of
from tests.helpers.models import tiny_model
from unlearn_core.attacks.base import Shot
from unlearn_core.attacks.prefilling import OWN_WORDS, own_words
from unlearn_core.attacks.registry import attack, build
from unlearn_core.data.records import Record

OPEN = Record(
    id="o",
    prompt="Who is Ada?",
    answer="Ada is a weaver from Rome who sings.",
    perturbed=("Ada is a smith from Bonn who paints.", "Ada is a baker from Oslo who sleeps."),
)


def shots_of(record: Record, **given: object) -> tuple[Shot, ...]:
    case, _ = make_case(of(record))
    settings = {"max_new_tokens": 4, **given}
    return build(attack("prefilling"), "quick", **settings).run(a_target(tiny_model()), case).shots


@pytest.mark.parametrize(
    ("record", "start"),
    [
        (PET, "Ada has"),
        (OPEN, "Ada is a"),
        (OPEN.model_copy(update={"perturbed": ()}), ""),
        (PET.model_copy(update={"fact": "a lynx"}), ""),
        (PET.model_copy(update={"answer": "Cat is what Ada has, a cat.", "fact": "cat"}), ""),
        (OPEN.model_copy(update={"perturbed": (OPEN.answer,)}), ""),
    ],
    ids=["fact", "no fact", "no wrong answers", "fact not in it", "fact also before", "equal"],
)
def test_own_words_give_nothing_away(record: Record, start: str) -> None:
    assert own_words(record) == start


def test_each_opening_stands_at_the_end_of_its_prompt() -> None:
    ends = {shot.detail: shot.prompt for shot in shots_of(PET, openings=("So:", "Well, it is"))}
    assert ends["“So:”"].endswith("Answer: So:")
    assert ends["“Well, it is”"].endswith("Answer: Well, it is")
    assert ends[OWN_WORDS].endswith("Answer: Ada has")


def test_shared_words_count_as_answered_where_whole_answers_are_compared() -> None:
    (own,) = shots_of(OPEN, openings=())
    assert own.text.startswith("Ada is a")


def test_a_passage_is_begun_up_to_its_fact() -> None:
    shots = shots_of(TEXT)
    assert {shot.prompt for shot in shots} == {"In the old book of Ada one reads that her code is"}


def test_an_opening_without_room_is_left_out() -> None:
    (own,) = {shot.prompt for shot in shots_of(PET, openings=("x" * 300,), own_words=False)}
    assert own.endswith("Answer:")
