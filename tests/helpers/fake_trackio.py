"""A package named trackio, as far as accelerate uses it, that writes down what it is told."""

import sys
from pathlib import Path
from typing import Any

import pytest

SOURCE = """
import json, sys

LINES = []
FAIL_AT = None

class Config:
    def update(self, values, allow_val_change):
        LINES.append(("config", dict(values)))

class Run:
    def log(self, values, step):
        if step == FAIL_AT:
            raise ConnectionError("the line is cut\\nand more")
        LINES.append(("log", step, dict(values)))

    def finish(self):
        LINES.append(("finish",))

config = Config()

def init(project, **options):
    if project == "refused":
        raise RuntimeError("nobody is signed in.")
    LINES.append(("init", project, options))
    return Run()
"""


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make `import trackio` find the stand-in; gives the module, whose `LINES` is what it heard."""
    (folder / "trackio.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "trackio", raising=False)
    import importlib

    return importlib.import_module("trackio")
