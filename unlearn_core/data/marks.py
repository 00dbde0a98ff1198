"""Marking what must be forgotten, and what the marks make of a corpus."""

import json
import random
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError
from rapidfuzz import fuzz, process, utils

from unlearn_core.data.records import Corpus, Record, Split
from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.settings.config import Config, setting

NEAR_IDENTICAL = 95.0
"""Similarity in percent from which two records count as one."""

_CHUNK = 2000


class Marks(Config):
    """Which records must be forgotten: everything that any of the settings names."""

    subjects: tuple[str, ...] = setting((), "Subjects of which everything is forgotten.")
    ids: tuple[str, ...] = setting((), "Single records, by id.")
    search: str = setting("", "Every record with this text in question, answer, subject or id.")
    random: int = setting(0, "So many records drawn at random.", ge=0, unit="records")
    seed: int = setting(0, "The same seed draws the same records.", ge=0, advanced=True)


class SavedMarks(NamedTuple):
    """Marks from a file.

    Attributes:
        marks: What was marked.
        data_hash: `Corpus.data_hash` of the data they were made on.
    """

    marks: Marks
    data_hash: str


def resolve(corpus: Corpus, marks: Marks) -> tuple[str, ...]:
    """Ids of the marked records, in the corpus' order; none where nothing is marked.

    Raises:
        InvalidInput: An unknown subject or id (the nearest are offered), a search that finds
            nothing, or more random records than there are.
    """
    marked = set(_known_ids(corpus, marks.ids))
    subjects = set(_known_subjects(corpus, marks.subjects))
    marked |= {record.id for record in corpus.records if record.subject in subjects}
    if marks.search.strip():
        marked |= set(_found(corpus, marks.search.strip()))
    marked |= set(_drawn(corpus, marks, marked))
    return tuple(record.id for record in corpus.records if record.id in marked)


def to_forget(corpus: Corpus, marks: Marks) -> tuple[str, ...]:
    """Ids of the records that are forgotten on, in the corpus' order; none of nothing marked.

    Of several marked records with one subject and fact, the first stands for all, unless they are
    marked by id: those are all forgotten on. What has no subject or no fact stands for itself.

    Raises:
        InvalidInput: A mark fits nothing; see `resolve`.
    """
    by_id = set(marks.ids)
    facts = {_fact(corpus.by_id[name]) for name in _known_ids(corpus, marks.ids)}
    chosen = set(by_id)
    for name in resolve(corpus, marks):
        fact = _fact(corpus.by_id[name])
        if name not in by_id and fact not in facts:
            facts.add(fact)
            chosen.add(name)
    return tuple(record.id for record in corpus.records if record.id in chosen)


def split_corpus(corpus: Corpus, marks: Marks) -> Split:
    """Split a corpus by what a person marked: `split_by_ids` of `to_forget`.

    Raises:
        MissingPrerequisite: Nothing is marked.
        InvalidInput: A mark fits nothing; see `resolve`.
    """
    return split_by_ids(corpus, to_forget(corpus, marks))


def split_by_ids(corpus: Corpus, ids: Collection[str]) -> Split:
    """Split a corpus into what is forgotten, what shows other phrasings, and what is kept.

    Exactly the records of these ids are forgotten on; all others with the subject and fact of one
    of them are paraphrased. Where everything is marked, `retain` is empty.

    Raises:
        MissingPrerequisite: There are no ids.
    """
    if not ids:
        raise MissingPrerequisite(
            "Nothing is marked to be forgotten. Mark at least one record, by subject, id, search "
            "or at random."
        )
    wanted = set(ids)
    forget = tuple(record for record in corpus.records if record.id in wanted)
    rest = [record for record in corpus.records if record.id not in wanted]
    facts = {_fact(record) for record in forget}
    return Split(
        forget=forget,
        paraphrased=tuple(record for record in rest if _fact(record) in facts),
        retain=(*(record for record in rest if _fact(record) not in facts), *corpus.kept),
        world=corpus.world,
        holdout=corpus.holdout,
    )


def neighbours(split: Split, k: int) -> tuple[Record, ...]:
    """The `k` retain records most similar to any forget record, the closest first.

    Similarity is the edit similarity of question and answer with their words sorted.
    """
    if not split.retain or not split.forget or k <= 0:
        return ()
    forget = [_sorted_words(record) for record in split.forget]
    best = np.concatenate(
        [
            _similarity(forget, [_sorted_words(record) for record in chunk]).max(axis=0)
            for chunk in _chunks(split.retain)
        ]
    )
    order = np.argsort(-best.astype(np.int16), kind="stable")[:k]
    return tuple(split.retain[i] for i in order)


def overlap(split: Split) -> tuple[tuple[Record, Record], ...]:
    """Pairs of a forget and a retain record that ask the same or are nearly identical.

    What is both forgotten and retained pulls the model both ways.
    """
    pairs: dict[tuple[str, str], tuple[Record, Record]] = {}
    forget = [_sorted_words(record) for record in split.forget]
    prompts: dict[str, list[Record]] = {}
    for record in split.forget:
        if record.prompt:
            prompts.setdefault(utils.default_process(record.prompt), []).append(record)
    for chunk in _chunks(split.retain):
        for kept in chunk:
            for record in prompts.get(utils.default_process(kept.prompt), ()):
                pairs[record.id, kept.id] = (record, kept)
        close = _similarity(forget, [_sorted_words(record) for record in chunk], NEAR_IDENTICAL)
        for i, j in zip(*np.nonzero(close), strict=True):
            pairs[split.forget[i].id, chunk[j].id] = (split.forget[i], chunk[j])
    return tuple(pairs.values())


def save_marks(path: Path, marks: Marks, data_hash: str) -> None:
    """Write marks to a JSON file.

    Raises:
        InvalidInput: The file cannot be written.
    """
    content = {"marks": marks.model_dump(mode="json"), "data_hash": data_hash}
    try:
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"The marks cannot be saved in '{path}': {error.strerror}.") from error


def load_marks(path: Path) -> SavedMarks:
    """Read marks from a JSON file.

    Raises:
        InvalidInput: The file is not there, or holds no marks.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return SavedMarks(Marks.model_validate(content["marks"]), str(content["data_hash"]))
    except OSError as error:
        raise InvalidInput(f"The marks in '{path}' cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise InvalidInput(f"'{path}' holds no saved marks. Choose a file saved here.") from error


def _fact(record: Record) -> tuple[str, ...]:
    """Shared by the phrasings of one fact; of what has no subject or no fact, its own."""
    known = record.subject and record.fact
    return (record.subject, record.fact) if known else (record.id,)


def _known_ids(corpus: Corpus, ids: Sequence[str]) -> Sequence[str]:
    for wanted in ids:
        if wanted not in corpus.by_id:
            raise InvalidInput(_unknown("record", wanted, list(corpus.by_id)))
    return ids


def _known_subjects(corpus: Corpus, subjects: Sequence[str]) -> list[str]:
    known = {record.subject.casefold(): record.subject for record in corpus.records}
    known.pop("", None)
    for wanted in subjects:
        if wanted.casefold() not in known:
            if not known:
                raise InvalidInput(
                    f"The data has no subjects, so '{wanted}' cannot be marked. Name a subject "
                    "field, or mark by id or search."
                )
            raise InvalidInput(_unknown("subject", wanted, list(known.values())))
    return [known[wanted.casefold()] for wanted in subjects]


def _unknown(what: str, wanted: str, known: Sequence[str]) -> str:
    nearest = [match[0] for match in process.extract(wanted, known, scorer=fuzz.WRatio, limit=3)]
    return f"There is no {what} '{wanted}' in the data; the nearest are {', '.join(nearest)}."


def _found(corpus: Corpus, text: str) -> list[str]:
    needle = text.casefold()
    found = [
        record.id
        for record in corpus.records
        if any(
            needle in value.casefold()
            for value in (record.prompt, record.answer, record.subject, record.id)
        )
    ]
    if not found:
        raise InvalidInput(f"No record contains '{text}'. Search for other words.")
    return found


def _drawn(corpus: Corpus, marks: Marks, marked: set[str]) -> list[str]:
    """Random records, of each fact only the first, so that all of them are forgotten on."""
    first: dict[tuple[str, ...], str] = {}
    for record in corpus.records:
        if record.id not in marked:
            first.setdefault(_fact(record), record.id)
    if marks.random > len(first):
        raise InvalidInput(
            f"{marks.random:,} records cannot be drawn at random; only {len(first):,} are left."
        )
    return random.Random(marks.seed).sample(list(first.values()), marks.random)


def _chunks(records: Sequence[Record]) -> list[Sequence[Record]]:
    return [records[start : start + _CHUNK] for start in range(0, len(records), _CHUNK)]


def _sorted_words(record: Record) -> str:
    return " ".join(sorted(utils.default_process(f"{record.prompt} {record.answer}").split()))


def _similarity(left: list[str], right: list[str], cutoff: float = 0.0) -> NDArray[np.uint8]:
    """(left, right) similarities in percent, 0 below the cutoff."""
    return process.cdist(
        left, right, scorer=fuzz.ratio, score_cutoff=cutoff, dtype=np.uint8, workers=-1
    )
