"""Words, durations, sizes, and escaping."""

import re
from collections import Counter
from pathlib import Path

import pytest

from unlearn_core.runs.events import FINISHED
from unlearn_core.ui.texts import common as texts

FOLDER = Path(texts.__file__).parent


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, ""), (0.4, "0 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_seconds(value: float | None, words: str) -> None:
    assert texts.seconds(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(12, "12 bytes"), (1500, "1.5 kB"), (172e6, "172 MB"), (25.3e9, "25.3 GB")],
)
def test_size(value: float, words: str) -> None:
    assert texts.size(value) == words


def test_count_knows_one_and_many() -> None:
    assert texts.count(1, "record") == "1 record"
    assert texts.count(2400, "record") == "2,400 records"
    assert texts.count(2, "comparison is") == "2 comparisons are"


def test_html_helpers_escape() -> None:
    hostile = "<script>alert(1)</script>"
    for html in (texts.problem(hostile), texts.note(hostile), texts.facts([(hostile, hostile)])):
        assert "<script>" not in html


def test_no_message_is_no_box() -> None:
    assert texts.problem("") == ""
    assert texts.note("") == ""


def test_every_final_state_has_words() -> None:
    assert set(texts.STATES) >= FINISHED


def test_every_text_is_used() -> None:
    files = {path: path.read_text(encoding="utf-8") for path in FOLDER.parent.rglob("*.py")}
    words = Counter(word for text in files.values() for word in re.findall(r"\w+", text))
    unused = [
        f"{path.name}: {name}"
        for path, text in files.items()
        if path.parent == FOLDER and path.name != "gradio.py"
        for name in re.findall(r"^([A-Z_]+)\b", text, re.MULTILINE)
        if words[name] < 2
    ]
    assert unused == []
