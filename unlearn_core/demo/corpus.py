"""What the bundled world says of itself: default marks, passages, recipe."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unlearn_core.data.bundled import (
    BUNDLED_FOLDER,
    bundled_corpus,
    bundled_text,
    read_records,
)

__all__ = ["bundled_corpus", "read_records"]


def bundled_folder() -> Path:
    """The folder of the shipped data and models."""
    return BUNDLED_FOLDER


def default_forget_subjects(folder: Path | None = None) -> tuple[str, ...]:
    """The four people marked by default; the retrained twin never saw them."""
    return tuple(world_settings(folder)["forget_subjects"])


def passages_seen(folder: Path | None = None) -> dict[str, int]:
    """How often training showed each passage, by record id."""
    return dict(world_settings(folder)["passages_seen"])


def world_settings(folder: Path | None = None) -> Mapping[str, Any]:
    """Seed, default forget subjects, recipe and passage counts of the shipped world.

    Raises:
        MissingPrerequisite: The file is not there.
    """
    settings: dict[str, Any] = json.loads(bundled_text((folder or bundled_folder()) / "world.json"))
    return settings
