"""Secrets that a person types."""

from pathlib import Path

import pytest

from unlearn_core.data.bundled import BUNDLED_FOLDER
from unlearn_core.data.records import Record
from unlearn_core.data.sources import DataSpec, load_corpus
from unlearn_core.errors import InvalidInput
from unlearn_core.ui.forget.secrets import typed_secrets, world_file, write_records


def test_typed_rows_become_records_and_empty_rows_are_passed_over() -> None:
    rows = [["Code?", " 4711 ", "4711"], ["", "", ""], ["Door?", "Red", None]]
    first, second = typed_secrets(rows)
    assert (first.prompt, first.answer, first.fact) == ("Code?", "4711", "4711")
    assert (second.id, second.fact) == ("secret-3", "")


def test_nothing_typed_is_told() -> None:
    with pytest.raises(InvalidInput, match="No secret was typed"):
        typed_secrets([["", "", ""]])


def test_half_a_secret_is_told() -> None:
    with pytest.raises(InvalidInput, match="Secret 2 has no answer"):
        typed_secrets([["Code?", "4711", ""], ["Door?", "", ""]])


def test_written_records_are_read_back_as_they_were(tmp_path: Path) -> None:
    records = (
        Record(id="secret-1", prompt="Code?", answer="It is 4711.", subject="secrets", fact="4711"),
        Record(id="p", prompt="Who?", answer="Ada.", subject="Ada"),
    )
    path = write_records(tmp_path / "data", records)
    assert load_corpus(DataSpec(source=str(path))).records == records


def test_world_of_the_bundled_data_is_its_file() -> None:
    assert world_file({"source": "bundled:people"}) == str(BUNDLED_FOLDER / "world_facts.jsonl")
    assert world_file({"source": "x.jsonl", "world": "w.jsonl"}) == "w.jsonl"
