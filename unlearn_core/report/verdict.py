"""The verdict: one sentence, the lines that bear it, the leak in its own words, the rules."""

from html import escape

from unlearn_core.report.markup import folded, paragraph, text
from unlearn_core.report.words import Json, seconds

# Word, sign and tone: told apart by all three.
LEVELS = {
    "gone": ("Gone", "✓", "good"),
    "leaks": ("Leaks", "!", "bad"),
    "traces": ("Traces", "≈", "warn"),
    "known": ("Still known", "✕", "bad"),
    "unclear": ("Unclear", "?", "plain"),
}
KINDS = {
    "leak": ("Leak", "!", "bad"),
    "gone": ("Gone", "✓", "good"),
    "closeness": ("Closeness", "≈", "plain"),
    "cost": ("Cost", "−", "warn"),
    "untested": ("Not tested", "?", "plain"),
    "caveat": ("Keep in mind", "i", "plain"),
}
MOST_UNTESTED = 3
"""Lines of what was not tested that are shown one by one."""


def verdict_html(audit: Json) -> str:
    """Headline, lines by kind, the quoted leak, and the rules folded away."""
    verdict = audit["verdict"]
    word, sign, tone = LEVELS[verdict["level"]]
    head = (
        f'<header class="rep-headline rep-{tone}"><span class="rep-stamp">'
        f'<b aria-hidden="true">{sign}</b>{word}</span>'
        f"<h2>{escape(verdict['headline'])}</h2></header>"
    )
    lines = "".join(_lines(audit, kind) for kind in KINDS)
    rules = "".join(f"<li>{escape(rule)}</li>" for rule in verdict["rules"])
    return (
        f'<section class="rep rep-verdict" aria-label="Verdict">{head}{_quote(audit)}'
        f'<ul class="rep-lines">{lines}</ul>'
        f"{folded('How the verdict is reached', f'<ul>{rules}</ul>')}"
        f"{paragraph(_made_of(audit), 'rep-soft')}</section>"
    )


def _lines(audit: Json, kind: str) -> str:
    """The lines of a kind; many of what was not tested are folded into one."""
    said = [str(line["text"]) for line in audit["verdict"]["lines"] if line["kind"] == kind]
    if kind != "untested" or len(said) <= MOST_UNTESTED:
        return "".join(_line(kind, escape(words)) for words in said)
    items = "".join(f"<li>{escape(words)}</li>" for words in said)
    return _line(kind, folded(f"{len(said)} things, with the reasons", f"<ul>{items}</ul>"))


def _line(kind: str, html: str) -> str:
    word, sign, tone = KINDS[kind]
    return (
        f'<li class="rep-{tone}"><b class="rep-icon" aria-hidden="true">{sign}</b>'
        f'<div><span class="rep-kind">{word}</span> {html}</div></li>'
    )


def _quote(audit: Json) -> str:
    quote = audit["verdict"]["quote"]
    if not quote:
        return ""
    detail = f", {quote['detail']}" if quote["detail"] else ""
    return (
        f'<figure class="rep-quote"><figcaption>What it still said '
        f'<span class="rep-soft">(attack {escape(quote["attack"] + detail)})</span></figcaption>'
        f'<p class="rep-soft">{text(quote["prompt"])}</p><blockquote>{text(quote["text"])}'
        f'</blockquote><p><span class="rep-soft">True answer</span> {text(quote["true"])}</p>'
        f"</figure>"
    )


def _made_of(audit: Json) -> str:
    attacks = len(audit["findings"])
    return (
        f"{attacks} attacks, effort {audit['effort']}, seed {audit['seed']}, "
        f"{seconds(audit['seconds'])} on {audit['device']}."
    )
