"""The marking table without the screen: which rows are shown, which records are marked."""

import random
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape
from itertools import islice

from unlearn_core.data.marks import Marks
from unlearn_core.data.records import Corpus, Record, Split
from unlearn_core.errors import InvalidInput
from unlearn_core.ui.texts import forget as say
from unlearn_core.ui.texts.common import count, quoted

PAGE_ROWS = 100
"""Rows of the table at once; more would only slow the browser down."""

SHOW_ALL, SHOW_MARKED, SHOW_UNMARKED = say.ALL, say.TO_FORGET, say.TO_KEEP
SHOW = (SHOW_ALL, SHOW_MARKED, SHOW_UNMARKED)


@dataclass(frozen=True)
class View:
    """What the person looks at.

    Attributes:
        search: Text that must occur in subject, prompt or answer, whatever its case.
        subjects: When given, the only subjects shown.
        show: One of `SHOW`.
        page: From 0.
    """

    search: str = ""
    subjects: tuple[str, ...] = ()
    show: str = SHOW_ALL
    page: int = 0


def first_wordings(corpus: Corpus) -> tuple[Record, ...]:
    """The records that are rows of the table: of each fact its first wording.

    A run treats the other wordings of a marked fact alike whether they are marked or not: they
    are never trained on, only measured.
    """
    seen: set[tuple[str, str]] = set()
    rows = []
    for record in corpus.records:
        key = (record.subject, record.fact or record.id)
        if key not in seen:
            seen.add(key)
            rows.append(record)
    return tuple(rows)


def filtered(records: Sequence[Record], view: View, marked: Collection[str]) -> list[Record]:
    """The records that the view lets through, on all pages."""
    words = view.search.casefold().strip()
    chosen = set(view.subjects)
    held = set(marked)
    wanted = {SHOW_MARKED: True, SHOW_UNMARKED: False}.get(view.show)
    return [
        record
        for record in records
        if (not chosen or record.subject in chosen)
        and (wanted is None or (record.id in held) == wanted)
        and (not words or words in f"{record.subject}\n{record.prompt}\n{record.answer}".casefold())
    ]


def pages(shown: int) -> int:
    """How many pages so many rows take; at least one."""
    return max(1, -(-shown // PAGE_ROWS))


def page_of(records: Sequence[Record], page: int) -> list[Record]:
    """The rows of one page; a page behind the last one gives the last."""
    start = min(max(page, 0), pages(len(records)) - 1) * PAGE_ROWS
    return list(islice(records, start, start + PAGE_ROWS))


def table_rows(records: Sequence[Record], marked: Collection[str]) -> list[list[object]]:
    """Rows of the table: checkbox, subject, prompt, true answer."""
    held = set(marked)
    return [
        [record.id in held, record.subject, record.prompt or say.PASSAGE, record.answer]
        for record in records
    ]


def in_order(records: Sequence[Record], ids: Collection[str]) -> list[str]:
    """Ids in the records' order, without doubles and without unknown ones."""
    held = set(ids)
    return [record.id for record in records if record.id in held]


def invert(records: Sequence[Record], marked: Collection[str]) -> list[str]:
    """Mark what was not marked, and the other way round."""
    held = set(marked)
    return [record.id for record in records if record.id not in held]


def mark_random(records: Sequence[Record], n: int, seed: int) -> list[str]:
    """Ids of `n` records chosen by the seed.

    Raises:
        InvalidInput: `n` is below 1 or above the number of records.
    """
    if not 1 <= n <= len(records):
        raise InvalidInput(
            say.TOO_MANY_AT_RANDOM.format(n=n, shown=len(records), most=len(records))
        )
    return [record.id for record in random.Random(seed).sample(list(records), n)]


def to_marks(records: Sequence[Record], ids: Collection[str]) -> Marks:
    """The shortest description of marked rows: whole subjects by name, the rest by id."""
    held = set(ids)
    sizes = Counter(record.subject for record in records)
    taken = Counter(record.subject for record in records if record.id in held)
    whole = {subject for subject in taken if subject and taken[subject] == sizes[subject]}
    rest = [r.id for r in records if r.id in held and r.subject not in whole]
    return Marks(subjects=tuple(s for s in taken if s in whole), ids=tuple(rest))


def counter(records: Sequence[Record], marked: Collection[str], shown: int) -> str:
    """The counter above the table: `40 of 800 to forget, 760 kept`."""
    total = len(records)
    text = say.COUNTER.format(marked=len(marked), total=total, kept=total - len(marked))
    return say.SHOWN_OF.format(counter=text, shown=shown) if shown != total else text


def subjects_of(records: Sequence[Record]) -> list[str]:
    """Every subject once, in the records' order."""
    return list(dict.fromkeys(record.subject for record in records if record.subject))


def preview(split: Split, examples: int = 5) -> str:
    """What a run would do with the records, as HTML; every text is escaped."""
    groups = (
        (say.TO_FORGET, split.forget, say.TO_FORGET_HELP),
        (say.PARAPHRASED, split.paraphrased, say.PARAPHRASED_HELP),
        (say.TO_KEEP, split.retain, say.TO_KEEP_HELP),
        (say.GENERAL, split.world, say.GENERAL_HELP),
    )  # fmt: skip
    return "".join(_group(title, rows, help, examples) for title, rows, help in groups if rows)


def _group(title: str, records: Sequence[Record], help: str, examples: int) -> str:
    words = f"{count(len(records), 'record')} · {help}"
    head = f"<h4>{escape(title)} <small>{escape(words)}</small></h4>"
    rows = "".join(
        f"<tr><td>{quoted(r.subject)}</td><td>{quoted(r.prompt) or say.PASSAGE}</td>"
        f"<td>{quoted(r.answer)}</td></tr>"
        for r in _spread(records, examples)
    )
    return f'{head}<table class="lethe-table"><tbody>{rows}</tbody></table>'


def _spread(records: Sequence[Record], examples: int) -> list[Record]:
    """A few records at even distances, so that several subjects are seen."""
    step = max(1, len(records) // examples)
    return list(records[::step])[:examples]


def cell(record: Record) -> str:
    """A record on one line, as HTML."""
    return quoted(f"{record.prompt} {record.answer}".strip())
