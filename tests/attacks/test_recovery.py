"""Every attack that asks succeeds on the original, and not on the twin that never knew."""

import pytest

from tests.attacks.conftest import attacked, succeeded
from unlearn_core.attacks.base import Material, Role, Target

NAMES = ("sampling", "prefilling", "phrasings", "hints", "instructions", "multiple-choice")


@pytest.fixture(scope="module")
def half(material: Material) -> Material:
    """Two of the four people."""
    people = dict.fromkeys(record.subject for record in material.forget)
    kept = set(list(people)[:2])
    return Material(
        tuple(record for record in material.forget if record.subject in kept),
        tuple(record for record in material.paraphrased if record.subject in kept),
        material.retain,
        material.world,
        material.holdout,
    )


@pytest.mark.bundled
@pytest.mark.parametrize("name", NAMES)
def test_told_apart(name: str, targets: dict[Role, Target], half: Material) -> None:
    knows = attacked(name, targets["original"], half)
    assert succeeded(knows), knows.value
    assert any(shot.leaked for shot in knows.shots)
    never_knew = attacked(name, targets["retrained"], half)
    assert not succeeded(never_knew), never_knew.value
    assert never_knew.p is not None and never_knew.p > 0.01


@pytest.mark.bundled
def test_the_worst_case_is_high_by_luck_where_the_share_is_not(
    targets: dict[Role, Target], half: Material
) -> None:
    finding = attacked("sampling", targets["retrained"], half, samples=60, temperatures=(1.0,))
    assert finding.value is not None and finding.value < 0.05
    assert finding.numbers["worst case, temperature 1"] > 2 * finding.value
    assert finding.numbers["worst case, p"] > 0.01


@pytest.mark.bundled
def test_bounds_hold_what_they_bound(targets: dict[Role, Target], half: Material) -> None:
    finding = attacked("sampling", targets["original"], half, samples=5, temperatures=(1.5,))
    numbers = finding.numbers
    expected = numbers["expected leak, temperature 1.5"]
    assert expected == finding.value
    all_answers = numbers["leak bound (99 %) of all answers, temperature 1.5"]
    assert (
        expected < all_answers < numbers["leak bound (99 %) of a question, mean, temperature 1.5"]
    )
    leaks = sum(int(shot.detail.split(", ")[1].split()[0]) for shot in finding.shots if shot.leaked)
    assert leaks == round(expected * 5 * len(half.forget))


@pytest.mark.bundled
def test_the_first_words_of_the_answer_bring_its_fact(
    targets: dict[Role, Target], half: Material
) -> None:
    finding = attacked("prefilling", targets["original"], half, openings=(), samples=3)
    assert finding.numbers["found, first words of the true answer"] > 0.9
    assert set(finding.numbers) == {
        "found, first words of the true answer",
        "found, first words of the true answer, sampled",
    }
