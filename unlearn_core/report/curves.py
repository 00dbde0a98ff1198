"""Lines over a common axis as inline SVG, with axes in HTML so that their text keeps its size."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from unlearn_core.report.markup import folded, table
from unlearn_core.report.words import number

MOST_POINTS = 400
MOST_ROWS = 60
MOST_DOTS = 12
TICKS = 4


@dataclass(frozen=True)
class Line:
    """One line.

    Attributes:
        label: Shown in the legend.
        look: Names a class `rep-<look>`, which gives its colour and dashes.
        points: Pairs of x and y, x rising.
    """

    label: str
    look: str
    points: tuple[tuple[float, float], ...]


def line_chart(
    title: str, lines: Sequence[Line], x_label: str, y_label: str, *, share: bool = False
) -> str:
    """A chart with its legend and the same numbers as a table; empty where there are no points.

    Args:
        title: What is drawn.
        lines: Those without points are left out.
        x_label: With unit.
        y_label: With unit.
        share: y lies between 0 and 1 and is shown in per cent.
    """
    drawn = [line for line in lines if line.points]
    if not drawn:
        return ""
    xs = [x for line in drawn for x, _ in line.points]
    ys = [y for line in drawn for _, y in line.points]
    x_ticks = _ticks(min(xs), max(xs))
    y_ticks = [0.0, 0.25, 0.5, 0.75, 1.0] if share else _ticks(min(0.0, *ys), max(ys))
    box = (min(xs), max(xs), y_ticks[0], y_ticks[-1])
    legend = "".join(
        f'<li class="rep-{line.look}"><svg class="rep-sample" viewBox="0 0 40 10" '
        f'aria-hidden="true"><path d="M2 5H38"/></svg>{escape(line.label)}</li>'
        for line in drawn
    )
    left = "".join(
        f'<span style="bottom:{_share(y, *box[2:]):.2f}%">{_tick(y, share)}</span>' for y in y_ticks
    )
    below = "".join(
        f'<span style="left:{_share(x, *box[:2]):.2f}%">{number(x)}</span>'
        for x in x_ticks
        if box[0] <= x <= box[1]
    )
    return (
        f'<figure class="rep-curves" aria-label="{escape(title)}"><figcaption>{escape(title)}'
        f'</figcaption><ul class="rep-legend">{legend}</ul>'
        f'<p class="rep-soft rep-y-label">{escape(y_label)}</p>'
        f'<div class="rep-plot" aria-hidden="true"><div class="rep-y">{left}</div>'
        f'<div class="rep-area">{_svg(drawn, y_ticks, box)}{_dots(drawn, box)}</div>'
        f'<div class="rep-x">{below}</div></div><p class="rep-soft rep-x-label">{escape(x_label)}'
        f"</p>{folded('The same as a table', _table(title, drawn, x_label, share))}</figure>"
    )


Box = tuple[float, float, float, float]


def _svg(lines: Sequence[Line], y_ticks: Sequence[float], box: Box) -> str:
    grid = "".join(
        f'<path class="rep-grid" d="M0 {100 - _share(y, *box[2:]):.2f}H100"/>' for y in y_ticks
    )
    paths = "".join(
        f'<polyline class="rep-{line.look}" points="{_points(line, box)}"/>' for line in lines
    )
    return f'<svg viewBox="0 0 100 100" preserveAspectRatio="none">{grid}{paths}</svg>'


def _points(line: Line, box: Box) -> str:
    return " ".join(
        f"{_share(x, *box[:2]):.2f},{100 - _share(y, *box[2:]):.2f}"
        for x, y in thinned(line.points)
    )


def _dots(lines: Sequence[Line], box: Box) -> str:
    """Dots on lines of few points; in HTML, since the picture is stretched."""
    return "".join(
        f'<i class="rep-dot rep-{line.look}" style="left:{_share(x, *box[:2]):.2f}%;'
        f'bottom:{_share(y, *box[2:]):.2f}%"></i>'
        for line in lines
        if len(line.points) <= MOST_DOTS
        for x, y in line.points
    )


def thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Few enough points to draw; of each stretch its lowest and highest are kept."""
    if len(points) <= MOST_POINTS:
        return list(points)
    size = math.ceil(2 * len(points) / MOST_POINTS)
    kept = []
    for start in range(0, len(points), size):
        part = points[start : start + size]
        ends = {min(part, key=lambda p: p[1]), max(part, key=lambda p: p[1])}
        kept += sorted(ends)
    return kept


def _share(value: float, low: float, high: float) -> float:
    return 50.0 if high == low else 100 * (value - low) / (high - low)


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from below `low` to above `high`."""
    if high == low:
        high = low + 1
    rough = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [place * step for place in range(first, last + 1)]


def _tick(value: float, share: bool) -> str:
    return f"{value * 100:.0f} %" if share else number(value)


def _table(title: str, lines: Sequence[Line], x_label: str, share: bool) -> str:
    by_x = [dict(line.points) for line in lines]
    xs = sorted({x for line in lines for x, _ in line.points})
    every = math.ceil(len(xs) / MOST_ROWS)
    kept = sorted({*xs[::every], xs[-1]})
    rows = [[number(x), *("" if x not in ys else _cell(ys[x], share) for ys in by_x)] for x in kept]
    heads = [escape(x_label), *(escape(line.label) for line in lines)]
    note = f"<p class='rep-soft'>{len(kept)} of {len(xs)} rows.</p>" if len(kept) < len(xs) else ""
    return table(heads, rows, title) + note


def _cell(value: float, share: bool) -> str:
    return f"{value * 100:.1f} %" if share else number(value)
