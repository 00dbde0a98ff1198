"""A job as the browser draws it: what changed after a cursor, ready for JSON.

Nothing here names a model of a blind comparison; `names` does, when it is asked.
"""

from collections.abc import Callable
from itertools import groupby
from string import ascii_uppercase
from typing import Any

from unlearn_core.data.records import Record
from unlearn_core.metrics.differences import answer_histogram, how_different, word_diff
from unlearn_core.metrics.leak import knows
from unlearn_core.ui.compare.job import Cell, ComparisonJob
from unlearn_core.ui.compare.questions import OfferedQuestion
from unlearn_core.ui.texts.common import GROUPS
from unlearn_core.ui.texts.compare import HIDDEN_PROBLEM, LETTER

MOST_BARS = 10
FORGETTING = ("forget", "paraphrased")


def news_of(job: ComparisonJob, cursor: int, known: int = 0) -> dict[str, Any]:
    """What changed since the cursor; from 0 also the columns.

    Args:
        job: The comparison.
        cursor: Of the news before; 0 for none.
        known: How many questions were told already.
    """
    with job.changing() as version:
        cells = [
            cell_view(job, place, column)
            for place, row in enumerate(job.cells[: job.place + 1])
            for column, cell in enumerate(row)
            if cell.version > cursor or (cursor == 0 and cell.problem)
        ]
        found = {
            "state": job.state,
            "problem": job.problem,
            "place": job.place,
            "total": len(job.questions),
            "cursor": version,
            "cells": cells,
            "questions": [question_view(one) for one in job.questions[known:]],
        }
    return found if cursor else {**found, **table(job)}


def table(job: ComparisonJob) -> dict[str, Any]:
    """The columns, which stay as they are."""
    words = job.asking.words()
    return {
        "blind": job.blind,
        "columns": [
            {"letter": letter, "name": name, "sampler": words}
            for letter, name in zip(ascii_uppercase, shown_names(job), strict=False)
        ],
        "chat": job.chat,
    }


def question_view(question: OfferedQuestion) -> dict[str, Any]:
    """One question as the head of its card."""
    label, help = GROUPS[question.group]
    return {
        "prompt": question.record.prompt,
        "truth": question.record.answer,
        "group": label,
        "help": help,
        "forget": question.group in FORGETTING,
    }


def shown_names(job: ComparisonJob) -> list[str]:
    """What the columns are called: nothing but a letter in a blind comparison."""
    if job.blind:
        return [LETTER.format(letter=ascii_uppercase[i]) for i in range(len(job.sides))]
    return names(job)


def names(job: ComparisonJob) -> list[str]:
    """The models' names, in the order of the columns."""
    return [side.label for side in job.sides]


def problem_of(job: ComparisonJob, problem: str) -> str:
    """Why a column is empty; of a blind one only that it is, for the reason may name the model."""
    return HIDDEN_PROBLEM if problem and job.blind else problem


def cell_view(job: ComparisonJob, place: int, column: int) -> dict[str, Any]:
    """One answer with what is said about it."""
    question, row = job.questions[place], job.cells[place]
    cell, first = row[column], row[0]
    finished = place < job.answered or bool(cell.problem)
    both = finished and column and not cell.problem and not first.problem
    return {
        "question": place,
        "column": column,
        "text": cell.text,
        "problem": problem_of(job, cell.problem),
        "finished": finished,
        "known": gives(question.record)(cell.text) if finished and cell.text else None,
        "words": words(first.text, cell.text) if both else None,
        "samples": samples(question.record, cell) if cell.samples else None,
        "changed": changed(job, place) if finished else None,
    }


def changed(job: ComparisonJob, place: int) -> float:
    """How different the answers to a question are, 0 to 1; failing columns do not count."""
    return how_different([cell.text for cell in job.cells[place] if not cell.problem])


def words(before: str, after: str) -> list[tuple[str, str]]:
    """The word difference as runs of (kind, words)."""
    runs = groupby(word_diff(before, after), key=lambda pair: pair[1])
    return [(kind, " ".join(text for text, _ in pairs)) for kind, pairs in runs]


def gives(record: Record) -> Callable[[str], bool | None]:
    """Whether an answer gives the record's true answer; `None` where there is no true answer."""
    return (lambda text: knows(text, record)) if record.answer else (lambda text: None)


def samples(record: Record, cell: Cell) -> dict[str, Any]:
    """How often each answer was sampled."""
    counted = answer_histogram(cell.samples)
    known = gives(record)
    total = len(cell.samples)
    giving = sum(count for text, count in counted if known(text))
    return {
        "total": total,
        "distinct": len(counted),
        "giving": giving / total if record.answer else None,
        "bars": [
            {"text": text, "count": count, "share": count / total, "known": known(text)}
            for text, count in counted[:MOST_BARS]
        ],
        "rest": max(0, len(counted) - MOST_BARS),
    }


def revealed(job: ComparisonJob) -> dict[str, Any]:
    """The names of a blind comparison, and the reasons of its failures, from now on for all."""
    job.blind = False
    cells = [
        cell_view(job, place, column)
        for place, row in enumerate(job.cells[: job.place + 1])
        for column, cell in enumerate(row)
        if cell.problem
    ]
    return {"names": names(job), "cells": cells}
