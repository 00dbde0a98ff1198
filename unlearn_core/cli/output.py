"""What the commands print: tables for people, JSON for programs."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.table import Table

from unlearn_core.runs.result import RunResult

GROUP_NAMES = {
    "forget": "forget",
    "paraphrased": "forget, other phrasings",
    "neighbours": "neighbours",
    "retain": "retain",
    "world": "world",
}
MEASURES = {
    "fact_recall": "fact recall",
    "rouge_l_recall": "ROUGE-L recall",
    "log_likelihood": "log-likelihood",
}


def print_json(value: Any) -> None:
    """Write a value to standard output as one JSON document."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


@contextmanager
def stdout_kept_clean(enabled: bool) -> Iterator[None]:
    """Send whatever is printed meanwhile, also by libraries and children, to standard error."""
    if not enabled:
        yield
        return
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def hide_library_progress() -> None:
    """Keep transformers from drawing progress bars of its own."""
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; texts are shown as they are, without markup."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(_literal(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else 120).print(table)


def result_rows(result: RunResult) -> list[list[str]]:
    """Rows `group, measure, before, after` of a result."""
    sides = (result.before, result.after)
    rows = [
        [shown, label, *(number(getattr(side.groups.get(group), key, None)) for side in sides)]
        for group, shown in GROUP_NAMES.items()
        if group in result.after.groups
        for key, label in MEASURES.items()
    ]
    return [*rows, ["forget", "leak share", *(number(side.leak_share) for side in sides)]]


def number(value: float | None) -> str:
    """A number in three decimals; a dash for none."""
    return "-" if value is None else f"{value:.3f}"


def _literal(text: str) -> str:
    return text.replace("[", r"\[")
