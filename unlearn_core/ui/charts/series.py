"""What is drawn: panels, their series, and colours that colour-blind people can tell apart."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from unlearn_core.methods.parts import PARTS
from unlearn_core.pages.palette import row_of_colours
from unlearn_core.ui.texts import charts as say
from unlearn_core.ui.texts.charts import (
    ANSWERS,
    EMPTY_LIVE,
    FORGET_LOGGED,
    OTHER_CURVE,
    OVERLAY,
    PANELS,
    PROBES,
    RACE_AXES,
    RACE_CHART,
    RECORDS,
    SCALARS,
    TEACH_TILES,
    TILES,
    Term,
)
from unlearn_core.ui.texts.common import GROUPS, PHASES, STATES

PROBE_GROUPS = ("forget", "paraphrased", "neighbour", "retain", "world", "own")


@dataclass(frozen=True)
class Series:
    """One line of a panel.

    Attributes:
        name: Scalar's name in the run's events.
        colour: Variable of the style sheet, `--lethe-<colour>`.
        dash: Plotly's name; no two lines of one colour family share it.
        row: Row of the panel it is drawn in, from 0.
        scale: What the stored number is multiplied by for display.
        unit: Shown behind the number.
        folded: Whether it is drawn only once its legend entry is clicked.
    """

    name: str
    colour: str
    dash: Literal["solid", "dash", "dot", "dashdot", "longdash"] = "solid"
    row: int = 0
    scale: float = 1.0
    unit: str = ""
    folded: bool = False


@dataclass(frozen=True)
class Row:
    """One vertical axis of a panel; a fixed range keeps shares and per cents comparable."""

    title: str
    range: tuple[float, float] | None = None
    can_log: bool = False


@dataclass(frozen=True)
class Panel:
    """One chart: rows above each other over the common step axis.

    Attributes:
        takes: Scalars whose names begin so are drawn in its first row too, if no panel names them;
            the first panel that takes one has it.
    """

    key: str
    rows: tuple[Row, ...]
    series: tuple[Series, ...]
    takes: str | None = None


LIVE_PANELS: tuple[Panel, ...] = (
    Panel(
        "losses",
        (Row(say.NATS_PER_TOKEN, can_log=True),),
        (
            Series("loss/total", "total", unit="nats"),
            Series("loss/collapse", "collapse", unit="nats"),
            Series("loss/retain", "retain", unit="nats"),
            Series("loss/forget", "forget", "dash", unit="nats"),
            Series("collapse/loglik", "neighbours", "dot", unit="nats", folded=True),
        ),
        takes="loss/",
    ),
    Panel(
        "collapse",
        (Row(say.ANSWERS_BITS), Row(say.SHARE, (-0.03, 1.03))),
        (
            Series("collapse/distinct", "collapse", unit="answers"),
            Series("collapse/entropy", "neighbours", "dash", unit="bits"),
            Series("collapse/leak", "forget", row=1),
            Series("collapse/similarity", "paraphrased", "dash", row=1),
            Series("collapse/top_share", "world", "longdash", row=1),
            Series("collapse/picked_score", "total", "dot", row=1),
        ),
    ),
    Panel(
        "utility",
        (Row(say.PERCENT_OF_QUESTIONS, (-3, 103)),),
        (
            Series("utility/forget_recall", "forget", scale=100, unit="%"),
            Series("utility/paraphrased_recall", "paraphrased", "dash", scale=100, unit="%"),
            Series("utility/retain_recall", "retain", scale=100, unit="%"),
            Series("utility/world_recall", "world", "dot", scale=100, unit="%"),
        ),
    ),
    Panel("others", (Row(say.VALUE, can_log=True),), (), takes=""),
)

OTHER_LOOKS = (
    ("world", "dashdot"),
    ("paraphrased", "longdash"),
    ("neighbours", "dashdot"),
    ("collapse", "dot"),
    ("total", "longdash"),
    ("forget", "dashdot"),
)
"""Colour and dashes of lines that no panel names, in turn; none looks like one that is named."""

PERCENT = ("utility/", "collapse/leak")
"""Starts of the scalars that are shown in per cent when they stand alone."""


def live_config() -> dict[str, Any]:
    """Everything the browser's part of the live view needs to know, JSON-ready."""
    return {
        "panels": [_panel(panel) for panel in LIVE_PANELS],
        "answerColours": row_of_colours("answer"),
        "parts": {name: part._asdict() for name, part in PARTS.items()},
        "otherLooks": [{"colour": colour, "dash": dash} for colour, dash in OTHER_LOOKS],
        "ownName": OTHER_CURVE,
        "tiles": {"unlearn": _tiles(TILES), "teach": _tiles(TEACH_TILES)},
        "forgetLogged": FORGET_LOGGED._asdict(),
        "answers": ANSWERS._asdict(),
        "probes": PROBES._asdict(),
        "records": RECORDS._asdict(),
        "recordColours": row_of_colours("record"),
        "groups": {
            key: dict(zip(("label", "help"), GROUPS[key], strict=True)) for key in PROBE_GROUPS
        },
        "states": dict(STATES),
        "phases": dict(PHASES),
        "empty": EMPTY_LIVE,
    }


def _tiles(terms: Mapping[str, Term]) -> list[dict[str, Any]]:
    return [
        {"name": name, "percent": is_percent(name), **term._asdict()}
        for name, term in terms.items()
    ]


def overlay_config() -> dict[str, Any]:
    """What the browser needs to draw several runs on one axis."""
    return {
        "panels": [
            {"name": name, "label": term.label, "help": term.help, "percent": is_percent(name)}
            for name, term in OVERLAY.items()
        ],
        "words": {
            name: {"label": label, "help": help}
            for name, (label, help) in [*SCALARS.items(), *PARTS.items()]
        },
        "percent": PERCENT,
        "ownName": OTHER_CURVE,
        "runColours": row_of_colours("run"),
        "race": {**RACE_CHART._asdict(), "x": RACE_AXES[0], "y": RACE_AXES[1]},
    }


def is_percent(name: str) -> bool:
    """Whether a stored share, 0 to 1, is shown in per cent."""
    return name.startswith(PERCENT)


def _panel(panel: Panel) -> dict[str, Any]:
    term = PANELS[panel.key]
    series = [{**asdict(series), **SCALARS[series.name]._asdict()} for series in panel.series]
    rows = [asdict(row) for row in panel.rows]
    return {**term._asdict(), "key": panel.key, "rows": rows, "series": series,
            "takes": panel.takes}  # fmt: skip
