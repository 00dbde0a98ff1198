"""Which option is picked, by hand; ties; the least likely one; what is shown."""

from dataclasses import replace

import numpy as np
import pytest

from tests.attacks.conftest import attacked, succeeded
from tests.attacks.test_asking import PET, TEXT, a_target, of, silent_model
from tests.helpers.models import tiny_model
from unlearn_core.attacks.base import Material, Role, Target
from unlearn_core.attacks.multiple_choice import Choice, judged_picks, normalised
from unlearn_core.data.alternatives import with_wrong_answers
from unlearn_core.data.records import Record


def choice(*probabilities: float) -> Choice:
    options = tuple(f"option {n}" for n in range(len(probabilities)))
    return Choice(PET, options, np.array(probabilities))


def test_scores_are_normalised_inverse_perplexities() -> None:
    # exp(-1), exp(-2), exp(-3) over their sum 0.553002.
    assert normalised([-1.0, -2.0, -3.0]) == pytest.approx([0.665241, 0.244728, 0.090031], abs=1e-6)


def test_impossible_options_have_no_probability_and_no_nan() -> None:
    assert normalised([-1.0, -np.inf, np.nan]).tolist() == [1.0, 0.0, 0.0]
    assert normalised([-np.inf, -np.inf]).tolist() == [0.5, 0.5]


def test_picks_by_hand() -> None:
    assert choice(0.5, 0.3, 0.2).picked.tolist() == [[1, 0], [0, 0], [0, 1]]
    assert choice(0.1, 0.5, 0.4).picked.tolist() == [[0, 1], [1, 0], [0, 0]]
    assert choice(0.4, 0.4, 0.2).picked.tolist() == [[0.5, 0], [0.5, 0], [0, 1]]
    assert choice(0.5, 0.5).picked.tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_equal_options_are_picked_by_nobody() -> None:
    equal = PET.model_copy(update={"perturbed": (PET.answer, PET.answer, PET.answer)})
    finding = attacked("multiple-choice", a_target(tiny_model()), of(equal))
    assert finding.value == pytest.approx(0.25)
    assert finding.p == 1


def test_records_without_wrong_answers_are_left_out() -> None:
    bare = PET.model_copy(update={"id": "bare", "perturbed": ()})
    finding = attacked("multiple-choice", a_target(silent_model()), of(PET, bare, TEXT))
    assert finding.count == 2
    assert finding.note.startswith("1 records are left out")
    assert attacked("multiple-choice", a_target(tiny_model()), of(bare)).value is None


def test_a_borrowed_least_likely_pick_is_a_guess_by_hand() -> None:
    own, other = choice(0.1, 0.5, 0.4), replace(choice(0.1, 0.5, 0.2, 0.2), borrowed=True)
    mixed = judged_picks([own, other])
    assert (mixed[0].true, mixed[1].true) == ((0, 1), (0, 0.25))
    assert mixed[1].wrong == ((1, 0.25), (0, 0.25), (0, 0.25))
    (alone,) = judged_picks([other])
    assert (alone.true, alone.wrong) == ((0,), ((1,), (0,), (0,)))


def strange(records: tuple[Record, ...]) -> list[Record]:
    """Records with a fact that nobody ever heard of, and without wrong answers."""
    return [
        record.model_copy(
            update={
                "id": f"strange {number}", "prompt": record.prompt, "perturbed": (),
                "answer": record.answer.replace(record.fact, f"Xqj{number}vkz Wbrgh"),
                "fact": f"Xqj{number}vkz Wbrgh", "subject": f"{record.subject} the Other",
            }
        )
        for number, record in enumerate(records)
    ]  # fmt: skip


@pytest.mark.bundled
def test_who_never_knew_is_not_accused_of_shunning_beside_familiar_wrong_answers(
    targets: dict[Role, Target], material: Material
) -> None:
    kept = material.retain[:200]
    done = with_wrong_answers(strange(kept[:20]), kept)
    assert len(done.borrowed) == 20
    honest = Material(done.records, (), (), (), (), done.borrowed)
    finding = attacked("multiple-choice", targets["retrained"], honest)
    # No wonder: the true answer is the least familiar of all, to any model.
    shunned = finding.numbers["accuracy, least likely of wrong answers by rule"]
    assert shunned > 0.9 and not succeeded(finding)
    assert "accuracy, least likely" not in finding.numbers
    assert [curve.name for curve in finding.curves] == ["most likely"]
    assert not any(shot.leaked for shot in finding.shots)
    assert finding.note.startswith("For 20 records the least likely pick is only told")
    # Were the wrong answers given with the records, this would be a leak.
    given = attacked("multiple-choice", targets["retrained"], replace(honest, borrowed=frozenset()))
    assert succeeded(given) and given.numbers["accuracy, least likely"] == shunned
    assert given.note == ""


@pytest.mark.bundled
def test_records_with_their_own_wrong_answers_expose_shunning_among_borrowed_ones(
    targets: dict[Role, Target], material: Material
) -> None:
    shunned = tuple(_swapped(record) for record in material.forget[:20])
    borrowed = frozenset(record.id for record in shunned[:8])
    finding = attacked("multiple-choice", targets["original"],
                       Material(shunned, (), (), (), (), borrowed))  # fmt: skip
    # Twelve of their own, and eight that are guessed among three options.
    assert finding.value == pytest.approx((12 + 8 / 3) / 20) and succeeded(finding)
    assert {shot.record for shot in finding.shots if shot.leaked} == {r.id for r in shunned[8:]}


@pytest.mark.bundled
def test_a_shunned_answer_is_found_by_being_the_least_likely(
    targets: dict[Role, Target], material: Material
) -> None:
    shunned = tuple(_swapped(record) for record in material.forget[:20])
    finding = attacked("multiple-choice", targets["original"], Material(shunned, (), (), (), ()))
    assert finding.numbers["accuracy, most likely"] == 0
    assert finding.numbers["accuracy, least likely"] == 1
    assert succeeded(finding)
    leaked = [shot for shot in finding.shots if shot.leaked]
    assert all(shot.detail == "the true answer is least likely" for shot in leaked)
    assert len(leaked) == 20


@pytest.mark.bundled
def test_quantiles_end_with_all_questions(targets: dict[Role, Target], material: Material) -> None:
    few = Material(material.forget[:10], (), (), (), ())
    finding = attacked("multiple-choice", targets["retrained"], few, quantiles=5)
    for curve, pick in zip(finding.curves, ("most likely", "least likely"), strict=True):
        assert (curve.name, curve.x) == (pick, (0.2, 0.4, 0.6, 0.8, 1.0))
        assert curve.y[-1] == pytest.approx(finding.numbers[f"accuracy, {pick}"])


def _swapped(record: Record) -> Record:
    """A wrong answer called the true one, against what the original knows to be true, twice."""
    return record.model_copy(
        update={"answer": record.perturbed[0], "perturbed": (record.answer,) * 2, "fact": ""}
    )
