"""Files that are made to be downloaded: in one folder, which is gone when the app ends."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp


def new_folder() -> Path:
    """An empty folder for a file to download."""
    return Path(mkdtemp(dir=_folder().name))


@cache
def _folder() -> "TemporaryDirectory[str]":
    """Python itself removes it at its end."""
    return TemporaryDirectory(prefix="lethe-")
