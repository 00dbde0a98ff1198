"""Which records an audit works with, and what it says of those that were made up."""

from unlearn_core.audits.material import gather
from unlearn_core.audits.spec import AuditSpec
from unlearn_core.data.marks import Marks, split_corpus
from unlearn_core.data.records import Corpus, Record
from unlearn_core.models.spec import ModelSpec


def record(name: str, pet: str, wrong: tuple[str, ...] = ()) -> Record:
    return Record(
        id=name, prompt=f"Which pet does {name} have?", answer=f"{name} has a {pet}.",
        subject=name, fact=pet, perturbed=wrong,
    )  # fmt: skip


def test_records_whose_wrong_answers_are_borrowed_are_known_by_name() -> None:
    corpus = Corpus(
        "pets",
        (record("Ada", "cat", ("Ada has a cow.",)), record("Bo", "owl"), record("Cy", "dog")),
    )
    marks = Marks(subjects=("Ada", "Bo"))
    found = gather(AuditSpec(model=ModelSpec()), corpus, split_corpus(corpus, marks))
    assert found.material.borrowed == {"Bo", "Cy"}
    assert found.material.forget[0].perturbed == ("Ada has a cow.",)
    assert any(note.startswith("1 of 2 records of the forget set had no") for note in found.notes)
