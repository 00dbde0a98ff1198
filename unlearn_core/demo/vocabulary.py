"""The words the fictional world is made of, from `assets/bundled/words/`."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from unlearn_core.data.bundled import BUNDLED_FOLDER, bundled_text


def words(kind: str) -> Sequence[str]:
    """Words of one kind, such as `towns`: values of attributes and parts of names."""
    found: Sequence[str] = word_file("vocabulary")[kind]
    return found


def passage_words(kind: str) -> Sequence[str]:
    """Words of one kind, such as `things`, that passages are drawn from."""
    found: Sequence[str] = word_file("vocabulary")["passages"][kind]
    return found


@lru_cache(maxsize=8)
def word_file(name: str) -> dict[str, Any]:
    """A file of words as JSON values.

    Raises:
        MissingPrerequisite: It is not there.
    """
    found: dict[str, Any] = json.loads(bundled_text(BUNDLED_FOLDER / "words" / f"{name}.json"))
    return found
