"""Word for word: which tokens of the true answer the model would say after the true ones before.

All look at the answer's tokens without the end token.
"""

from collections.abc import Sequence

from unlearn_core.metrics.base import Reading
from unlearn_core.metrics.registry import record_metric

NO_TOKENS = "have a true answer without tokens; give one"


def share_right(right: Sequence[bool]) -> float | None:
    """Share of tokens that are the model's first choice; None without tokens."""
    return sum(right) / len(right) if right else None


def extraction_strength(right: Sequence[bool]) -> float | None:
    """Share of the text that the model completes by itself from some point on.

    `1 - min{k: all tokens from k on are right} / |y|`. Without a right last token it is 1/|y|, the
    least in the code it follows. One token alone would then score 1 even if wrong: it scores 0.
    """
    if not right:
        return None
    if len(right) == 1:
        return float(right[0])
    right_at_end = list(reversed(right)).index(False) if not all(right) else len(right)
    return max(1, right_at_end) / len(right)


@record_metric(
    "memorisation_accuracy",
    "Memorisation accuracy (MA)",
    "memory",
    help="Share of tokens the model would say itself when given all true ones before.",
    formula=r"\frac{1}{T-1}\sum_t \mathbb{1}[\arg\max_v p(v|x_{\le t}) = x_{t+1}]",
    source="Jang et al., ACL 2023, as in To Each (Textual Sequence) Its Own, ICML 2024. Of a "
    "passage all tokens but the first, of a question those of the answer; no end token.",
    better="lower",
    without=NO_TOKENS,
)
def memorisation_accuracy(reading: Reading) -> float | None:
    """The share itself."""
    return share_right(reading.right)


@record_metric(
    "exact_memorisation",
    "Exact memorisation (EM)",
    "memory",
    help="The number of memorisation accuracy under the name of OpenUnlearning.",
    formula=r"\frac{1}{|y|}\sum_t \mathbb{1}[\hat y_t = y_t]",
    source="OpenUnlearning (code): teacher-forced, answer tokens without the end token.",
    better="lower",
    without=NO_TOKENS,
)
def exact_memorisation(reading: Reading) -> float | None:
    """The share itself."""
    return share_right(reading.right)


@record_metric(
    "extraction_strength",
    "Extraction strength (ES)",
    "memory",
    help="How much of the answer's end the model completes alone; 1: the question is enough.",
    formula=r"1 - \frac{1}{|y|}\min\{k : \hat y_t = y_t\ \forall t \ge k\}",
    source="OpenUnlearning (code), whose least value is 1/|y|; a wrong answer of one token scores "
    "0 here, not 1.",
    better="lower",
    without=NO_TOKENS,
)
def extraction_strength_of(reading: Reading) -> float | None:
    """See `extraction_strength`."""
    return extraction_strength(reading.right)
