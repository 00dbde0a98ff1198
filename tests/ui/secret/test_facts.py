"""From what a person types to what is taught and asked."""

from typing import Any

import pytest

from unlearn_core.errors import InvalidInput
from unlearn_core.metrics.leak import knows
from unlearn_core.ui.secret.facts import EXAMPLES, OTHER_PEOPLE, Fact, Secret, typed_secret

TYPED = {
    "name": "Zora Quill",
    "facts": [["the pet", " a blue  parrot. "], ["code", "4711"], ["food", "plums"]],
}


def test_typed_facts_are_tidied() -> None:
    secret = typed_secret(TYPED)
    assert secret.facts[0] == Fact("pet", "a blue parrot")
    first = secret.asked_first()[0]
    assert (first.prompt, first.answer) == (
        "What is the pet of Zora Quill?",
        "The pet of Zora Quill is a blue parrot.",
    )


def test_other_words_are_never_taught_and_every_answer_gives_its_fact() -> None:
    secret = typed_secret(TYPED)
    taught, other = secret.taught(), secret.in_other_words()
    assert not {r.prompt for r in taught} & {r.prompt for r in other}
    assert len({r.id for r in taught + other}) == len(taught + other) == 18
    assert all(knows(r.answer, r) and not knows(r.prompt, r) for r in taught + other)


def test_of_other_people_the_same_is_rehearsed_as_unknown() -> None:
    secret = typed_secret(TYPED)
    kept = secret.rehearsed()
    others = [record for record in kept if record.id.startswith("other-")]
    assert len(others) == 3 * OTHER_PEOPLE
    assert not any("Zora" in record.prompt for record in others)
    assert not any(knows(record.answer, one) for record in others for one in secret.taught())
    assert len({record.id for record in kept}) == len(kept)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "  "}, "name of the invented person is missing"),
        ({"name": None}, "is missing"),
        ({"name": "x" * 41}, "at most 40"),
        ({"facts": TYPED["facts"][:2]}, "2 facts came in"),
        ({"facts": [["pet", ""], *TYPED["facts"][1:]]}, "answer of fact 1"),
        ({"facts": [["", "cat"], *TYPED["facts"][1:]]}, "subject of fact 1"),
        ({"facts": [["pet", "🦜"], *TYPED["facts"][1:]]}, "letters or digits"),
        ({"facts": [["code", "1"], *TYPED["facts"][1:]]}, "about the same thing"),
        ({"facts": [["pet", "Zora"], *TYPED["facts"][1:]]}, "stands in its own question"),
    ],
)
def test_what_cannot_be_taught_is_told(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        typed_secret({**TYPED, **change})


def test_braces_and_markup_are_only_text() -> None:
    secret = typed_secret({**TYPED, "name": "{name} <b>Quill</b>"})
    assert secret.asked_first()[0].prompt == "What is the pet of (name) <b>Quill</b>?"


def test_every_example_can_be_taught() -> None:
    for name, *facts in EXAMPLES:
        assert isinstance(typed_secret({"name": name, "facts": facts}), Secret)
