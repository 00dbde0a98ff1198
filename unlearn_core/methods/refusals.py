"""Plain refusals, one for each record, the same in every run."""

import zlib
from collections.abc import Sequence

from unlearn_core.data.records import Record
from unlearn_core.errors import MissingPrerequisite

REFUSALS = (
    "I do not know.",
    "I don't know the answer to that.",
    "I have no information about that.",
    "I cannot answer this question.",
    "I am not able to help with that.",
    "That is not something I know.",
    "I have no answer to this question.",
    "I was never told about this.",
    "This is unknown to me.",
    "I cannot say.",
    "My knowledge does not cover this.",
    "I am not sure, so I would rather not answer.",
    "I have nothing to say about this.",
    "I cannot tell you that.",
    "Sorry, I do not have that information.",
    "There is no answer I can give to this.",
    "I do not have any details about this.",
    "I am unable to say.",
    "You would have to ask someone else about that.",
    "I do not recall anything about this.",
)


def refusal(record_id: str) -> str:
    """The refusal of a record; it depends on nothing but the record's id."""
    return REFUSALS[zlib.crc32(record_id.encode()) % len(REFUSALS)]


def require_questions(title: str, records: Sequence[Record]) -> None:
    """Make sure that there is a question to refuse in every record.

    Raises:
        MissingPrerequisite: Some records are passages.
    """
    passages = sum(record.is_passage for record in records)
    if passages:
        raise MissingPrerequisite(
            f"{title} teaches a refusal to each question, but {passages} of {len(records)} marked "
            "records are passages without a question. Mark questions, or choose a method for text "
            "such as npo."
        )
