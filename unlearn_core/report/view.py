"""The parts of an audit as HTML of escaped text, for the app and for reports."""

from unlearn_core.report.attack import attack_html
from unlearn_core.report.knowledge import knowledge_chart
from unlearn_core.report.metrics import metrics_html
from unlearn_core.report.side_effects import side_effects_html
from unlearn_core.report.style import STYLE
from unlearn_core.report.verdict import verdict_html

__all__ = [
    "STYLE",
    "attack_html",
    "knowledge_chart",
    "metrics_html",
    "side_effects_html",
    "verdict_html",
]
