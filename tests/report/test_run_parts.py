"""Curves of a run in its report."""

from unlearn_core.report.run_parts import live_curves
from unlearn_core.runs.events import Event


def test_a_methods_own_losses_are_drawn_by_their_words_or_their_name() -> None:
    events = [
        Event("scalars", step, {"loss/total": 1.0, "loss/npo": 2.0, "loss/brand_new": 3.0})
        for step in (1, 2)
    ]
    _, losses = live_curves(events)
    for label in ("Total", "NPO", "brand_new"):
        assert f"</svg>{label}</li>" in losses
