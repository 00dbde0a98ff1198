"""A comparison as a text for the page's address: what was chosen, never what was answered."""

import base64
import binascii
import zlib

from pydantic import Field, ValidationError

from unlearn_core.errors import InvalidInput
from unlearn_core.settings.config import Config
from unlearn_core.settings.sampling import SamplingSpec
from unlearn_core.ui.texts import compare as say

LONGEST_LINK = 4000
"""Characters that every browser and most chat programs carry in an address."""
MOST_BYTES = 1_000_000
MOST_SIDES = 6
MOST_SAMPLES = 200


class Comparison(Config):
    """What a person has chosen to compare.

    Attributes:
        sources: Whom to ask, as the page names them, in order.
        questions: Keys of offered questions.
        own: Typed questions, one a line.
        prompt_set: Name of a saved set; empty for none.
        mix: The number by which the columns are shuffled and unnamed; `None` names them.
    """

    sources: tuple[str, ...] = Field((), max_length=MOST_SIDES)
    questions: tuple[str, ...] = Field((), max_length=2000)
    own: str = ""
    prompt_set: str = ""
    sampled: bool = False
    n: int = Field(20, ge=0, le=MOST_SAMPLES)
    seed: int = Field(0, ge=0, le=2**31)
    mix: int | None = Field(None, ge=0, le=2**31)
    sampling: SamplingSpec = Field(default_factory=SamplingSpec)


def to_link(comparison: Comparison) -> str:
    """The value of `?compare=`; empty where the questions are too long for an address."""
    text = comparison.model_dump_json(exclude_defaults=True)
    link = base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
    return link if len(link) <= LONGEST_LINK else ""


def from_link(link: str) -> Comparison:
    """The comparison of a link.

    Raises:
        InvalidInput: The link is damaged.
    """
    try:
        packed = base64.b64decode(link + "=" * (-len(link) % 4), altchars=b"-_", validate=True)
        text = zlib.decompressobj().decompress(packed, MOST_BYTES)
        return Comparison.model_validate_json(text)
    except (binascii.Error, ValueError, zlib.error, ValidationError) as error:
        raise InvalidInput(say.DAMAGED_LINK.format(link=link[:40])) from error
