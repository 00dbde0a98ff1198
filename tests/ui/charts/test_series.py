"""What is drawn: known words, known colours, and lines that can be told apart."""

import json
import re

from unlearn_core.methods.parts import PARTS
from unlearn_core.ui.charts.series import (
    LIVE_PANELS,
    OTHER_LOOKS,
    is_percent,
    live_config,
    overlay_config,
)
from unlearn_core.ui.shell.services import ASSETS
from unlearn_core.ui.texts.charts import OVERLAY, SCALARS, TEACH_TILES, TILES


def test_every_series_has_words_and_help() -> None:
    for panel in LIVE_PANELS:
        for series in panel.series:
            label, help = SCALARS[series.name]
            assert label and help.endswith(".")


def test_every_colour_is_in_the_style_sheet() -> None:
    sheet = (ASSETS / "palette.css").read_text(encoding="utf-8")
    known = set(re.findall(r"--lethe-([a-z]+):", sheet))
    used = {series.colour for panel in LIVE_PANELS for series in panel.series}
    assert used <= known


def test_lines_of_one_row_differ_by_more_than_colour() -> None:
    for panel in LIVE_PANELS:
        for row in range(len(panel.rows)):
            looks = [(s.colour, s.dash) for s in panel.series if s.row == row and not s.folded]
            assert len(set(looks)) == len(looks)
            assert len({colour for colour, _ in looks}) == len(looks)


def test_every_logged_number_has_a_panel_that_takes_it() -> None:
    assert LIVE_PANELS[-1].takes == ""
    assert next(p.key for p in LIVE_PANELS if "loss/own".startswith(p.takes or "-")) == "losses"
    for label, help in PARTS.values():
        assert label and help.endswith(".")


def test_lines_that_no_panel_names_look_like_none_that_is_named() -> None:
    named = {(s.colour, s.dash) for panel in LIVE_PANELS if panel.takes for s in panel.series}
    assert not named & set(OTHER_LOOKS)
    assert len(set(OTHER_LOOKS)) == len(OTHER_LOOKS)


def test_large_numbers_and_overlays_name_known_scalars() -> None:
    assert set(TILES) | set(TEACH_TILES) | set(OVERLAY) <= set(SCALARS)


def test_shares_that_stand_alone_are_per_cent() -> None:
    assert is_percent("collapse/leak") and is_percent("utility/world_recall")
    assert not is_percent("collapse/distinct")


def test_configs_are_json() -> None:
    assert json.loads(json.dumps(live_config()))["panels"][0]["key"] == "losses"
    assert json.loads(json.dumps(overlay_config()))["panels"]
