"""The frame of a report: one HTML file that needs no script, no network and no other file."""

from html import escape

from unlearn_core.report.style import STYLE

LIGHT = {
    "page": "#f6f7f5", "surface": "#ffffff", "sunken": "#eef0ed", "line": "#d5dad4",
    "text": "#1c2421", "soft": "#54605a", "accent": "#1f6f5c", "forget": "#b04808",
    "retain": "#0068a8", "world": "#00795a", "paraphrased": "#8f5a00", "collapse": "#8e3f7a",
    "total": "#4a5550", "good": "#00704f", "warn": "#855800", "bad": "#a83232",
    "removed": "#fbe3d4", "added": "#d8ebf7",
}  # fmt: skip
"""The colours of the app's `assets/style.css`; a test holds them equal."""
DARK = {
    "page": "#121715", "surface": "#1a211e", "sunken": "#222a27", "line": "#36413c",
    "text": "#e8eeea", "soft": "#a9b6af", "accent": "#5cc3a6", "forget": "#f29b5c",
    "retain": "#6bbdf0", "world": "#4cc9a0", "paraphrased": "#e0b25a", "collapse": "#df97c9",
    "total": "#b9c4be", "good": "#4cc9a0", "warn": "#e0b25a", "bad": "#f08d8d",
    "removed": "#52301b", "added": "#17405a",
}  # fmt: skip


def html_page(title: str, lead: str, sections: str) -> str:
    """A whole HTML file.

    Args:
        title: Of the page; escaped here.
        lead: What and when, in a line; escaped here.
        sections: HTML made by `section`.
    """
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_variables()}{PAGE}{STYLE}</style></head>\n"
        f"<body><main><header class='page-head'><p class='page-brand'>Lethe report</p>"
        f"<h1>{escape(title)}</h1><p class='page-lead'>{escape(lead)}</p></header>\n"
        f"{sections}\n</main></body></html>\n"
    )


def section(title: str, html: str) -> str:
    """A part of the page under its heading; nothing where there is nothing to show."""
    if not html:
        return ""
    return f"<section class='page-part'><h2>{escape(title)}</h2>{html}</section>\n"


def _variables() -> str:
    light = "".join(f"--lethe-{name}:{value};" for name, value in LIGHT.items())
    dark = "".join(f"--lethe-{name}:{value};" for name, value in DARK.items())
    return (
        f":root{{color-scheme:light dark;{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    )


PAGE = """
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--lethe-page); color: var(--lethe-text);
  font: 17px/1.5 "IBM Plex Sans", ui-sans-serif, system-ui, sans-serif;
}
main { max-width: 1240px; margin: 0 auto; padding: 48px 40px 96px; display: grid; gap: 28px; }
main > * { min-width: 0; }
.page-head { display: grid; gap: 6px; }
.page-head p, .page-head h1 { margin: 0; overflow-wrap: anywhere; }
.page-brand { color: var(--lethe-accent); font-weight: 600; }
.page-head h1 { font-size: clamp(28px, 3.4vw, 44px); line-height: 1.2; letter-spacing: -0.015em; }
.page-lead { color: var(--lethe-soft); font-size: 18px; }
.page-part {
  background: var(--lethe-surface); border: 1px solid var(--lethe-line); border-radius: 12px;
  padding: 28px 32px;
}
.page-part > h2 { font-size: 24px; font-weight: 600; margin: 0 0 18px; }
.page-part h3 { font-size: 20px; }
pre {
  margin: 0; padding: 14px 16px; background: var(--lethe-sunken); border-radius: 8px;
  white-space: pre-wrap; overflow-wrap: anywhere; font-size: 15px;
}
code, pre { font-family: "IBM Plex Mono", ui-monospace, monospace; }
.page-list { margin: 0; padding-left: 22px; display: grid; gap: 8px; }
.rep > pre, .rep-scroll + p { margin-top: 14px !important; }
.rep-line-of { white-space: nowrap; }
.page-race td small { white-space: nowrap; }
.page-race th[scope=row] { min-width: 11em; }
.rep-attacks { display: grid; gap: 0; }
.rep-attacks > .rep-attack { padding: 28px 0; border-top: 1px solid var(--lethe-line); }
.rep-attacks > .rep-attack:first-child { border-top: 0; padding-top: 0; }
.rep-compare { display: grid; gap: 22px; }
.rep-card { display: grid; gap: 8px; padding-bottom: 22px; break-inside: avoid;
  border-bottom: 1px solid var(--lethe-line); }
.rep-card:last-child { border-bottom: 0; padding-bottom: 0; }
.rep-pair p { font-size: 18px; }
.rep-pair > div { display: grid; gap: 4px; align-content: start; justify-items: start; }
.rep-diff { overflow-wrap: anywhere; font-size: 15px; }
.rep-diff del { background: var(--lethe-removed); padding: 0 3px; border-radius: 3px; }
.rep-diff ins { background: var(--lethe-added); padding: 0 3px; border-radius: 3px; }
.rep-live-total { --rep: var(--lethe-total); --rep-dash: none; }
.rep-live-collapse { --rep: var(--lethe-collapse); --rep-dash: 14 5 2 5; }
.rep-live-retain { --rep: var(--lethe-retain); --rep-dash: none; }
.rep-live-forget { --rep: var(--lethe-forget); --rep-dash: 9 6; }
.rep-live-paraphrased { --rep: var(--lethe-paraphrased); --rep-dash: 2 7; }
.rep-live-world { --rep: var(--lethe-world); --rep-dash: 14 5 2 5; }
@media (max-width: 560px) {
  main { padding: 24px 12px 56px; gap: 18px; }
  .page-part { padding: 20px 16px; }
}
@media screen and (min-width: 1700px) { main { zoom: 1.2; } }
@media print {
  :root { color-scheme: light; }
  body { background: none; font-size: 11pt; }
  main { padding: 0; max-width: none; gap: 12pt; }
  .page-part { border: 0; padding: 0 0 12pt; }
  .page-part > h2, .rep h3, .rep h4 { break-after: avoid; }
}
"""
