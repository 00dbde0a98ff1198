"""Lines over a common axis, with the same numbers as a table."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from unlearn_core.pages.templates import render
from unlearn_core.wording.numbers import number

MOST_POINTS = 400
MOST_ROWS = 60
MOST_DOTS = 12
TICKS = 4

Point = tuple[float, float]


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
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Chart:
    """Lines with their axes; places are per cent of the drawing's width and height."""

    title: str
    lines: Sequence[Line]
    x_label: str
    y_label: str
    share: bool

    @cached_property
    def xs(self) -> list[float]:
        """Every x, once and rising."""
        return sorted({x for line in self.lines for x, _ in line.points})

    @cached_property
    def x_ticks(self) -> list[float]:
        """Round numbers on the axis."""
        low, high = self.xs[0], self.xs[-1]
        return [x for x in _ticks(low, high) if low <= x <= high]

    @cached_property
    def y_ticks(self) -> list[float]:
        """Round numbers around every y."""
        ys = [y for line in self.lines for _, y in line.points]
        return [0.0, 0.25, 0.5, 0.75, 1.0] if self.share else _ticks(min(0.0, *ys), max(ys))

    def right(self, x: float) -> str:
        """How far from the left an x is."""
        return f"{_between(x, self.xs[0], self.xs[-1]):.2f}"

    def up(self, y: float) -> str:
        """How far from the bottom a y is."""
        return f"{_between(y, self.y_ticks[0], self.y_ticks[-1]):.2f}"

    def down(self, y: float) -> str:
        """How far from the top a y is."""
        return f"{100 - _between(y, self.y_ticks[0], self.y_ticks[-1]):.2f}"

    def path(self, line: Line) -> str:
        """A line's points as SVG has them."""
        return " ".join(f"{self.right(x)},{self.down(y)}" for x, y in thinned(line.points))

    def words(self, y: float, digits: int) -> str:
        """A y in words, in per cent with so many decimals where it is a share."""
        return f"{y * 100:.{digits}f} %" if self.share else number(y)

    def rows(self) -> Iterator[tuple[float, list[float | None]]]:
        """Some x with the y of each line there."""
        by_x, xs = [dict(line.points) for line in self.lines], self.xs
        every = math.ceil(len(xs) / MOST_ROWS)
        for x in sorted({*xs[::every], xs[-1]}):
            yield x, [ys.get(x) for ys in by_x]


def line_chart(
    title: str, lines: Sequence[Line], x_label: str, y_label: str, *, share: bool = False
) -> Markup:
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
        return Markup()
    chart = Chart(title, drawn, x_label, y_label, share)
    return render(
        "report/templates/curves.html",
        all_rows=len(chart.xs), chart=chart, most_dots=MOST_DOTS, rows=list(chart.rows()),
    )  # fmt: skip


def thinned(points: Sequence[Point]) -> list[Point]:
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


def _between(value: float, low: float, high: float) -> float:
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
