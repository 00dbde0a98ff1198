"""Files and folders that are never seen half written."""

import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from unlearn_core.errors import InvalidInput

PARTIAL = ".partial"
"""Ending of what is still being written; whatever bears it may be removed when nobody writes."""


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """An empty folder to write in, which becomes `folder` when the block ends.

    What `folder` held before is replaced then. After an error it is as it was, and what was
    written is removed.
    """
    partial = _partial(folder)
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        if folder.exists():
            shutil.rmtree(folder)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A place for a file, which becomes `path` when the block ends; the last of several wins."""
    partial = _partial(path)
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A place to write in, which becomes `folder` where nothing is yet: `whole_folder` with words.

    The folder may exist if it is empty.

    Raises:
        InvalidInput: The folder holds something already, or it cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidInput(f"'{folder}' is not an empty folder. Name one that does not exist yet.")
    try:
        with whole_folder(folder) as place:
            yield place
    except OSError as error:
        raise InvalidInput(
            f"'{folder}' cannot be written ({error.strerror}). Choose a folder that can be written "
            "and has room."
        ) from error


def write_json(path: Path, value: Any, indent: int | None = 2) -> None:
    """Write a JSON file whole or not at all."""
    with whole_file(path) as place:
        text = json.dumps(value, indent=indent, ensure_ascii=False)
        place.write_text(text, encoding="utf-8")


def _partial(path: Path) -> Path:
    """Where a path is written before it is whole; another process and thread writes elsewhere."""
    return path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}{PARTIAL}")
