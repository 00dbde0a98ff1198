"""Whatever the model and the data are like, every metric gives a finite number or says why not."""

from math import inf, isfinite, nan

import pytest

from tests.helpers.readings import make_reading
from unlearn_core.metrics.base import Estimate, Measured, Reading
from unlearn_core.metrics.registry import metrics
from unlearn_core.metrics.summary import compute_all

GROUPS = ("forget", "paraphrased", "retain", "neighbours", "world", "holdout")
SOUND = make_reading(
    "in Rome at last", "in Rome at last", fact="Rome", perturbed=(-2.0, -3.0), paraphrased=(-1.0,),
    samples=("in Rome", "no"), plain=-0.5,
)  # fmt: skip
EMPTY = make_reading(
    "", fact="Rome", log_probs=(-9.0, -8.0), right=(0,), perturbed=(-2.0,), samples=("", ""),
)  # fmt: skip
IMPOSSIBLE = make_reading(
    "x", log_probs=(-inf, -1.0), right=(0,), perturbed=(-inf, -1.0), paraphrased=(-inf,),
    standardised=(-inf, 0.0), samples=("x",), plain=-inf,
)  # fmt: skip
WHOLLY_IMPOSSIBLE = make_reading(log_probs=(-inf, -inf), perturbed=(-inf, -inf), right=(0,))
ONE_TOKEN = make_reading("Rome", "Rome", log_probs=(-1.0, -0.1), right=(1,), perturbed=(-2.0,))
BROKEN = make_reading(
    "x", log_probs=(nan, nan), right=(0,), perturbed=(nan,), standardised=(nan, nan), plain=nan
)
PLAIN = make_reading()
NO_TOKENS = make_reading("", "", log_probs=(), right=(), standardised=())
PASSAGE = make_reading("a b c", "a b c d e f g h i j k", passage=True)
CASES = {
    "sound": SOUND, "empty answer": EMPTY, "impossible": IMPOSSIBLE, "no paraphrases": PLAIN,
    "wholly impossible": WHOLLY_IMPOSSIBLE, "one token": ONE_TOKEN, "broken weights": BROKEN,
    "no tokens": NO_TOKENS, "passage": PASSAGE,
}  # fmt: skip


def everywhere(*readings: Reading) -> dict[str, tuple[Reading, ...]]:
    return {group: readings for group in GROUPS}


def check(estimate: Estimate, name: str) -> None:
    for number in (estimate.value, estimate.low, estimate.high):
        assert number is None or isfinite(number), (name, estimate)
    if estimate.value is None:
        assert estimate.note.startswith("not available, because "), (name, estimate)
        assert ";" in estimate.note, (name, estimate)
        return
    info = metrics()[name]
    assert info.lowest is None or estimate.value >= info.lowest - 1e-9, (name, estimate)
    assert info.highest is None or estimate.value <= info.highest + 1e-9, (name, estimate)
    if estimate.low is not None and estimate.high is not None:
        assert estimate.low - 1e-9 <= estimate.value <= estimate.high + 1e-9, (name, estimate)


def check_all(measured: Measured) -> None:
    for name, by_group in compute_all(measured).items():
        for estimate in by_group.values():
            check(estimate, name)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("count", [1, 5])
def test_records_all_alike(case: str, count: int) -> None:
    groups = everywhere(*[CASES[case]] * count)

    check_all(Measured(groups, retrained=Measured(groups)))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("case", CASES)
def test_one_odd_record_among_sound_ones(case: str) -> None:
    groups = everywhere(SOUND, CASES[case], SOUND)

    check_all(Measured(groups, retrained=Measured(everywhere(SOUND, SOUND))))


@pytest.mark.parametrize("missing", GROUPS)
def test_a_group_that_is_not_there(missing: str) -> None:
    groups = {name: rows for name, rows in everywhere(SOUND, EMPTY).items() if name != missing}

    check_all(Measured(groups))


def test_nothing_at_all() -> None:
    check_all(Measured({}))


def test_no_retrained_model_is_said_by_name() -> None:
    result = compute_all(Measured(everywhere(SOUND, EMPTY)))

    for name in ("forget_quality", "forget_quality_log10", "membership_reference"):
        assert "no retrained model; make one" in result[name]["model"].note
    assert "Against 0.5" in result["priv_leak"]["model"].note


def test_a_model_that_emits_only_the_end_token() -> None:
    result = compute_all(Measured(everywhere(EMPTY, EMPTY)))

    assert result["empty_answers"]["forget"].value == 1
    assert result["fact_recall"]["forget"].value == 0
    assert result["unlearn_quality"]["model"].value == 100
    assert result["model_utility"]["model"].value == 0
    assert "fewer than 4 words" in result["repetition"]["forget"].note


def test_impossible_answers_have_values_where_these_make_sense() -> None:
    result = compute_all(Measured(everywhere(IMPOSSIBLE, IMPOSSIBLE)))

    assert result["probability"]["forget"].value == 0
    assert result["plausibility"]["forget"].value == 0
    assert result["membership_loss"]["model"].value == 0.5
    assert "infinite" in result["perplexity_retain"]["model"].note
