"""Means over records, their intervals, and what is said of records without a value."""

from math import nan

import pytest

from tests.helpers.readings import make_reading, of_mean
from unlearn_core.metrics.base import Measured, Reading
from unlearn_core.metrics.intervals import exact_interval, mean_interval
from unlearn_core.metrics.registry import metrics
from unlearn_core.metrics.summary import NO_SPREAD, compute_all, estimate

KNOWN = make_reading("Rome", fact="Rome")
LOST = make_reading("Oslo", fact="Rome")
ASKED_FOR = """semantic_similarity probability log_likelihood rouge_l_recall rouge_l_f1 fact_recall
truth_ratio
truth_ratio_arithmetic
truth_ratio_kept truth_ratio_kept_arithmetic forget_quality forget_quality_log10 model_utility
unlearn_quality utility memorisation_accuracy exact_memorisation extraction_strength
extraction_likelihood over_forgotten under_forgotten memory_spread memory_distance
verbatim_memorisation knowledge_memorisation membership_loss membership_zlib membership_min_k
membership_min_k_plus membership_reference priv_leak perplexity_retain perplexity_world
perplexity_holdout repetition distinct_forget distinct_retain empty_answers plausibility
sampled_leak sampled_leak_worst sampled_leak_bound sampled_rouge sampled_rouge_worst
sampled_rouge_bound sampled_rouge_deviation_bound ed_score distinct_answers answer_entropy
top_answer""".split()


def test_every_metric_is_registered_and_says_what_it_is() -> None:
    found = metrics()

    assert sorted(found) == sorted(ASKED_FOR)
    for info in found.values():
        assert all((info.title, info.help, info.formula, info.source)), info.name
        assert info.help.endswith(".") and len(info.help) <= 160, info.name
        assert (info.of_record is None) != (info.of_model is None), info.name


def test_shares_get_an_exact_interval() -> None:
    result = estimate([KNOWN, KNOWN, LOST, KNOWN], metrics()["fact_recall"])

    assert (result.value, result.count, result.note) == (0.75, 4, "")
    assert (result.low, result.high) == exact_interval(3, 4)


def test_other_values_get_a_bootstrap() -> None:
    readings = [make_reading(right=row) for row in ((1, 1), (1, 0), (0, 0))]

    result = estimate(readings, metrics()["memorisation_accuracy"])

    assert result.value == pytest.approx(0.5)
    assert (result.low, result.high) == mean_interval([1, 0.5, 0])


def test_counts_of_0_and_1_are_no_shares() -> None:
    readings = [make_reading(samples=["a"]), make_reading(samples=["a"])]

    result = estimate(readings, metrics()["distinct_answers"])

    assert (result.value, result.low, result.high) == (1, None, None)
    assert result.note == NO_SPREAD


def test_records_without_a_value_are_left_out_and_counted() -> None:
    readings = [make_reading(right=(1, 0)), make_reading(right=()), make_reading(right=())]

    result = estimate(readings, metrics()["exact_memorisation"])

    assert (result.value, result.count) == (0.5, 1)
    assert result.note.startswith("2 of 3 records are left out, because they have a true answer")


def test_values_that_are_no_numbers_are_left_out_and_counted() -> None:
    result = estimate([of_mean(nan), of_mean(0.0)], metrics()["probability"])

    assert (result.value, result.count) == (1.0, 1)
    assert result.note.startswith("1 of 2 records are left out, because they give no finite")


def test_no_value_at_all_says_why_and_what_to_do() -> None:
    result = estimate([KNOWN], metrics()["truth_ratio"])

    assert result.value is None and result.count == 0
    assert result.note == (
        "not available, because the records have no wrong answers; give them in the field "
        "`perturbed`"
    )
    assert "no records" in estimate([], metrics()["truth_ratio"]).note


def test_a_metric_on_models_has_no_mean_over_records() -> None:
    with pytest.raises(ValueError, match="metric on models"):
        estimate([KNOWN], metrics()["priv_leak"])


def test_all_metrics_by_group_or_for_the_model() -> None:
    groups: dict[str, list[Reading]] = {"forget": [KNOWN, LOST], "retain": [KNOWN]}

    result = compute_all(Measured(groups))

    assert list(result) == list(metrics())
    assert result["fact_recall"]["forget"].value == 0.5
    assert result["fact_recall"]["retain"].value == 1
    assert list(result["truth_ratio"]) == ["forget"]
    assert list(result["truth_ratio_kept"]) == ["retain"]
    assert list(result["model_utility"]) == ["model"]


def test_which_way_is_better_depends_on_the_group_where_memory_is_measured() -> None:
    recall, repeated = metrics()["fact_recall"], metrics()["repetition"]

    assert recall.better_on("paraphrased") == "lower"
    assert recall.better_on("retain") == "higher"
    assert metrics()["truth_ratio_kept"].better_on("world") == "higher"
    assert repeated.better_on("forget") == repeated.better_on("retain") == "lower"
    assert metrics()["priv_leak"].better_on("model") == "near 0"
