"""Records of the world that ships with Lethe, read from its JSON lines."""

from pathlib import Path

from unlearn_core.data.records import Corpus, Record
from unlearn_core.errors import InvalidInput, MissingPrerequisite

BUNDLED_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "bundled"
"""Where the bundled model and data lie."""

BUNDLED_CORPORA = ("people", "passages")


def bundled_corpus(name: str, folder: Path = BUNDLED_FOLDER) -> Corpus:
    """Read a bundled corpus: `people` (questions) or `passages` (texts).

    World facts and holdout people come with both.

    Raises:
        InvalidInput: There is no bundled corpus of this name.
        MissingPrerequisite: Its files are not there.
    """
    if name not in BUNDLED_CORPORA:
        known = ", ".join(f"bundled:{known}" for known in BUNDLED_CORPORA)
        raise InvalidInput(f"There is no bundled data '{name}'; there is {known}.")
    return Corpus(
        name=f"bundled:{name}",
        records=read_records(folder / f"{name}.jsonl"),
        world=read_records(folder / "world_facts.jsonl"),
        holdout=read_records(folder / "holdout.jsonl"),
    )


def read_records(path: Path) -> tuple[Record, ...]:
    """Read records from JSON lines.

    Raises:
        MissingPrerequisite: The file is not there.
    """
    lines = bundled_text(path).splitlines()
    return tuple(Record.model_validate_json(line) for line in lines if line.strip())


def bundled_text(path: Path) -> str:
    """The text of a bundled file.

    Raises:
        MissingPrerequisite: The file is not there.
    """
    if not path.is_file():
        raise MissingPrerequisite(
            f"The bundled data file {path.name} is missing. Build it with "
            "`python -m unlearn_core demo build`."
        )
    return path.read_text(encoding="utf-8")
