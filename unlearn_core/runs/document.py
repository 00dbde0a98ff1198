"""JSON files that a workspace keeps for years: each says its version, and old ones can be read."""

import json
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from unlearn_core.errors import InvalidInput
from unlearn_core.files import write_json


class Document(BaseModel):
    """Base of what is kept in such a file, `FILE` in the folder of a run or an audit.

    What an old or a newer file says beside the fields is kept as it is.
    """

    model_config = ConfigDict(frozen=True, extra="allow", validate_default=True)
    FILE: ClassVar[str]
    NEWEST: ClassVar[int] = 2

    version: int = NEWEST

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The document of a folder; `None` while there is none.

        Raises:
            InvalidInput: It is of a version that is not known here, or damaged.
        """
        path = folder / cls.FILE
        if not path.is_file():
            return None
        return cls.of(json.loads(path.read_text(encoding="utf-8")), path)

    @classmethod
    def of(cls, values: dict[str, Any], path: Path | None = None) -> Self:
        """A document from JSON values of any version known; without a version they are of 1.

        Raises:
            InvalidInput: As `read`.
        """
        where, version = path or cls.FILE, values.get("version", 1)
        if version not in range(1, cls.NEWEST + 1):
            raise InvalidInput(
                f"{where} is of version {version}, but this Lethe reads versions up to "
                f"{cls.NEWEST}: open it with the Lethe that wrote it, or update this one."
            )
        try:
            return cls.model_validate({**values, "version": cls.NEWEST})
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise InvalidInput(
                f"{where} is damaged: {place}: {first['msg']}. Make it again."
            ) from error

    def write(self, folder: Path, indent: int | None = 2) -> None:
        """Put the document into a folder, whole or not at all."""
        write_json(folder / self.FILE, self.as_json(), indent)

    def as_json(self) -> dict[str, Any]:
        """JSON values, without what an old file did not say."""
        return self.model_dump(mode="json", exclude_unset=True)
