"""The bundled records as they are shipped: plain file reading."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unlearn_core.data.records import Corpus, Record
from unlearn_core.errors import InvalidInput, MissingPrerequisite

CORPORA = ("people", "passages")


def bundled_folder() -> Path:
    """The folder of the shipped data and models."""
    return Path(__file__).resolve().parents[2] / "assets" / "bundled"


def bundled_corpus(name: str, folder: Path | None = None) -> Corpus:
    """Read the corpus `people` or `passages`; world facts and holdout people come with both.

    Raises:
        InvalidInput: There is no such corpus.
        MissingPrerequisite: The files are not there.
    """
    if name not in CORPORA:
        raise InvalidInput(
            f"There is no bundled corpus '{name}'; choose one of {', '.join(CORPORA)}."
        )
    folder = folder or bundled_folder()
    return Corpus(
        name=f"bundled:{name}",
        records=read_records(folder / f"{name}.jsonl"),
        world=read_records(folder / "world_facts.jsonl"),
        holdout=read_records(folder / "holdout.jsonl"),
    )


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
    settings: dict[str, Any] = json.loads(_text((folder or bundled_folder()) / "world.json"))
    return settings


def read_records(path: Path) -> tuple[Record, ...]:
    """Read records from JSON lines.

    Raises:
        MissingPrerequisite: The file is not there.
    """
    return tuple(Record.model_validate_json(line) for line in _text(path).splitlines())


def _text(path: Path) -> str:
    if not path.is_file():
        raise MissingPrerequisite(
            f"The bundled file {path} is missing; restore it, or rebuild the bundled world with "
            "`python -m unlearn_core demo build`."
        )
    return path.read_text(encoding="utf-8")
