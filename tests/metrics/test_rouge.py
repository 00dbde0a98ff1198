"""ROUGE-L against `rouge_score`."""

import random

import pytest
from rouge_score.rouge_scorer import RougeScorer

from unlearn_core.metrics.rouge import rouge_l, words

WORDS = """The author authors was born borne running ran happily happiness nationally relational
in 1987 on of a an it's dying lying news agreed generalizations Zürich São naïve 東京 co-operate
O'Neil _under_ score e-mail flies skies sky ponies caresses ? ! ...""".split()


def random_text(rng: random.Random) -> str:
    separator = rng.choice([" ", " ", "  ", "\n", ", ", "-"])
    return separator.join(rng.choices(WORDS, k=rng.randrange(0, 18)))


def test_equals_rouge_score_on_a_thousand_random_pairs() -> None:
    rng = random.Random(0)
    scorer = RougeScorer(["rougeL"], use_stemmer=True)
    pairs = [(random_text(rng), random_text(rng)) for _ in range(1000)]
    assert any(not candidate for candidate, _ in pairs)
    for candidate, reference in pairs:
        expected = scorer.score(reference, candidate)["rougeL"]
        assert rouge_l(candidate, reference) == pytest.approx(
            (expected.precision, expected.recall, expected.fmeasure), abs=1e-12
        )


@pytest.mark.parametrize("pair", [("", ""), ("", "a b"), ("a b", ""), ("東京", "東京"), ("!", "!")])
def test_texts_without_words_score_zero(pair: tuple[str, str]) -> None:
    assert rouge_l(*pair) == (0.0, 0.0, 0.0)


def test_by_hand() -> None:
    # Common subsequence "she was in": 3 of the candidate's 5 words, 3 of the reference's 4.
    score = rouge_l("she was often in Rome", "she was not in")
    assert score == pytest.approx((3 / 5, 3 / 4, 2 / 3))


def test_long_words_are_stemmed_and_short_ones_are_not() -> None:
    assert words("Running was") == ("run", "was")
