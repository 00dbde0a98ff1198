"""Passages: deterministic, each with one secret, hard to predict."""

from collections import Counter

from unlearn_core.demo.passages import make_passages, passage_records


def test_passages_are_a_function_of_the_seed() -> None:
    assert make_passages(7) == make_passages(7)
    assert make_passages(7)[0].text != make_passages(8)[0].text


def test_four_passages_for_each_count_from_1_to_64() -> None:
    counts = Counter(passage.times_seen for passage in make_passages(7))
    assert sum(counts.values()) == 64 and set(counts.values()) == {4}
    assert min(counts) == 1 and max(counts) == 64


def test_each_passage_holds_its_own_secret_once() -> None:
    passages = make_passages(7)
    assert len({passage.secret for passage in passages}) == 64
    for passage in passages:
        assert [passage.secret in other.text for other in passages].count(True) == 1


def test_records_have_an_empty_prompt_and_the_secret_as_fact() -> None:
    passages = make_passages(7)
    records = passage_records(passages)
    assert all(r.is_passage and r.fact in r.answer for r in records)
    assert [r.answer for r in records] == [p.text for p in passages]


def test_no_six_words_in_a_row_occur_in_two_passages() -> None:
    seen: Counter[tuple[str, ...]] = Counter()
    for passage in make_passages(7):
        words = passage.text.split()
        seen.update({tuple(words[i : i + 6]) for i in range(len(words) - 5)})
    assert max(seen.values()) == 1
