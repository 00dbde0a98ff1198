"""Wrong answers: those that are given, and those made by rule."""

from unlearn_core.data.alternatives import before_fact, with_wrong_answers, wrong_records
from unlearn_core.data.bundled import bundled_corpus
from unlearn_core.data.records import Record


def record(name: str, pet: str, wrong: tuple[str, ...] = ()) -> Record:
    return Record(
        id=name,
        prompt=f"Which pet does {name} have?",
        answer=f"{name} has a {pet}.",
        subject=name,
        fact=pet,
        perturbed=wrong,
    )


def test_the_wrong_fact_stands_where_the_true_one_stood() -> None:
    one = record("Ada", "cat", ("Ada has a dog.", "Ada has an old grey owl."))
    assert [wrong.fact for wrong in wrong_records(one)] == ["dog", "old grey owl"]
    prize = Record(
        id="p", prompt="?", answer="She won the Amber Quill Prize.", fact="Amber Quill Prize",
        perturbed=("She won the Amber Acorn Prize.",),
    )  # fmt: skip
    assert wrong_records(prize)[0].fact == "Amber Acorn Prize"


def test_every_wrong_fact_of_the_bundled_world_is_in_its_answer_and_not_the_true_one() -> None:
    corpus = bundled_corpus("people")
    for one in (*corpus.records, *corpus.holdout, *corpus.world):
        wrong = wrong_records(one)
        assert len(wrong) == len(one.perturbed)
        for other in wrong:
            assert other.fact and other.fact in other.answer and other.fact != one.fact


def test_without_a_fact_the_answers_differ() -> None:
    one = Record(id="x", prompt="Why?", answer="For no reason.", perturbed=("Out of love.",))
    assert wrong_records(one)[0].fact == "" and wrong_records(one)[0].answer == "Out of love."


def test_missing_wrong_answers_come_from_like_questions_about_others() -> None:
    pets = [record("Ada", "cat"), record("Bo", "owl"), record("Cy", "dog"), record("Di", "cat")]
    town = Record(
        id="t", prompt="Where was Bo born?", answer="Bo was born in Ulm.", subject="Bo", fact="Ulm"
    )
    done = with_wrong_answers(pets[:1], [*pets, town])
    assert (done.borrowed, done.without) == ({pets[0].id}, 0)
    given = done.records[0].perturbed
    # The same pet of another person is no wrong answer; the article fits the word.
    assert set(given[:2]) == {"Ada has an owl.", "Ada has a dog."}
    assert all("cat" not in text for text in given)


def test_given_wrong_answers_stay_and_none_can_be_made_of_nothing() -> None:
    one = record("Ada", "cat", ("Ada has a dog.",))
    assert with_wrong_answers([one], [one]).records == (one,)
    assert with_wrong_answers([one], [one]).borrowed == frozenset()
    alone = with_wrong_answers([record("Ada", "cat")], [record("Ada", "dog")])
    assert alone.without == 1 and alone.records[0].perturbed == ()


def test_what_stands_before_the_fact_tells_nothing_of_it() -> None:
    assert before_fact(record("Ada", "owl")) == "Ada has"
    first = Record(id="f", prompt="?", answer="Ulm is her town.", fact="Ulm")
    assert before_fact(first) == ""
    assert before_fact(Record(id="n", prompt="?", answer="one two three four")) == "one two"


def test_wrong_answers_in_another_frame_are_no_facts() -> None:
    one = record("Ada", "cat", ("The pet of Ada is an owl.", "Ada has a dog."))
    assert [wrong.fact for wrong in wrong_records(one)] == ["dog"]


def test_letter_case_of_the_fact_does_not_matter() -> None:
    one = record("Ada", "Cat", ("Ada has a dog.",)).model_copy(update={"fact": "cat"})
    assert [wrong.fact for wrong in wrong_records(one)] == ["dog"]


def test_a_borrowed_answer_is_about_the_one_who_is_asked_for() -> None:
    def born(name: str, town: str) -> Record:
        return Record(
            id=name, prompt=f"Where was {name} born?", answer=f"{name} was born in {town}.",
            subject=name,
        )  # fmt: skip

    people = [born("Ada Long", "Ulm"), born("Bo Short", "Rome"), born("Cy Wide", "Oslo")]
    nameless = Record(id="x", prompt="Where was it born?", answer="It was born in Kiel.")
    done = with_wrong_answers(people[:1], [*people, nameless]).records[0]
    assert set(done.perturbed) == {"Ada Long was born in Rome.", "Ada Long was born in Oslo."}
