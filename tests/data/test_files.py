"""Local files of every kind, whole and broken."""

import json
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from unlearn_core.data.files import cut_passages, read_rows
from unlearn_core.data.rows import records_from_rows
from unlearn_core.errors import InvalidInput

ROWS = [{"question": "Who, then?", "answer": "Zoë\tBell"}, {"question": "When?", "answer": "1931"}]


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def values(path: Path) -> list[dict]:
    return [dict(row.values) for row in read_rows(path, 100)[0]]


def test_json_lines(tmp_path):
    text = "\ufeff" + "\n\n".join(json.dumps(row) for row in ROWS)
    assert values(write(tmp_path / "a.jsonl", text)) == ROWS


@pytest.mark.parametrize("content", [ROWS, {"version": 1, "data": ROWS}])
def test_json(tmp_path, content):
    assert values(write(tmp_path / "a.json", json.dumps(content, indent=1))) == ROWS


def test_csv_with_quotes_and_line_breaks(tmp_path):
    text = 'question,answer\n"Who, then?","Zoë\tBell"\n"When\n?",1931\n'
    assert values(write(tmp_path / "a.CSV", text)) == [
        ROWS[0],
        {"question": "When\n?", "answer": "1931"},
    ]


def test_tsv(tmp_path):
    text = "question\tanswer\nWhen?\t1931\n"
    assert values(write(tmp_path / "a.tsv", text)) == [ROWS[1]]


def test_parquet(tmp_path):
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(ROWS), tmp_path / "a.parquet")
    assert values(tmp_path / "a.parquet") == ROWS


def test_text_is_cut_into_passages(tmp_path):
    path = write(tmp_path / "a.txt", "one two\nthree\n\n\n" + "word " * 250 + "\n\nlast")
    records, _ = records_from_rows(read_rows(path, 100)[0], "a.txt")
    assert [len(record.answer.split()) for record in records] == [3, 200, 51]
    assert records[0].subject == "passage 1" and records[0].is_passage


def test_short_paragraphs_are_joined():
    assert list(cut_passages(iter(["a b", "c", "d e f"]), words=3)) == ["a b\n\nc", "d e f"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", '{"a": 1}\n{"a": \n', "broken JSON at line 2"),
        ("a.jsonl", '{"a": 1}\n[1]\n', "entry 2: expected an object"),
        ("a.json", '[{"a": 1},\n {"a" 2}]', "broken JSON at line 2"),
        ("a.json", '{"a": 1}', "must hold a list of objects"),
        ("a.json", "[1]", "entry 1: expected an object"),
        ("a.json", "[" * 200_000, "nested too deeply"),
        ("a.jsonl", b'{"a": 1}\n{"a": "\xff"}\n', r"not UTF-8 text \(line 2\)"),
        ("a.txt", "abc".encode("utf-16"), "not UTF-8"),
        ("a.csv", "a,b\n1,2,3\n", "line 2: 3 values, but the first line names 2"),
        ("a.csv", 'a,b\n1,"2\n', "broken row at line 2"),
        ("a.parquet", "PAR1", "not a Parquet file"),
        ("a.docx", "x", "files that can be read end in .jsonl"),
        ("a.jsonl", "", "is empty"),
        ("a.json", "", "is empty"),
        ("a.json", "[]", "is empty"),
        ("a.csv", "", "is empty"),
        ("a.csv", "a,b\n", "is empty"),
        ("a.txt", "  \n\n", "is empty"),
    ],
)
def test_broken_files_are_refused_in_one_sentence(tmp_path, name, content, message):
    with pytest.raises(InvalidInput, match=message):
        read_rows(write(tmp_path / name, content), 100)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InvalidInput, match="There is no file"):
        read_rows(tmp_path / "no.jsonl", 100)


def test_rows_beyond_the_limit_are_left_out_with_a_warning(tmp_path):
    path = write(tmp_path / "a.jsonl", '{"text": "x"}\n' * 5)
    rows, warnings = read_rows(path, 3)
    assert len(rows) == 3
    assert warnings == ("a.jsonl: only the first 3 rows are used; raise max_rows to use more.",)
    assert read_rows(path, 5)[1] == ()
