"""A comparison in the page's address, and what of it is still there."""

import random

import pytest

from unlearn_core.errors import InvalidInput
from unlearn_core.settings.sampling import SamplingSpec
from unlearn_core.ui.compare.links import LONGEST_LINK, Comparison, from_link, to_link
from unlearn_core.ui.compare.restoring import restore

WHOLE = Comparison(
    sources=("bundled", "run:20260101-pmc-ab12"),
    questions=("forget/p01-birthplace",),
    own="Wer? <b>🙂</b>\nאיפה?",
    prompt_set="Mine",
    sampled=True,
    n=50,
    seed=3,
    mix=77,
    sampling=SamplingSpec(temperature=0.5),
)


def test_a_link_keeps_everything() -> None:
    link = to_link(WHOLE)
    assert from_link(link) == WHOLE
    assert link.replace("-", "").replace("_", "").isalnum()


def test_what_is_too_long_for_an_address_has_no_link() -> None:
    noise = "".join(random.Random(0).choices("abcdefghij", k=4 * LONGEST_LINK))
    assert to_link(WHOLE.model_copy(update={"own": noise})) == ""


@pytest.mark.parametrize("link", ["", "x", "!!", to_link(WHOLE)[:-9], "eJyrVkrNSVWyUlCqBQAS-AMd"])
def test_damaged_link_is_told(link: str) -> None:
    with pytest.raises(InvalidInput, match="damaged"):
        from_link(link)


def test_what_was_deleted_is_told_and_the_rest_is_kept() -> None:
    found = restore(WHOLE, ["bundled"], ["forget/p01-birthplace"], [])
    assert found.comparison.sources == ("bundled",)
    assert found.comparison.questions == WHOLE.questions
    assert found.comparison.prompt_set == ""
    told = " ".join(found.notes)
    assert "a model that is not here any more: run:20260101-pmc-ab12." in told
    assert "a set of questions that is not here any more: Mine." in told


def test_what_is_all_there_is_only_announced() -> None:
    found = restore(WHOLE, WHOLE.sources, WHOLE.questions, ["Mine"])
    assert found.comparison == WHOLE and len(found.notes) == 1
