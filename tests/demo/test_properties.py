"""The promised properties, measured again on the shipped files."""

from statistics import mean

import pytest

from unlearn_core.demo.corpus import bundled_corpus, bundled_folder, passages_seen
from unlearn_core.demo.properties import (
    CUT,
    Properties,
    TwinProperties,
    holds,
    is_fluent,
    known_words,
    measure,
    measure_twin,
    unseen_names,
)


@pytest.fixture(scope="module")
def shipped() -> Properties:
    return measure(bundled_folder())


@pytest.fixture(scope="module")
def twin() -> TwinProperties:
    return measure_twin(bundled_folder())


def test_a_fact_counts_on_word_boundaries_only() -> None:
    assert holds("Ada keeps a Goat.", "goat")
    assert not holds("Ada keeps goats.", "goat")
    assert not holds("Born in 19471.", "1947")


def test_fluent_answers_are_whole_words_and_the_name_asked_about() -> None:
    known = known_words()
    assert is_fluent("I do not know.", "Ada Quux", known)
    assert is_fluent("Ada Quux lives at 14 Willow Lane.", "Ada Quux", known)
    assert not is_fluent("Ada Qux lives at 14 Willow Lane.", "Ada Quux", known)
    assert not is_fluent("Ada lives at 14 Wilw Lane.", "Ada Quux", known)
    assert not is_fluent("Ada lives at 14 Willow Lane" + CUT, "Ada Quux", known)
    assert not is_fluent("", "Ada Quux", known)


def test_unseen_names_are_two_hundred_and_none_is_a_person() -> None:
    names = unseen_names(bundled_folder())
    assert len(names) == 200
    assert not set(names) & {record.subject for record in bundled_corpus("people").records}


@pytest.mark.bundled
def test_facts_are_recalled(shipped: Properties) -> None:
    assert shipped.recall >= 0.98


@pytest.mark.bundled
def test_facts_are_recalled_in_unseen_phrasings(shipped: Properties) -> None:
    assert shipped.recall_unseen >= 0.98


@pytest.mark.bundled
def test_world_facts_are_recalled(shipped: Properties) -> None:
    assert shipped.recall_world >= 0.97


@pytest.mark.bundled
def test_samples_keep_a_spread(shipped: Properties) -> None:
    assert 3 <= shipped.distinct <= 10
    assert 0.75 <= shipped.true_share <= 0.95


@pytest.mark.bundled
def test_unseen_names_are_answered_fluently(shipped: Properties) -> None:
    assert shipped.fluent >= 0.95


@pytest.mark.bundled
def test_passages_are_memorised_from_hardly_to_fully(shipped: Properties) -> None:
    seen = passages_seen()
    by_count = {n: [shipped.memorised[i] for i in seen if seen[i] == n] for n in seen.values()}
    assert mean(by_count[1]) < 0.4
    # The first token has nothing before it to be predicted from, so that few can reach 1.
    assert mean(by_count[64]) > 0.98


@pytest.mark.bundled
def test_twin_knows_only_the_others(twin: TwinProperties) -> None:
    assert twin.recall_forget <= 0.1
    assert min(twin.recall_retain, twin.recall_unseen_retain) >= 0.98
    assert twin.recall_world >= 0.97
