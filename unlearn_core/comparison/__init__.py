"""Several models beside one another: the same prompt, the same seed, what each says and expects."""

from unlearn_core.comparison.bench import Bench
from unlearn_core.comparison.columns import MOST_COLUMNS, Column
from unlearn_core.comparison.shelf import MOST_ADAPTERS, MOST_MODELS
from unlearn_core.comparison.views import NextToken, TokenView, TrueRank

__all__ = [
    "MOST_ADAPTERS",
    "MOST_COLUMNS",
    "MOST_MODELS",
    "Bench",
    "Column",
    "NextToken",
    "TokenView",
    "TrueRank",
]
