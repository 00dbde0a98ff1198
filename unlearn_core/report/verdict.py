"""The verdict: one sentence, the lines that bear it, the leak in its own words, the rules."""

from markupsafe import Markup

from unlearn_core.audits.result import AuditResult
from unlearn_core.pages.templates import render

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


def verdict_html(audit: AuditResult) -> Markup:
    """Headline, lines by kind, the quoted leak, and the rules folded away."""
    return render(
        "report/templates/verdict.html",
        audit=audit, levels=LEVELS, kinds=KINDS, most_untested=MOST_UNTESTED,
    )  # fmt: skip
