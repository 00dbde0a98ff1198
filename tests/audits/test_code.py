"""Findings that were kept are those of the code as it is now."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from unlearn_core.audits.code import PACKAGE, code_print, deciding_files

DECIDING = (
    "attacks/sampling.py",
    "metrics/leak.py",
    "models/forward.py",
    "models/likelihoods.py",
    "models/loading.py",
    "models/steering.py",
    "sampling/tree.py",
    "data/batches.py",
    "data/records.py",
    "evaluation/readings.py",
    "settings/sampling.py",
    "audits/models.py",
)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    package = tmp_path_factory.mktemp("code") / PACKAGE.name
    shutil.copytree(PACKAGE, package, ignore=lambda _, names: {n for n in names if "cache_" in n})
    return package


def print_now(package: Path) -> str:
    code_print.cache_clear()
    found = code_print(package)
    code_print.cache_clear()
    return found


@pytest.fixture(scope="module")
def before(copied: Path) -> str:
    return print_now(copied)


@contextmanager
def changed(path: Path) -> Iterator[None]:
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\n# changed\n", encoding="utf-8")
    yield
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", DECIDING)
def test_a_change_in_what_reads_or_attacks_a_model_changes_the_print(
    copied: Path, before: str, name: str
) -> None:
    with changed(copied / name):
        assert print_now(copied) != before


def test_every_file_that_decides_changes_the_print(
    copied: Path, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = deciding_files(copied)
    monkeypatch.setattr("unlearn_core.audits.code.deciding_files", lambda package: files)
    for path in files:
        with changed(path):
            assert print_now(copied) != before, path


@pytest.mark.parametrize("room", ["ui", "cli", "report", "share", "comparison"])
def test_rooms_that_only_show_do_not_change_it(copied: Path, before: str, room: str) -> None:
    rooms = {path.relative_to(copied).parts[0] for path in deciding_files(copied)}
    assert room not in rooms
    with changed(next((copied / room).rglob("[a-z]*.py"))):
        assert print_now(copied) == before


def test_an_attack_that_is_added_is_looked_at(copied: Path) -> None:
    added = copied / "attacks" / "new_one.py"
    added.write_text("from unlearn_core.demo.world import people\n", encoding="utf-8")
    found = deciding_files(copied)
    added.unlink()
    assert added in found
    assert copied / "demo" / "world.py" in found
