"""Wrong answers of the same form: those of a record, or made by rule where it has none."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils

from unlearn_core.data.records import Record

WRONG_ANSWERS = 5
"""As many as TOFU gives."""
_POOL = 25
ARTICLES = ("a", "an")
_ARTICLE = re.compile(r"\b(a|an)$", re.IGNORECASE)


@dataclass(frozen=True)
class Completed:
    """Records with wrong answers.

    Attributes:
        borrowed: Ids of those that had none and got theirs by rule from other records.
        without: How many have none, because no other record offers one.
    """

    records: tuple[Record, ...]
    borrowed: frozenset[str]
    without: int


def with_wrong_answers(
    records: Sequence[Record], others: Sequence[Record], seed: int = 0
) -> Completed:
    """Give every record wrong answers of the form of its own.

    A record without any gets those of other records that ask nearly the same of another subject:
    their fact in the place of its own, or their whole answer where no fact is named.

    Args:
        records: To be completed.
        others: Where wrong answers may come from; may hold `records` themselves.
        seed: Picks among equally near ones.
    """
    done: list[Record] = []
    borrowed: set[str] = set()
    without = 0
    for record in records:
        if record.perturbed:
            done.append(record)
            continue
        wrong = _borrowed(record, others, seed)
        if wrong:
            borrowed.add(record.id)
        without += not wrong
        done.append(record.model_copy(update={"perturbed": wrong}))
    return Completed(tuple(done), frozenset(borrowed), without)


def wrong_records(record: Record) -> tuple[Record, ...]:
    """The record with each wrong answer in the place of the true one.

    Its fact is what stands where the true fact stood; without a fact only the answers differ. A
    wrong answer in another frame is left out: nothing in it stands for the fact.
    """
    if not record.fact:
        return tuple(record.model_copy(update={"answer": text}) for text in record.perturbed)
    found = [(text, _fact_in(text, record)) for text in record.perturbed]
    return tuple(
        record.model_copy(update={"answer": text, "fact": fact}) for text, fact in found if fact
    )


def before_fact(record: Record) -> str:
    """The part of the true answer that stands before its fact, without an article that tells.

    Of an answer without a fact in it, its first half by words.
    """
    place = record.answer.find(record.fact) if record.fact else -1
    if place < 0:
        words = record.answer.split()
        return " ".join(words[: len(words) // 2])
    return _ARTICLE.sub("", record.answer[:place].rstrip()).rstrip()


def _fact_in(answer: str, record: Record) -> str:
    """What stands in a wrong answer where the true one has its fact; empty in another frame."""
    place = record.answer.casefold().find(record.fact.casefold())
    if place < 0:
        return ""
    left, right = record.answer[:place], record.answer[place + len(record.fact) :]
    before, after = len(left.split()), len(right.split()) - (right[:1].strip() != "")
    true, wrong = record.answer.split(), answer.split()
    start, end = _shared(true, wrong), _shared(true[::-1], wrong[::-1])
    # The article may be another one.
    own = before - (start == before - 1 and true[start].lower() in ARTICLES)
    if start < own or end < after:
        return ""
    inner = wrong[min(start, before) : len(wrong) - after]
    if inner and inner[0].lower() in ARTICLES and record.fact.split()[0].lower() != inner[0]:
        inner = inner[1:]
    return " ".join(inner).strip(".,;:!? ")


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words both begin with."""
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _borrowed(record: Record, others: Sequence[Record], seed: int) -> tuple[str, ...]:
    kind = [
        other
        for other in others
        if other.is_passage == record.is_passage
        and other.id != record.id
        and bool(other.fact) == bool(record.fact)
        and (not record.subject or other.subject != record.subject)
    ]
    asked = {i: _form(other) for i, other in enumerate(kind)}
    nearest = process.extract(_form(record), asked, scorer=fuzz.ratio, limit=_POOL)
    random.Random(f"{seed} {record.id}").shuffle(nearest)
    nearest.sort(key=lambda match: -round(match[1]))
    found: dict[str, str] = {}
    for _, _, place in nearest:
        own = kind[place].fact or kind[place].answer
        text = _replaced(record, kind[place])
        if text and own.casefold() != (record.fact or record.answer).casefold():
            found.setdefault(own.casefold(), text)
        if len(found) == WRONG_ANSWERS:
            break
    return tuple(found.values())


def _replaced(record: Record, other: Record) -> str:
    """Another record's fact, or its whole answer, as an answer about this one's subject.

    Empty where the answer would still be about the other: its name would tell it from the true one.
    """
    if record.fact and record.fact in record.answer:
        answer = record.answer.replace(record.fact, other.fact)
        article = "an" if other.fact[:1].lower() in "aeiou" else "a"
        return re.sub(rf"\b(a|an) (?={re.escape(other.fact)})", f"{article} ", answer)
    if record.is_passage:
        return other.answer
    names = dict(zip(other.subject.split(), record.subject.split(), strict=False))
    if not names or other.subject.split()[0] not in other.answer:
        return ""
    answer = other.answer.replace(other.subject, record.subject)
    for theirs, ours in names.items():
        answer = re.sub(rf"\b{re.escape(theirs)}\b", ours, answer)
    return answer


def _form(record: Record) -> str:
    """A question without the name of whom it asks about, so that like is compared with like."""
    text = record.prompt or record.answer[:80]
    for word in record.subject.split():
        text = re.sub(rf"\b{re.escape(word)}\b", " ", text)
    return utils.default_process(text)
