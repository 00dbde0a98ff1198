"""Which option is picked, by hand; ties; the least likely one; what is shown."""

import numpy as np
import pytest

from tests.attacks.conftest import attacked, succeeded
from tests.attacks.test_asking import PET, TEXT, a_target, of, silent_model
from tests.helpers.models import tiny_model
from unlearn_core.attacks.base import Material, Role, Target
from unlearn_core.attacks.multiple_choice import Choice, normalised
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
