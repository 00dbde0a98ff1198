"""Refusals by likelihood: fine-tuning on a refusal to every forget question."""

from collections.abc import Sequence

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.refusals import refusal, require_questions
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import RETAIN_TERM, RetainConfig, with_retain
from unlearn_core.models.forward import batch_nll


class IdkConfig(RetainConfig):
    """Settings of refusals by likelihood."""


@register(
    "idk",
    "Refusals by likelihood (IDK)",
    config=IdkConfig,
    card=Card(
        idea="Ordinary training on a refusal such as 'I do not know.' to each forget question.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_f}\left["
        r"-\log p_\theta(y_{\mathrm{idk}}\mid q)\right]" + RETAIN_TERM,
        paper="Maini et al., TOFU, COLM 2024",
        needs=("retain data",),
        cost="2: a forward and backward pass on refusals and on retain records",
        fails="Nothing pushes the true answers down, so sampling or a begun answer brings them "
        "back; the model may refuse too much. Not for passages, which ask nothing.",
    ),
    small=small(4e-4),
    large=large(epochs=5),
)
class Idk(Method[IdkConfig]):
    """Minimise the loss on refusals and on the retain set.

    The code of TOFU takes one mean over the tokens of both, so that long retained answers weigh
    more; here each set has its own mean, so that `retain_weight` does not depend on lengths.
    """

    def prepare(self, context: Context) -> None:
        """Make sure that there are questions to refuse."""
        require_questions("IDK", context.forget)

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`CE(refusals)`, the token mean, plus the retain term."""
        pairs = [(record.prompt, refusal(record.id)) for record in forget]
        nll = batch_nll(context.model, context.batch(pairs))
        return with_retain(Loss(nll, {"refusal": nll}), context, retain, self.config)
