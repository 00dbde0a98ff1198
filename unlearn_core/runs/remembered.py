"""Results that need not be made twice: the original and the retrained model stay the same."""

import hashlib
import json
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from unlearn_core.models.source import Source
from unlearn_core.runs.rows import write_json

FOLDER = "cache"


class Remembered:
    """JSON values by what they were made from, as files in the workspace."""

    def __init__(self, workspace: Path) -> None:
        """Nothing is written before there is something to keep."""
        self._folder = workspace / FOLDER

    def get(self, made_from: Mapping[str, Any], make: Callable[[], Any]) -> Any:
        """The value made from these before, else made now and kept.

        Args:
            made_from: Everything that decides the value, as JSON values.
            make: Makes it.
        """
        told = json.dumps({**made_from, "torch": version("torch")}, sort_keys=True)
        path = self._folder / f"{hashlib.sha256(told.encode()).hexdigest()[:32]}.json"
        if path.is_file():
            return json.loads(path.read_text(encoding="utf-8"))
        value = make()
        self._folder.mkdir(parents=True, exist_ok=True)
        write_json(path, value)
        return value


def fingerprint(source: Source) -> str:
    """Changes when any file of a model or of its adapters does."""
    parts = [
        (path.name, path.stat().st_size, path.stat().st_mtime_ns)
        for folder in (source.folder, *source.adapters)
        for path in sorted(folder.iterdir())
        if path.is_file()
    ]
    told = json.dumps([str(source.folder), parts])
    return hashlib.sha256(told.encode()).hexdigest()[:32]
