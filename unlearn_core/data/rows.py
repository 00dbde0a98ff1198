"""Rows of any table as records: which field is what, and what is repaired or skipped."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput

_NAMES: Mapping[str, tuple[str, ...]] = {
    "prompt": ("prompt", "question", "query", "instruction", "input", "problem"),
    "answer": ("answer", "response", "output", "completion", "target", "reply", "solution"),
    "text": ("text", "passage", "content", "sequence", "story", "document"),
    "subject": ("subject", "author", "person", "name", "topic", "entity", "title"),
    "fact": ("fact", "key", "keyword", "short_answer"),
    "id": ("id", "record_id", "uid"),
    "perturbed": ("perturbed", "perturbed_answer", "perturbed_answers", "wrong_answers"),
    "paraphrases": ("paraphrases", "paraphrased_answer", "paraphrased_answers"),
}


class Row(NamedTuple):
    """One row of a table and where it stands: a line of a file, counted from 1."""

    line: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Fields:
    """Which field of a table holds what; empty: none. Without `prompt`, answers are passages."""

    answer: str
    prompt: str = ""
    subject: str = ""
    fact: str = ""
    id: str = ""
    perturbed: str = ""
    paraphrases: str = ""


@dataclass
class Notes:
    """Counts of what was repaired or skipped, told in one sentence each."""

    counts: Counter[str] = field(default_factory=Counter)

    def sentences(self, name: str) -> tuple[str, ...]:
        """One sentence for each kind of repair."""
        return tuple(f"{name}: {count:,} {what}." for what, count in self.counts.items())


def records_from_rows(
    rows: Sequence[Row], name: str, given: Mapping[str, str] | None = None, prefix: str = "r"
) -> tuple[tuple[Record, ...], tuple[str, ...]]:
    """Turn rows into records.

    Args:
        rows: Of one table.
        name: Of the table, for messages.
        given: Field names by role (`prompt`, `answer`, `subject`, `fact`); missing or empty ones
            are guessed.
        prefix: Starts the id of a record whose row has none; the row's number follows.

    Returns:
        The records, and a sentence for each kind of repair with its count.

    Raises:
        InvalidInput: No rows, no such field, or a value that is neither text nor number.
    """
    fields = find_fields(rows, name, given or {})
    notes = Notes()
    try:
        records = [_record(n, row, fields, prefix, notes) for n, row in enumerate(rows, 1)]
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error}") from error
    kept = _with_own_ids([record for record in records if record], notes)
    if not kept:
        raise InvalidInput(f"{name} has no row with text under '{fields.answer}'.")
    return kept, notes.sentences(name)


def find_fields(rows: Iterable[Row], name: str, given: Mapping[str, str]) -> Fields:
    """The fields a person named, and guesses for the others.

    Raises:
        InvalidInput: A named field does not exist, or question or answer cannot be guessed.
    """
    known = list(dict.fromkeys(key for row in rows for key in row.values))
    if not known:
        raise InvalidInput(f"{name} is empty: it has no rows.")
    for wanted in filter(None, given.values()):
        if wanted not in known:
            raise InvalidInput(
                f"{name} has no field '{wanted}'; its fields are {', '.join(known)}."
            )
    found = {role: given.get(role) or _guess(role, known) for role in _NAMES}
    text = found.pop("text")
    if not found["answer"] and text and not given.get("prompt"):
        found |= {"answer": text, "prompt": ""}
    if not found["answer"]:
        raise InvalidInput(
            f"{name} has no field that looks like an answer or a text; its fields are "
            f"{', '.join(known)}. Name one as answer field."
        )
    if not found["prompt"] and not given.get("answer") and found["answer"] != text:
        raise InvalidInput(
            f"{name} has no field that looks like a question; its fields are "
            f"{', '.join(known)}. Name one as prompt field."
        )
    return Fields(**found)


def _guess(role: str, known: Sequence[str]) -> str:
    by_lower = {name.lower(): name for name in reversed(known)}
    return next((by_lower[name] for name in _NAMES[role] if name in by_lower), "")


def _record(number: int, row: Row, fields: Fields, prefix: str, notes: Notes) -> Record | None:
    prompt = _text(row, fields.prompt, notes)
    answer = _text(row, fields.answer, notes)
    if not answer or (fields.prompt and not prompt):
        what = "answer" if prompt or not fields.prompt else "prompt"
        notes.counts[f"rows with an empty {what} were skipped"] += 1
        return None
    return Record(
        id=_label(row, fields.id) or f"{prefix}{number:04d}",
        prompt=prompt,
        answer=answer,
        subject=_label(row, fields.subject),
        fact=_label(row, fields.fact),
        perturbed=_texts(row, fields.perturbed),
        paraphrases=_texts(row, fields.paraphrases),
    )


def _text(row: Row, name: str, notes: Notes) -> str:
    value = row.values.get(name)
    if value is not None and not isinstance(value, str):
        notes.counts[f"values of '{name}' were not text and were turned into text"] += 1
    return _plain(row, name, value)


def _label(row: Row, name: str) -> str:
    return _plain(row, name, row.values.get(name))


def _texts(row: Row, name: str) -> tuple[str, ...]:
    value = row.values.get(name)
    values = value if isinstance(value, list | tuple) else [value]
    return tuple(filter(None, (_plain(row, name, one) for one in values)))


def _plain(row: Row, name: str, value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, list | tuple | dict | bytes):
        raise InvalidInput(
            f"Line {row.line}: '{name}' is a {type(value).__name__}, but it must be text. "
            "Name another field or flatten this one."
        )
    return str(value).strip()


def _with_own_ids(records: Sequence[Record], notes: Notes) -> tuple[Record, ...]:
    taken = {record.id for record in records}
    if len(taken) == len(records):
        return tuple(records)
    seen: set[str] = set()
    result = []
    for record in records:
        if record.id in seen:
            notes.counts["ids stood more than once and got a number"] += 1
            record = record.model_copy(update={"id": _free(record.id, taken)})
            taken.add(record.id)
        seen.add(record.id)
        result.append(record)
    return tuple(result)


def _free(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name}-{number}" in taken:
        number += 1
    return f"{name}-{number}"
