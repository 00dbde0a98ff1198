"""The few pieces of HTML that all parts of a report are made of.

Arguments named `html` are trusted markup; everything else is escaped here.
"""

from collections.abc import Iterable, Sequence
from html import escape

from unlearn_core.report.words import ROLES


def text(words: str) -> str:
    """A model's or person's text: escaped, and kept from turning the line around it."""
    shown = escape(words)
    return f'<bdi class="rep-text" translate="no">{shown}</bdi>' if words.strip() else EMPTY


EMPTY = '<span class="rep-soft">(empty answer)</span>'


def paragraph(words: str, kind: str = "") -> str:
    """A line of our own words; nothing for no words."""
    name = f' class="{kind}"' if kind else ""
    return f"<p{name}>{escape(words)}</p>" if words else ""


def folded(summary: str, html: str, *, count: str = "", opened: bool = False) -> str:
    """A part that is shown on demand."""
    small = f' <span class="rep-soft">{escape(count)}</span>' if count else ""
    state = " open" if opened else ""
    return (
        f'<details class="rep-fold"{state}><summary>{escape(summary)}{small}</summary>'
        f"{html}</details>"
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], caption: str) -> str:
    """A table whose cells are HTML and whose first column names the rows.

    Args:
        heads: HTML of the column headings.
        rows: HTML of the cells.
        caption: What the table holds, read aloud.
    """
    head = "".join(f'<th scope="col">{html}</th>' for html in heads)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    return (
        f'<div class="rep-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="rep-table"><caption class="rep-hidden">{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def role_head(role: str) -> str:
    """A model's name with its sign."""
    return f'<span class="rep-role rep-{role}"><i class="rep-sign"></i>{ROLES[role]}</span>'


def badge(words: str, tone: str) -> str:
    """A word in a ring; `tone` is good, bad or plain."""
    return f'<span class="rep-badge rep-{tone}">{escape(words)}</span>'


def facts(rows: Iterable[tuple[str, str]]) -> str:
    """Names with their values, as HTML of escaped text; those without a value are left out."""
    body = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in rows
        if value
    )
    return f'<dl class="rep-facts">{body}</dl>'
