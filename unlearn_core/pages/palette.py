"""The colours of page, reports and charts: those of `assets/palette.css`."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

Theme = Literal["light", "dark"]

PALETTE = Path(__file__).resolve().parents[2] / "assets" / "palette.css"


def palette() -> Mapping[Theme, Mapping[str, str]]:
    """Name and hex of every colour, by theme."""
    light, dark = PALETTE.read_text(encoding="utf-8").split(".dark {")
    named = re.compile(r"--lethe-([\w-]+): (#\w+)")
    return {"light": dict(named.findall(light)), "dark": dict(named.findall(dark))}


def row_of_colours(name: str) -> Mapping[Theme, tuple[str, ...]]:
    """The numbered colours of a kind (`answer`, `record`, `run`) in their order, by theme."""
    return {
        theme: tuple(hex for key, hex in colours.items() if re.fullmatch(rf"{name}-\d+", key))
        for theme, colours in palette().items()
    }
