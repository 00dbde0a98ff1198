"""Numbers in words."""

import pytest

from unlearn_core.report.words import p_words
from unlearn_core.wording.numbers import number, percent, plain, seconds


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (1.0, "1"), (0.981, "0.981"), (0.0013, "0.0013"), (1.86e-23, "1.9 × 10⁻²³"),
     (-99.2, "-99.2"), (-105.23, "-105"), (12345.0, "12,345"), (2.5e7, "2.5 × 10⁷"),
     (0.07, "0.07"), (3.14159, "3.14"), (float("nan"), "not available")],
)  # fmt: skip
def test_a_number_has_three_digits(value: float, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(
    ("share", "shown"), [(0.3, "30 %"), (0.985, "98.5 %"), (0.0, "0 %"), (1.0, "100 %")]
)
def test_a_share_is_shown_in_per_cent(share: float, shown: str) -> None:
    assert percent(share) == shown


def test_rounding_leaves_no_negative_zero_and_no_trailing_zeros() -> None:
    assert plain(-0.01, 1) == "0"
    assert plain(100.0, 1) == "100"
    assert plain(10.0, 0) == "10"


@pytest.mark.parametrize(
    ("p", "part"),
    [(None, ""), (0.0002, "fewer than 1 of 1,000"), (0.004, "in 4 of 1,000"),
     (0.41, "in 41 of 100")],
)  # fmt: skip
def test_p_is_told_as_tries(p: float | None, part: str) -> None:
    assert part in p_words(p)
    assert bool(p_words(p)) == (p is not None)


@pytest.mark.parametrize(
    ("value", "shown"), [(12.4, "12 s"), (200.0, "3 min 20 s"), (7500.0, "2 h 5 min")]
)
def test_durations(value: float, shown: str) -> None:
    assert seconds(value) == shown
