"""What every part of the results page is made of."""

import json
from collections.abc import Iterable
from typing import Any

from benchmarks.common import RESULTS


def recorded(name: str) -> dict[str, Any] | None:
    """A result file, if it has been recorded."""
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *map(list, rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def where(environment: dict[str, Any]) -> str:
    """One line on how and where a result was recorded."""
    return (
        f"`{environment['command']}`, {environment['device']} ({environment['cpu']}), "
        f"{environment['threads']} threads, torch {environment['versions']['torch']}, "
        f"{environment['date'][:10]}."
    )


def share(value: float | None) -> str:
    """A share as a percentage."""
    return "-" if value is None else f"{100 * value:.1f} %"
