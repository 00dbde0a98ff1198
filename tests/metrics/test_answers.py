"""Probability, ROUGE-L, facts, and the two measures of MUSE, by hand."""

from math import exp, inf

import pytest
from rouge_score.rouge_scorer import RougeScorer

from tests.helpers.readings import make_reading
from unlearn_core.metrics.answers import fact_recall, rouge_l_f1, rouge_l_recall
from unlearn_core.metrics.muse import knowledge_memorisation, verbatim_memorisation
from unlearn_core.metrics.probability import probability

# Common subsequence "she was in": 3 of 5 and 3 of 4 words.
HALF_RIGHT = make_reading("she was often in Rome", "she was not in")


def test_probability_is_the_geometric_mean_per_token() -> None:
    assert probability(make_reading(log_probs=(-1.0, -3.0))) == pytest.approx(exp(-2))
    assert probability(make_reading(log_probs=(-0.5,))) == pytest.approx(exp(-0.5))


def test_an_impossible_token_makes_the_probability_0() -> None:
    assert probability(make_reading(log_probs=(-1.0, -inf))) == 0
    assert probability(make_reading(log_probs=())) is None


def test_rouge() -> None:
    assert rouge_l_recall(HALF_RIGHT) == pytest.approx(3 / 4)
    assert rouge_l_f1(HALF_RIGHT) == pytest.approx(2 / 3)
    assert rouge_l_recall(make_reading("")) == rouge_l_f1(make_reading("")) == 0


def test_facts() -> None:
    assert fact_recall(make_reading("It was ROME.", fact="Rome")) == 1
    assert fact_recall(make_reading("It was Romeville.", fact="Rome")) == 0
    assert fact_recall(make_reading("", fact="Rome")) == 0


def test_muse_does_not_stem() -> None:
    # Words in common: quickly, home; with stems also run.
    answer, true = "running quickly happily home", "she runs quickly and happiness home"
    theirs = RougeScorer(["rougeL"], use_stemmer=False).score(true, answer)["rougeL"].fmeasure

    asked = knowledge_memorisation(make_reading(answer, true))
    begun = verbatim_memorisation(make_reading(answer, true, passage=True))

    assert asked == begun == pytest.approx(theirs) == pytest.approx(0.4)
    assert rouge_l_f1(make_reading(answer, true)) == pytest.approx(0.6)


def test_muse_parts_passages_and_questions() -> None:
    assert verbatim_memorisation(make_reading()) is None
    assert knowledge_memorisation(make_reading(passage=True)) is None
