"""The folder of a Space: complete, small, and able to start."""

import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from unlearn_core.errors import InvalidInput
from unlearn_core.share import space
from unlearn_core.share.space import LARGEST_BYTES, assemble, requirements


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assemble(tmp_path_factory.mktemp("space") / "lethe").folder


def start(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The app as a Space starts it: from its own folder, with nothing of this checkout."""
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "LETHE_PASSWORD")}
    return subprocess.run(
        [sys.executable, "app.py", *arguments],
        cwd=folder, env={**clean, **environ}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_everything_that_runs_is_there_and_nothing_else(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {
        ".gitattributes", "LICENSE", "README.md", "app.py", "assets", "requirements.txt",
        "unlearn_core",
    }  # fmt: skip
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert max(path.stat().st_size for path in files) <= LARGEST_BYTES
    assert not [path for path in files if "__pycache__" in path.parts or path.suffix == ".pyc"]


def test_the_header_names_the_version_of_gradio_that_is_installed(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    _, front, _ = text.split("---\n", 2)
    header = yaml.safe_load(front)
    assert header["sdk"] == "gradio" and header["sdk_version"] == version("gradio")
    assert header["app_file"] == "app.py" and len(header["short_description"]) <= 60


def test_its_command_line_opens(folder: Path) -> None:
    done = start(folder, "--help")
    assert done.returncode == 0 and "--workspace" in done.stdout


def test_a_space_without_a_password_says_where_to_put_one(folder: Path) -> None:
    done = start(folder, SPACE_ID="anna/lethe")
    assert done.returncode == 2
    assert "secrets of the Space" in done.stderr and "LETHE_OPEN" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_gradio_is_left_to_the_space_and_pydantic_has_room_for_its_extras() -> None:
    made = requirements("# why\ngradio>=6\npydantic>=2.14,<2.15\ntorch==2.13.0\n")
    assert made.splitlines() == [space.CPU_INDEX, "pydantic>=2.11,<2.15", "torch==2.13.0"]
    assert not re.search("--extra-index-url", requirements("torch==2.13.0\n", gpu=True))


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(InvalidInput, match="not an empty folder"):
        assemble(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_file_too_large_for_a_space_is_named_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(space, "LARGEST_BYTES", 5_000_000)
    with pytest.raises(InvalidInput, match="safetensors' has 7 MB"):
        assemble(tmp_path / "lethe")
    assert list(tmp_path.iterdir()) == []
