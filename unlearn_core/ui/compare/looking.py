"""What is worked out when a person looks: token probabilities, next tokens, the truth's rank."""

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING, Any, TypeVar

from unlearn_core.errors import InvalidInput
from unlearn_core.ui.compare.asking import FAILURES
from unlearn_core.ui.compare.desk import Desk
from unlearn_core.ui.compare.job import ComparisonJob
from unlearn_core.ui.compare.news import problem_of
from unlearn_core.ui.texts.compare import NO_RANK, NO_TRUTH

if TYPE_CHECKING:
    from unlearn_core.comparison.model_pool import ModelPool
    from unlearn_core.comparison.views import NextToken, TokenView, TrueRank

NEXT_TOKENS = 8
Found = TypeVar("Found")


def look_at(desk: Desk, request: Mapping[str, Any]) -> dict[str, Any]:
    """Work out one view of one question for every column.

    Args:
        desk: Where the comparison is.
        request: `ticket`, `question`, and `what`: `tokens` (with `text`), `next` (with `text` and
            `prefix`, what the answer begins with) or `rank`.

    Returns:
        `columns`, each with what was found or a `problem`; of tokens also `same`, whether all
        models cut the text alike.

    Raises:
        InvalidInput: The comparison is kept no longer, or there is nothing to look at.
    """
    job = desk.get(str(request["ticket"]))
    place = int(request["question"])
    if request["what"] == "tokens":
        return token_views(desk.pool(), job, place, str(request["text"]))
    if request["what"] == "next":
        return next_tokens(desk.pool(), job, place, str(request["prefix"]))
    return true_ranks(desk.pool(), job, place)


def token_views(pool: "ModelPool", job: ComparisonJob, place: int, text: str) -> dict[str, Any]:
    """How likely each model finds every token of a text."""
    if not text.strip():
        raise InvalidInput(NO_TRUTH)
    prompt, template = job.questions[place].record.prompt, job.asking.template
    columns = _columns(
        job,
        lambda sources: pool.token_views(sources, prompt, text, template),
        _token_view,
    )
    cuts = {tuple(t["text"] for t in one["tokens"]) for one in columns if "tokens" in one}
    return {"columns": columns, "same": len(cuts) == 1}


def next_tokens(pool: "ModelPool", job: ComparisonJob, place: int, prefix: str) -> dict[str, Any]:
    """What each model would say next, after the beginning of an answer."""
    prompt, template = job.questions[place].record.prompt, job.asking.template
    return {
        "columns": _columns(
            job,
            lambda sources: pool.next_tokens(sources, prompt, prefix, NEXT_TOKENS, template),
            lambda found: {"bars": [_next_token(token) for token in found]},
        )
    }


def true_ranks(pool: "ModelPool", job: ComparisonJob, place: int) -> dict[str, Any]:
    """Where the true answer stands among what each model could say."""
    record = job.questions[place].record
    if not record.answer:
        raise InvalidInput(NO_RANK)
    return {
        "columns": _columns(
            job,
            lambda sources: pool.true_rank(sources, record, job.asking.template),
            _true_rank,
        )
    }


def _columns(
    job: ComparisonJob,
    ask: Callable[[Sequence[str]], Sequence[Found | str]],
    view: Callable[[Found], dict[str, Any]],
) -> list[dict[str, Any]]:
    """What each column shows; of one that fails, why."""
    there = [i for i, side in enumerate(job.sides) if not side.problem]
    try:
        answers: Sequence[Found | str] = ask([job.sides[i].source for i in there])
    except FAILURES as error:
        answers = [str(error)] * len(there)
    found = dict(zip(there, answers, strict=True))
    return [_shown(job, found.get(i, side.problem), view) for i, side in enumerate(job.sides)]


def _shown(
    job: ComparisonJob, found: Found | str, view: Callable[[Found], dict[str, Any]]
) -> dict[str, Any]:
    return {"problem": problem_of(job, found)} if isinstance(found, str) else view(found)


def _token_view(found: "TokenView") -> dict[str, Any]:
    mean = fmean(found.log_probs) if found.log_probs else -math.inf
    rows = zip(found.tokens, found.log_probs, found.ranks, found.entropies, strict=True)
    return {
        "tokens": [
            {"text": text, "share": math.exp(log_prob), "rank": rank, "entropy": entropy}
            for text, log_prob, rank, entropy in rows
        ],
        "mean": mean if math.isfinite(mean) else None,
    }


def _next_token(found: "NextToken") -> dict[str, Any]:
    return {"text": found.text, "share": found.probability}


def _true_rank(found: "TrueRank") -> dict[str, Any]:
    return {
        "place": found.place,
        "answers": found.answers,
        "mean": found.log_prob if math.isfinite(found.log_prob) else None,
        "rank": found.token_rank,
    }
