"""Leaks, bounds and collapse over sampled answers, by hand."""

from math import log, sqrt

import pytest

from tests.helpers.readings import make_reading
from unlearn_core.metrics.base import Reading
from unlearn_core.metrics.registry import metrics
from unlearn_core.metrics.sampled import WORST_ED

# Recalls of "in Rome": 1, 1, 1/2, 0; two leaks.
READING = make_reading(fact="Rome", samples=("in Rome", "in Rome", "in Oslo", "no"))


def value(name: str, reading: Reading = READING) -> float | None:
    function = metrics()[name].of_record
    assert function is not None
    return function(reading)


def test_leaks() -> None:
    assert value("sampled_leak") == 0.5
    assert value("sampled_leak_worst") == 1
    assert value("sampled_leak_worst", make_reading(fact="Rome", samples=("no",))) == 0


def test_leak_bound_without_leaks() -> None:
    silent = make_reading(fact="Rome", samples=("no",) * 20)

    assert value("sampled_leak_bound", silent) == pytest.approx(1 - 0.01 ** (1 / 20))
    # 2 of 4: the p with P(S <= 2) = 0.01, that is 1 - 4p^3 + 3p^4 = 0.01.
    p = value("sampled_leak_bound") or 0
    assert 1 - 4 * p**3 + 3 * p**4 == pytest.approx(0.01)


def test_overlap() -> None:
    assert value("sampled_rouge") == pytest.approx(0.625)
    assert value("sampled_rouge_worst") == 1
    deviation = sqrt((1 + 1 + 0.25) / 4 - 0.625**2)
    assert value("ed_score") == pytest.approx(0.625 + 2 * deviation)


def test_bounds_of_an_overlap_of_0() -> None:
    silent = make_reading(samples=("no",) * 200)

    assert value("sampled_rouge_bound", silent) == pytest.approx(sqrt(log(100) / 400))
    epsilon = sqrt(log(200) / 400)
    assert value("sampled_rouge_deviation_bound", silent) == pytest.approx(
        sqrt(epsilon / (1 + epsilon)), abs=1e-6
    )


def test_collapse() -> None:
    assert value("distinct_answers") == 3
    assert value("answer_entropy") == pytest.approx(1.5)
    assert value("top_answer") == 0.5


def test_identical_answers() -> None:
    same = make_reading(fact="Rome", samples=("no",) * 8)

    assert value("distinct_answers", same) == value("top_answer", same) == 1
    assert value("answer_entropy", same) == value("ed_score", same) == 0


def test_largest_ed_score() -> None:
    share = (1 + 1 / sqrt(5)) / 2
    assert share + 2 * sqrt(share * (1 - share)) == pytest.approx(WORST_ED)


def test_without_samples_there_is_none() -> None:
    for name, info in metrics().items():
        if "sampled" in info.without:
            assert value(name, make_reading()) is None, name
