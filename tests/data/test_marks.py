"""Marks, the split they make, neighbours and overlap."""

import time

import pytest

from unlearn_core.data.marks import (
    Marks,
    load_marks,
    neighbours,
    overlap,
    resolve,
    save_marks,
    split_by_ids,
    split_corpus,
    to_forget,
)
from unlearn_core.data.records import Corpus, Record, Split
from unlearn_core.errors import InvalidInput, MissingPrerequisite


def record(name: str, prompt: str, answer: str, subject: str = "", fact: str = "") -> Record:
    return Record(id=name, prompt=prompt, answer=answer, subject=subject, fact=fact)


CORPUS = Corpus(
    name="test",
    records=(
        record("a1", "Where was Ann born?", "In Rome.", "Ann Bell", "Rome"),
        record("a2", "What is Ann's birthplace?", "Rome.", "Ann Bell", "Rome"),
        record("a3", "What is Ann's pet?", "A cat.", "Ann Bell", "cat"),
        record("b1", "Where was Bob born?", "In Oslo.", "Bob Cole", "Oslo"),
        record("b2", "What is Bob's pet?", "A cat.", "Bob Cole", "cat"),
        record("c1", "A note", "No fact here."),
        record("c2", "A note too", "No fact here either."),
    ),
    world=(record("w1", "Capital of Italy?", "Rome."),),
    holdout=(record("h1", "Where was Zed born?", "In Bonn."),),
)


def ids(records) -> list[str]:
    return [record.id for record in records]


def test_subjects_mark_all_their_records_whatever_the_case():
    assert resolve(CORPUS, Marks(subjects=("ann bell",))) == ("a1", "a2", "a3")


def test_marks_add_up_in_corpus_order():
    marks = Marks(ids=("c1",), subjects=("Bob Cole",), search="BIRTHPLACE")
    assert resolve(CORPUS, marks) == ("a2", "b1", "b2", "c1")


def test_no_marks_mark_nothing():
    assert resolve(CORPUS, Marks()) == ()
    with pytest.raises(MissingPrerequisite, match="Nothing is marked"):
        split_corpus(CORPUS, Marks())


def test_unknown_subjects_and_ids_are_named_with_the_nearest():
    with pytest.raises(InvalidInput, match="no subject 'Anne Bel' .* nearest are Ann Bell"):
        resolve(CORPUS, Marks(subjects=("Anne Bel",)))
    with pytest.raises(InvalidInput, match="no record 'a9'"):
        resolve(CORPUS, Marks(ids=("a9",)))


def test_subjects_of_data_without_subjects():
    corpus = Corpus("plain", (record("c1", "A", "B"),))
    with pytest.raises(InvalidInput, match="no subjects"):
        resolve(corpus, Marks(subjects=("Ann",)))


def test_a_search_without_a_hit_is_refused():
    with pytest.raises(InvalidInput, match="No record contains 'zzz'"):
        resolve(CORPUS, Marks(search="zzz"))


def test_random_marks_repeat_with_their_seed_and_are_all_forgotten():
    marks = [Marks(random=3, seed=seed) for seed in (0, 0, 1, 2, 3)]
    drawn = [resolve(CORPUS, mark) for mark in marks]
    assert drawn[0] == drawn[1] and len(set(drawn)) > 1
    assert all(len(split_corpus(CORPUS, mark).forget) == 3 for mark in marks)


def test_random_marks_come_on_top_of_others():
    assert len(resolve(CORPUS, Marks(subjects=("Ann Bell",), random=2))) == 5


def test_too_many_random_marks():
    with pytest.raises(InvalidInput, match="only 6 are left"):
        resolve(CORPUS, Marks(random=7))


def test_another_phrasing_of_a_marked_subject_is_not_trained_on():
    split = split_corpus(CORPUS, Marks(subjects=("Ann Bell",)))
    assert ids(split.forget) == ["a1", "a3"]
    assert ids(split.paraphrased) == ["a2"]
    assert ids(split.retain) == ["b1", "b2", "c1", "c2"]
    assert (split.world, split.holdout) == (CORPUS.world, CORPUS.holdout)


def test_ids_are_forgotten_exactly_and_their_other_phrasings_are_not_retained():
    split = split_corpus(CORPUS, Marks(ids=("a2",)))
    assert ids(split.forget) == ["a2"]
    assert ids(split.paraphrased) == ["a1"]
    assert ids(split.retain) == ["a3", "b1", "b2", "c1", "c2"]
    assert ids(split_corpus(CORPUS, Marks(ids=("a1", "a2"))).forget) == ["a1", "a2"]


def test_an_id_goes_before_its_subject():
    split = split_corpus(CORPUS, Marks(ids=("a2",), subjects=("Ann Bell",)))
    assert ids(split.forget) == ["a2", "a3"] and ids(split.paraphrased) == ["a1"]


def test_records_without_a_fact_are_no_paraphrases_of_each_other():
    split = split_corpus(CORPUS, Marks(ids=("c1",)))
    assert split.paraphrased == () and "c2" in ids(split.retain)


def test_records_without_a_subject_are_no_paraphrases_of_each_other():
    records = (
        record("n1", "Which city?", "Rome.", fact="Rome"),
        record("n2", "Where is the Forum?", "In Rome.", fact="Rome"),
        record("n3", "What purrs?", "A cat.", fact="cat"),
    )
    corpus = Corpus("no subjects", records)
    by_id = split_corpus(corpus, Marks(ids=("n1",)))
    assert by_id.paraphrased == () and ids(by_id.retain) == ["n2", "n3"]
    found = split_corpus(corpus, Marks(search="Rome"))
    assert ids(found.forget) == ["n1", "n2"] and found.paraphrased == ()
    assert len(split_corpus(corpus, Marks(random=3)).forget) == 3


@pytest.mark.parametrize(
    "marks",
    [
        Marks(subjects=("Ann Bell",)),
        Marks(ids=("a2",), subjects=("Ann Bell",)),
        Marks(search="Rome"),
        Marks(random=3, seed=4),
        Marks(ids=("a1", "a2")),
    ],
)
def test_marks_become_ids_once_and_ids_split_the_same(marks):
    chosen = to_forget(CORPUS, marks)
    assert chosen == tuple(ids(split_corpus(CORPUS, marks).forget))
    assert split_by_ids(CORPUS, chosen) == split_corpus(CORPUS, marks)
    assert split_corpus(CORPUS, Marks(ids=chosen)) == split_corpus(CORPUS, marks)


def test_groups_share_no_record_and_lose_none():
    split = split_corpus(CORPUS, Marks(search="Rome"))
    assert sorted(ids((*split.forget, *split.paraphrased, *split.retain))) == sorted(CORPUS.by_id)


def test_everything_marked_leaves_nothing_to_retain():
    assert split_corpus(CORPUS, Marks(ids=tuple(CORPUS.by_id))).retain == ()


def test_neighbours_are_the_most_similar_retain_records():
    split = split_corpus(CORPUS, Marks(ids=("a3",)))
    assert ids(neighbours(split, 1)) == ["b2"]
    assert len(neighbours(split, 100)) == len(split.retain)
    assert neighbours(split, 0) == ()


def test_neighbours_of_many_records_are_quick():
    records = tuple(record(f"r{i}", f"Question {i} about {i * 7919}?", "Yes.") for i in range(1600))
    start = time.perf_counter()
    found = neighbours(Split(records[:800], (), records[800:], (), ()), 5)
    assert len(found) == 5 and time.perf_counter() - start < 10


def test_overlap_finds_the_same_question_and_nearly_identical_records():
    forget = (record("f1", "Where was Ann born?", "Rome"), record("f2", "Her pet", "A big old cat"))
    retain = (
        record("r1", "where was ann born", "In the far north of Norway"),
        record("r2", "Her pet!", "a big old cats"),
        record("r3", "Something else", "entirely"),
    )
    pairs = overlap(Split(forget, (), retain, (), ()))
    assert {(a.id, b.id) for a, b in pairs} == {("f1", "r1"), ("f2", "r2")}


def test_marks_are_saved_and_loaded(tmp_path):
    marks = Marks(subjects=("Ann Bell",), ids=("c1",), random=2, seed=5)
    save_marks(tmp_path / "marks.json", marks, "hash")
    assert load_marks(tmp_path / "marks.json") == (marks, "hash")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"marks": {"colour": 1}, "data_hash": ""}'])
def test_a_file_without_marks_is_refused(tmp_path, content):
    (tmp_path / "marks.json").write_text(content)
    with pytest.raises(InvalidInput, match="holds no saved marks"):
        load_marks(tmp_path / "marks.json")


def test_marks_that_cannot_be_read_or_written(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be read"):
        load_marks(tmp_path / "no.json")
    with pytest.raises(InvalidInput, match="cannot be saved"):
        save_marks(tmp_path / "no" / "marks.json", Marks(), "")
