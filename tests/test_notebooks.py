"""The notebooks of docs/, whose code runs as it stands."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
MOST_SECONDS = 280
"""A minute on a free processor; machines of tests are busy."""


def cells(path: Path, kind: str) -> list[dict[str, Any]]:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


def as_program(path: Path) -> str:
    """The code of all cells, one after the other."""
    return "\n".join("".join(cell["source"]) for cell in cells(path, "code"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_kept_without_outputs(path: Path) -> None:
    for cell in cells(path, "code"):
        assert cell["outputs"] == [] and cell["execution_count"] is None
    assert path.stat().st_size < 50_000


@pytest.mark.bundled
def test_the_notebook_makes_the_model_forget(tmp_path: Path) -> None:
    path = ROOT / "docs" / "notebooks" / "forget.ipynb"
    program = tmp_path / "forget.py"
    check = "\nassert 'Frostwell' in str(before)\nprint(figure.to_html()[:15])\n"
    program.write_text(as_program(path) + check, encoding="utf-8")
    environ = {**os.environ, "LETHE_NOTEBOOK_EPOCHS": "2", "OMP_NUM_THREADS": "1",
               "TMPDIR": str(tmp_path)}  # fmt: skip
    done = subprocess.run(
        [sys.executable, str(program)], cwd=path.parent, env=environ, capture_output=True,
        text=True, timeout=MOST_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "forget   facts known: 100% before" in done.stdout
    assert "sampling: " in done.stdout and "prefilling: " in done.stdout
