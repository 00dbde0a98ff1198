"""Knowing against guessing, by hand and by chance."""

import random

import pytest
from scipy.stats import binom

from unlearn_core.attacks.guessing import Found, against_guessing, found_in, gives, share_in
from unlearn_core.data.records import Record

PET = Record(
    id="a", prompt="Pet?", answer="She has a cat.", fact="cat",
    perturbed=("She has a dog.", "She has a owl."),
)  # fmt: skip


def test_texts_are_searched_for_the_true_and_for_every_wrong_answer() -> None:
    texts = [["a cat", "a dog"], ["no", "an owl"]]
    assert found_in(texts, PET) == Found((1.0, 0.0), ((1.0, 0.0), (0.0, 1.0)))
    assert share_in(texts, PET) == Found((0.5, 0.0), ((0.5, 0.0), (0.0, 0.5)))


def test_who_knows_everything_is_far_above_guessing() -> None:
    known = [Found((1.0,), ((0.0,),) * 5)] * 40
    finding = against_guessing(known, seed=0)
    assert finding.value == 1.0 and finding.high == 1.0
    assert finding.low == pytest.approx(0.025 ** (1 / 40), abs=1e-6)  # Clopper-Pearson at n of n
    assert finding.chance == pytest.approx(1 / 6, abs=0.01)
    assert finding.p == pytest.approx(1 / 5001)


def test_p_is_that_of_the_binomial_where_one_of_six_is_found_each_time() -> None:
    hits = 12
    found = [Found((1.0,), ((0.0,),) * 5)] * hits + [Found((0.0,), ((1.0,), *((0.0,),) * 4))] * (
        40 - hits
    )
    finding = against_guessing(found, seed=1)
    assert finding.p == pytest.approx(float(binom.sf(hits - 1, 40, 1 / 6)), abs=0.01)


def test_who_guesses_succeeds_as_often_as_chance_says_also_at_the_best_of_many() -> None:
    rng = random.Random(0)
    ps = []
    for trial in range(100):
        found = [
            Found(
                tuple(float(rng.random() < 0.2) for _ in range(4)),
                tuple(tuple(float(rng.random() < 0.2) for _ in range(4)) for _ in range(5)),
            )
            for _ in range(30)
        ]
        ps.append(against_guessing(found, seed=trial).p)
    assert sum(p < 0.05 for p in ps) <= 12  # 5 expected; more than 12 has p < 0.003


def test_without_wrong_answers_guessing_is_not_known_and_without_records_nothing_is() -> None:
    finding = against_guessing([Found((1.0,), ())], seed=0)
    assert finding.value == 1.0 and finding.chance is None and "wrong answers" in finding.note
    assert against_guessing([], seed=0).value is None


def test_without_facts_only_the_closest_answer_is_given() -> None:
    plain = Record(id="a", prompt="Job?", answer="The mother of Ada worked as a saddler.")
    wrong = [plain.model_copy(update={"answer": plain.answer.replace("saddler", "potter")})]
    both = (plain, *wrong)
    assert gives("The mother of Ada worked as a saddler.", both) == [True, False]
    assert gives("The mother of Ada worked as a potter.", both) == [False, True]
    assert gives("The mother of Ada worked as a baker.", both) == [False, False]  # as near to both


def test_records_without_wrong_answers_have_no_say_in_guessing() -> None:
    found = [Found((1.0,), ((0.0,),) * 5)] * 10 + [Found((0.0,), ())] * 10
    finding = against_guessing(found, seed=0)
    assert finding.value == 0.5 and finding.p == pytest.approx(1 / 5001)
    assert "10 records have no wrong answers" in finding.note


def test_so_few_records_cannot_be_told_from_guessing() -> None:
    finding = against_guessing([Found((1.0,), ((0.0,),) * 5)], seed=0)
    assert finding.least_p == pytest.approx(1 / 6) and finding.p > 0.1
