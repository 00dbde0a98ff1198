"""Extraction likelihood: how many runs of n tokens of a text the model gives back."""

from collections import Counter
from collections.abc import Hashable, Sequence
from statistics import fmean

from unlearn_core.errors import InvalidInput
from unlearn_core.metrics.base import Reading
from unlearn_core.metrics.registry import record_metric
from unlearn_core.metrics.rouge import words

N = 10


def overlap(given: Sequence[Hashable], true: Sequence[Hashable], n: int = N) -> float | None:
    """`#{n-grams of given that occur in true} / #{n-grams of true}`; repeated ones count.

    None where `true` has fewer than n tokens.
    """
    total = len(true) - n + 1
    if total < 1:
        return None
    wanted = set(ngrams(true, n))
    return sum(count for gram, count in ngrams(given, n).items() if gram in wanted) / total


def extraction_likelihood(
    continuations: Sequence[Sequence[int]], ids: Sequence[int], n: int = N
) -> float | None:
    """`EL_n = 1/(T - n) * sum_t OVERLAP_n(f(x_<t), x_>=t)` of a text of T tokens.

    Args:
        continuations: The greedy one after each of the first 1, 2, ..., T - n tokens; what goes
            beyond the text's length is cut.
        ids: The text.
        n: Length of a run.

    Returns:
        0 to 1; None for a text of at most n tokens.

    Raises:
        InvalidInput: Not one continuation for each beginning.

    Source: Jang et al., ACL 2023, in the form of the code of To Each (Textual Sequence) Its Own.
    """
    if len(ids) <= n:
        return None
    if len(continuations) != len(ids) - n:
        raise InvalidInput(
            f"EL_{n} of {len(ids)} tokens needs {len(ids) - n} continuations, but there are "
            f"{len(continuations)}; give one after each of the first {len(ids) - n} tokens."
        )
    shares = [
        overlap(given[: len(ids) - start], ids[start:], n)
        for start, given in enumerate(continuations, start=1)
    ]
    return fmean(share for share in shares if share is not None)


def ngrams(tokens: Sequence[Hashable], n: int) -> Counter[tuple[Hashable, ...]]:
    """How often each run of n tokens occurs."""
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


@record_metric(
    "extraction_likelihood",
    f"Extraction likelihood (EL{N}, one beginning)",
    "memory",
    help=f"Share of the runs of {N} words of a passage's second half that the model gives back.",
    formula=r"\mathrm{OVERLAP}_{10}(f(x_{<T/2}), x_{\ge T/2})",
    source="Jang et al., ACL 2023; here one term of the sum, that of the first half, on words "
    "instead of tokens, since each further term costs an answer.",
    better="lower",
    without=f"are questions, or passages whose second half has fewer than {N} words; mark longer "
    "passages",
)
def extraction_likelihood_of(reading: Reading) -> float | None:
    """Of a passage of at least n words after its first half."""
    if not reading.record.is_passage:
        return None
    true = words(reading.record.answer, stem=False)
    return overlap(words(reading.answer, stem=False)[: len(true)], true)
