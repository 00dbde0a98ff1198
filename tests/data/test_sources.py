"""Corpora from files, and the order of what a spec names."""

import json
import subprocess
import sys

import pytest

from unlearn_core.data import sources
from unlearn_core.data.bundled import bundled_corpus
from unlearn_core.data.marks import Marks, split_corpus
from unlearn_core.data.records import Record
from unlearn_core.data.sources import DataSpec, load_corpus
from unlearn_core.errors import InvalidInput, MissingPrerequisite


def write_rows(path, rows) -> str:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return str(path)


def test_a_file_with_its_world(tmp_path):
    data = write_rows(tmp_path / "a.jsonl", [{"question": "Who?", "answer": 5}])
    world = write_rows(tmp_path / "w.jsonl", [{"question": "Capital?", "answer": "Rome"}, {}])
    corpus = load_corpus(DataSpec(source=data, world=world))
    assert corpus.records == (Record(id="r0001", prompt="Who?", answer="5"),)
    assert corpus.world == (Record(id="w0001", prompt="Capital?", answer="Rome"),)
    assert [warning.split(":")[0] for warning in corpus.warnings] == ["a.jsonl", "w.jsonl"]


def test_a_file_of_what_nobody_ever_saw_has_the_fields_of_the_data(tmp_path):
    data = write_rows(tmp_path / "a.jsonl", [{"q": "Who?", "a": "Ann"}])
    unseen = write_rows(tmp_path / "h.jsonl", [{"q": "Where?", "a": "Rome"}])
    corpus = load_corpus(DataSpec(source=data, holdout=unseen, prompt_field="q", answer_field="a"))
    assert corpus.holdout == (Record(id="h0001", prompt="Where?", answer="Rome"),)
    assert corpus.records == (Record(id="r0001", prompt="Who?", answer="Ann"),)


def test_fields_and_row_limit_of_the_spec(tmp_path):
    data = write_rows(tmp_path / "a.jsonl", [{"p": "Who?", "a": "Ann", "s": "X", "f": "An"}] * 3)
    corpus = load_corpus(
        DataSpec(
            source=data, prompt_field="p", answer_field="a", subject_field="s", fact_field="f",
            max_rows=2,
        )
    )  # fmt: skip
    assert len(corpus.records) == 2
    assert (corpus.records[0].subject, corpus.records[0].fact) == ("X", "An")


def test_a_second_source_is_kept_under_ids_of_its_own(tmp_path):
    data = write_rows(tmp_path / "a.jsonl", [{"question": "Who?", "answer": "Ann"}])
    retain = write_rows(tmp_path / "b.jsonl", [{"question": "Where?", "answer": 1}])
    corpus = load_corpus(DataSpec(source=data, retain=retain))
    split = split_corpus(corpus, Marks(ids=("r0001",)))
    assert [record.id for record in split.forget] == ["r0001"]
    assert [record.prompt for record in split.retain] == ["Where?"]
    assert split.retain[0].id == "kept-r0001"
    assert len(corpus.warnings) == 1


def test_bundled_files_are_read(tmp_path):
    record = {"id": "a", "prompt": "Who?", "answer": "Ann", "subject": "Ann", "fact": "Ann"}
    for name in ("people", "world_facts", "holdout"):
        write_rows(tmp_path / f"{name}.jsonl", [record | {"id": name}])
    corpus = bundled_corpus("people", tmp_path)
    assert [r.id for r in (*corpus.records, *corpus.world, *corpus.holdout)] == [
        "people", "world_facts", "holdout",
    ]  # fmt: skip
    with pytest.raises(MissingPrerequisite, match="passages.jsonl is missing"):
        bundled_corpus("passages", tmp_path)


def test_an_unknown_bundled_corpus():
    with pytest.raises(InvalidInput, match="there is bundled:people, bundled:passages"):
        load_corpus(DataSpec(source="bundled:animals"))


def test_reading_data_does_not_load_heavy_libraries():
    code = (
        f"import sys, {sources.__name__}, unlearn_core.data.marks;"
        "print([m for m in ('torch', 'transformers', 'datasets', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
