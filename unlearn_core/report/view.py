"""The parts of an audit as HTML of escaped text, for the app and for reports."""

from pathlib import Path

from unlearn_core.report.attack import attack_html
from unlearn_core.report.knowledge import knowledge_chart
from unlearn_core.report.metrics import metrics_html
from unlearn_core.report.side_effects import side_effects_html
from unlearn_core.report.verdict import verdict_html

__all__ = [
    "attack_html",
    "knowledge_chart",
    "metrics_html",
    "side_effects_html",
    "style_of",
    "verdict_html",
]

STYLES = Path(__file__).with_name("styles")


def style_of(*names: str) -> str:
    """Style sheets of this room: `parts` and `charts` for audits, `page` for a whole report."""
    return "\n".join((STYLES / f"{name}.css").read_text(encoding="utf-8") for name in names)
