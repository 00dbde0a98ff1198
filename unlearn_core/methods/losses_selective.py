"""The loss of selective gradient ascent: only some rows of a batch count."""

from torch import Tensor

from unlearn_core.data.batches import IGNORED
from unlearn_core.models.likelihoods import token_nll


def selected_nll(logits: Tensor, labels: Tensor, selected: Tensor) -> Tensor:
    """Mean negative log-likelihood over answer tokens of the selected rows; 0 without any.

    With no row selected the result still can be differentiated, and its gradient is zero.

    Args:
        logits: (B, K, V).
        labels: (B, K), `IGNORED` on prompt and padding.
        selected: (B,) bool.

    Source: Barbulescu and Triantafillou, To Each (Textual Sequence) Its Own, ICML 2024, as in the
    authors' code.
    """
    kept = labels.masked_fill(~selected[:, None], IGNORED)
    return token_nll(logits, kept).sum() / (kept != IGNORED).sum().clamp(min=1)
