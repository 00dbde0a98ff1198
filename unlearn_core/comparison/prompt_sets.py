"""Named sets of prompts: kept in the workspace, read from and written to files."""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError

from unlearn_core.errors import InvalidInput
from unlearn_core.files import write_json
from unlearn_core.settings.config import Config

MOST_PROMPTS = 1000
LONGEST_NAME = 80
MOST_BYTES = 20_000_000
FORM = (
    'a JSON list of texts, or of objects such as {"prompt": ..., "answer": ...}, or text with one '
    "prompt a line"
)
Asked = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000_000)]


class Prompt(Config):
    """A question, and its true answer where one is known.

    Attributes:
        answer: The true answer; empty where there is none.
        fact: A short string that an answer must contain to count as known; may be empty.
        perturbed: Wrong answers of the same form, among which the true one is ranked.
        group: A key of the groups of records, such as `forget`; `own` for typed ones.
    """

    prompt: Asked
    answer: str = Field("", max_length=1_000_000)
    fact: str = Field("", max_length=10_000)
    perturbed: tuple[str, ...] = Field((), max_length=100)
    group: str = Field("own", max_length=40)


class PromptSet(Config):
    """Prompts under a name."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    prompts: tuple[Prompt, ...] = Field(min_length=1, max_length=MOST_PROMPTS)


class PromptSets:
    """The sets of a workspace: one JSON file each, seen by everyone who uses the workspace."""

    def __init__(self, workspace: Path) -> None:
        """Name the workspace; the folder is made with the first set."""
        self._folder = workspace / "prompt_sets"

    def names(self) -> list[str]:
        """Names of all sets, in alphabetical order."""
        return sorted((found.name for found in self._all()), key=str.casefold)

    def get(self, name: str) -> PromptSet:
        """The set of this name.

        Raises:
            InvalidInput: There is none.
        """
        path = self._path(name)
        if not name:
            raise InvalidInput("No set of prompts is chosen. Choose one from the list of sets.")
        if not path.is_file():
            raise InvalidInput(
                f"There is no set of prompts called “{name}”; it may have been deleted. Choose "
                "another one, or import it again."
            )
        return PromptSet.model_validate_json(path.read_text(encoding="utf-8"))

    def save(self, chosen: PromptSet) -> None:
        """Keep a set; one of the same name is replaced."""
        self._folder.mkdir(parents=True, exist_ok=True)
        write_json(self._path(chosen.name), chosen.model_dump(mode="json"))

    def delete(self, name: str) -> None:
        """Remove a set for good; nothing happens where there is none."""
        self._path(name).unlink(missing_ok=True)

    def free_name(self, name: str) -> str:
        """The name, or with a number behind it the first that no set has."""
        taken = set(self.names())
        number, free = 2, name
        while free in taken:
            free, number = f"{name[: LONGEST_NAME - 5]} {number}", number + 1
        return free

    def _path(self, name: str) -> Path:
        # A name may hold any character, and be longer than a file system allows.
        return self._folder / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.json"

    def _all(self) -> list[PromptSet]:
        files = sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []
        return [PromptSet.model_validate_json(path.read_text(encoding="utf-8")) for path in files]


def make_set(name: str, prompts: list[Prompt]) -> PromptSet:
    """A set from a name as it was typed and what it is to hold.

    Raises:
        InvalidInput: The name or the number of prompts cannot be used.
    """
    clean = " ".join(name.split())
    if not 1 <= len(clean) <= LONGEST_NAME:
        raise InvalidInput(
            f"The name of a set has {len(clean)} characters; from 1 to {LONGEST_NAME} are allowed. "
            "Type a short name and save again."
        )
    if not 1 <= len(prompts) <= MOST_PROMPTS:
        raise InvalidInput(
            f"The set would hold {len(prompts)} prompts; from 1 to {MOST_PROMPTS} are allowed. "
            "Choose questions or type some, and save again."
        )
    return PromptSet(name=clean, prompts=tuple(prompts))


def written(chosen: PromptSet) -> str:
    """The set as the JSON text that `read_set` reads."""
    return json.dumps(chosen.model_dump(mode="json"), indent=2, ensure_ascii=False)


def read_set(path: Path, name: str) -> PromptSet:
    """A set from a file of JSON, or of text with one prompt a line.

    Args:
        path: The file.
        name: What it is called where the file does not say.

    Raises:
        InvalidInput: The file is no such file, too large, or holds no prompt.
    """
    if path.stat().st_size > MOST_BYTES:
        raise InvalidInput(
            f"The file '{path.name}' has {path.stat().st_size:,} bytes; at most {MOST_BYTES:,} are "
            "read. Choose a smaller one."
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"The file '{path.name}' is not text in UTF-8. Choose {FORM}."
        ) from error
    if not text.lstrip().startswith(("[", "{")):
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return make_set(name, [_prompt(line, ref) for ref, line in enumerate(lines, 1)])
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InvalidInput(
            f"The file '{path.name}' begins like JSON but is none ({error}). Choose {FORM}."
        ) from error
    title, rows = name, found
    if isinstance(found, dict):
        title, rows = str(found.get("name") or name), found.get("prompts")
    if not isinstance(rows, list):
        raise InvalidInput(f"The file '{path.name}' holds no list of prompts. Choose {FORM}.")
    return make_set(title, [_prompt(row, ref) for ref, row in enumerate(rows, 1)])


def _prompt(row: Any, ref: int) -> Prompt:
    values = {"prompt": row} if isinstance(row, str) else row
    try:
        return Prompt.model_validate(values)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(map(str, fault["loc"])) or "the whole"
        raise InvalidInput(
            f"Prompt {ref} of the file cannot be used: {where}: {fault['msg']}. Allowed is a "
            "text, or an object with prompt and, as you like, answer, fact and group."
        ) from error
