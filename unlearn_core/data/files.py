"""Rows of local files: JSON lines, JSON, CSV, TSV, Parquet and plain text."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from unlearn_core.data.rows import Row
from unlearn_core.errors import InvalidInput

PASSAGE_WORDS = 200
"""Longest passage that a plain text is cut into."""


def read_rows(path: Path, max_rows: int) -> tuple[list[Row], tuple[str, ...]]:
    """Read at most `max_rows` rows of a file; its ending says how.

    Returns:
        The rows, and a warning where the file has more.

    Raises:
        InvalidInput: No such file, an unknown ending, or content that cannot be read; names the
            line where there is one.
    """
    if not path.is_file():
        raise InvalidInput(f"There is no file '{path}'. Check the path.")
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise InvalidInput(
            f"'{path.name}' ends in '{path.suffix}'; files that can be read end in "
            f"{', '.join(READERS)}."
        )
    try:
        rows = list(islice(reader(path), max_rows + 1))
    except OSError as error:
        raise InvalidInput(f"'{path}' cannot be read: {error.strerror}.") from error
    if not rows:
        raise InvalidInput(f"'{path.name}' is empty: it has no rows.")
    if len(rows) <= max_rows:
        return rows, ()
    return rows[:max_rows], (more_rows(path.name, max_rows),)


def more_rows(name: str, max_rows: int) -> str:
    """The warning about a source that is not read to its end."""
    return f"{name}: only the first {max_rows:,} rows are used; raise max_rows to use more."


def cut_passages(paragraphs: Iterator[str], words: int = PASSAGE_WORDS) -> Iterator[str]:
    """Join short paragraphs and cut long ones, so that no passage has more than `words` words."""
    held: list[str] = []
    count = 0
    for paragraph in paragraphs:
        tokens = paragraph.split()
        for start in range(0, len(tokens), words):
            piece = tokens[start : start + words]
            if held and count + len(piece) > words:
                yield "\n\n".join(held)
                held, count = [], 0
            held.append(" ".join(piece))
            count += len(piece)
    if held:
        yield "\n\n".join(held)


def _lines(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            try:
                yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise InvalidInput(
                    f"'{path.name}' is not UTF-8 text (line {number}). Save it as UTF-8."
                ) from error


def _json_lines(path: Path) -> Iterator[Row]:
    for number, line in enumerate(_lines(path), 1):
        if line.strip():
            yield _object(path, number, _parse(path, line, number))


def _json(path: Path) -> Iterator[Row]:
    text = "".join(_lines(path))
    if not text.strip():
        return
    content = _parse(path, text, 0)
    if isinstance(content, dict) and isinstance(content.get("data"), list):
        content = content["data"]
    if not isinstance(content, list):
        raise InvalidInput(
            f"'{path.name}' must hold a list of objects, or an object with such a list under "
            "'data'."
        )
    for number, item in enumerate(content, 1):
        yield _object(path, number, item)


def _parse(path: Path, text: str, line: int) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        place = line or getattr(error, "lineno", 1)
        reason = getattr(error, "msg", str(error))
        raise InvalidInput(f"'{path.name}' has broken JSON at line {place}: {reason}.") from error
    except RecursionError as error:
        raise InvalidInput(f"'{path.name}' has JSON nested too deeply at line {line}.") from error


def _object(path: Path, number: int, item: Any) -> Row:
    if not isinstance(item, dict):
        raise InvalidInput(
            f"'{path.name}', entry {number}: expected an object with fields, found a "
            f"{type(item).__name__}."
        )
    return Row(number, item)


def _separated(delimiter: str) -> Callable[[Path], Iterator[Row]]:
    def read(path: Path) -> Iterator[Row]:
        table = csv.reader(_lines(path), delimiter=delimiter, strict=True)
        try:
            header = next(table, [])
            for values in table:
                if len(values) > len(header):
                    raise InvalidInput(
                        f"'{path.name}', line {table.line_num}: {len(values)} values, but the "
                        f"first line names {len(header)} fields. Quote values that hold "
                        f"'{delimiter}'."
                    )
                if values:
                    yield Row(table.line_num, dict(zip(header, values, strict=False)))
        except csv.Error as error:
            raise InvalidInput(
                f"'{path.name}' has a broken row at line {table.line_num}: {error}."
            ) from error

    return read


def _parquet(path: Path) -> Iterator[Row]:
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(path)
        items = (item for batch in file.iter_batches() for item in batch.to_pylist())
        for number, item in enumerate(items, 1):
            yield Row(number, item)
    except pyarrow.ArrowException as error:
        raise InvalidInput(f"'{path.name}' is not a Parquet file that can be read.") from error


def _text(path: Path) -> Iterator[Row]:
    for number, passage in enumerate(cut_passages(_paragraphs(path)), 1):
        yield Row(number, {"text": passage, "subject": f"passage {number}"})


def _paragraphs(path: Path) -> Iterator[str]:
    held: list[str] = []
    for line in _lines(path):
        if re.search(r"\S", line):
            held.append(line)
        elif held:
            yield "".join(held)
            held = []
    yield "".join(held)


READERS: dict[str, Callable[[Path], Iterator[Row]]] = {
    ".jsonl": _json_lines,
    ".json": _json,
    ".csv": _separated(","),
    ".tsv": _separated("\t"),
    ".parquet": _parquet,
    ".txt": _text,
}
