"""Results that need not be made twice: the original and the retrained model stay the same."""

import hashlib
import json
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from unlearn_core.audits.code import code_print
from unlearn_core.files import whole_file
from unlearn_core.models.source import Source
from unlearn_core.runs.environment import installed

FOLDER = "cache"


class Remembered:
    """JSON values by what they were made from, as files in the workspace."""

    def __init__(self, workspace: Path) -> None:
        """Nothing is written before there is something to keep."""
        self._folder = workspace / FOLDER

    def get(self, made_from: Mapping[str, Any], make: Callable[[], Any]) -> Any:
        """The value made from these before, by the same code, else made now and kept.

        Args:
            made_from: Everything that decides the value, as JSON values.
            make: Makes it.
        """
        libraries = {"torch": version("torch"), **installed()}
        told = {**made_from, **libraries, "code": code_print()}
        name = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]
        path = self._folder / f"{name}.json"
        if path.is_file():
            return json.loads(path.read_text(encoding="utf-8"))
        value = make()
        self._folder.mkdir(parents=True, exist_ok=True)
        # Two workers may make the same at once; the later one replaces like by like.
        with whole_file(path) as place:
            place.write_text(json.dumps(value), encoding="utf-8")
        return value


def fingerprint(source: Source) -> str:
    """Changes when any file of a model or of its adapters does."""
    return folder_print(source.folder, *source.adapters)


def folder_print(*folders: Path) -> str:
    """Changes when any file in these folders does; empty of what is no folder."""
    parts = [
        (str(path), path.stat().st_size, path.stat().st_mtime_ns)
        for folder in folders
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if path.is_file()
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
