"""What can be forgotten: records, corpora of records, and a corpus split by marks."""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property

from unlearn_core.settings.config import Config


class Record(Config):
    """One question with its true answer, or one passage (`prompt` empty, `answer` the text)."""

    id: str
    prompt: str
    answer: str
    subject: str = ""
    """What the record is about: a person, a passage, a topic."""
    fact: str = ""
    """A short string that must appear in an answer for it to count as known; may be empty."""
    perturbed: tuple[str, ...] = ()
    """Wrong answers of the same form, for truth ratio and multiple choice."""
    paraphrases: tuple[str, ...] = ()
    """Other wordings of the true answer."""

    @property
    def is_passage(self) -> bool:
        """Whether this is a text sequence without a question."""
        return not self.prompt


@dataclass(frozen=True)
class Corpus:
    """Records from one source.

    Attributes:
        name: Shown to the person, such as `bundled:people`.
        records: Those that can be marked; what is not marked is retained.
        kept: Records of a second source that cannot be marked and are always retained.
        world: General knowledge; never marked and never trained on, only measured.
        holdout: Never trained on by anyone.
        warnings: One sentence for each thing that was repaired or skipped while reading.
    """

    name: str
    records: tuple[Record, ...]
    kept: tuple[Record, ...] = ()
    world: tuple[Record, ...] = ()
    holdout: tuple[Record, ...] = ()
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @cached_property
    def data_hash(self) -> str:
        """SHA-256 of every record, in order: two corpora with one hash are the same data."""
        rows = [
            [record.model_dump(mode="json") for record in part]
            for part in (self.records, self.kept, self.world, self.holdout)
        ]
        return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()

    @cached_property
    def by_id(self) -> dict[str, Record]:
        """The records that can be marked, by id."""
        return {record.id: record for record in self.records}


@dataclass(frozen=True)
class Split:
    """A corpus after marking. The five groups share no record.

    Attributes:
        forget: Marked records.
        paraphrased: Records with a marked record's subject and fact but another prompt. Never
            trained on: they show whether forgetting reaches other phrasings.
        retain: Every other record of the corpus, and those of the source to keep.
        world: General knowledge.
        holdout: Never trained on.
    """

    forget: tuple[Record, ...]
    paraphrased: tuple[Record, ...]
    retain: tuple[Record, ...]
    world: tuple[Record, ...]
    holdout: tuple[Record, ...]
