"""The shipped records."""

import subprocess
import sys
from pathlib import Path

import pytest

from unlearn_core.demo.corpus import (
    bundled_corpus,
    bundled_folder,
    default_forget_subjects,
    passages_seen,
    world_settings,
)
from unlearn_core.demo.passages import make_passages, passage_records
from unlearn_core.demo.world import holdout_records, make_world, people_records
from unlearn_core.demo.world_facts import world_records
from unlearn_core.errors import InvalidInput, MissingPrerequisite


def test_shipped_records_are_what_the_generator_writes() -> None:
    seed = world_settings()["seed"]
    people, passages = bundled_corpus("people"), bundled_corpus("passages")
    assert people.records == people_records(make_world(seed))
    assert people.holdout == passages.holdout == holdout_records(make_world(seed))
    assert people.world == passages.world == world_records()
    assert passages.records == passage_records(make_passages(seed))


def test_default_forget_subjects_are_people_of_the_corpus() -> None:
    subjects = {record.subject for record in bundled_corpus("people").records}
    assert len(default_forget_subjects()) == 4
    assert set(default_forget_subjects()) <= subjects


def test_passage_counts_are_given_for_every_passage() -> None:
    assert set(passages_seen()) == {record.id for record in bundled_corpus("passages").records}


def test_unknown_corpus_names_the_choices() -> None:
    with pytest.raises(InvalidInput, match="'persons'; there is bundled:people, bundled:passages"):
        bundled_corpus("persons")


def test_missing_files_name_the_way_to_rebuild(tmp_path: Path) -> None:
    with pytest.raises(MissingPrerequisite, match="demo build"):
        bundled_corpus("people", tmp_path)


def test_reading_needs_no_torch() -> None:
    code = (
        "import sys; from unlearn_core.demo.corpus import bundled_corpus; "
        "bundled_corpus('people'); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_weights_fit_in_sixteen_megabytes() -> None:
    files = list(bundled_folder().rglob("*.safetensors"))
    assert len(files) == 2
    assert sum(path.stat().st_size for path in files) <= 16_000_000
