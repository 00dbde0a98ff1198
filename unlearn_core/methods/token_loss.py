"""The common part of methods whose loss is of one pass over the true answers."""

from abc import abstractmethod
from collections.abc import Sequence

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Context, Loss, Method
from unlearn_core.methods.retain import RetainT, with_retain
from unlearn_core.models.forward import AnswerLogits, answer_logits
from unlearn_core.models.likelihoods import mean_nll


class TokenLoss(Method[RetainT]):
    """A loss on the true answers' tokens, with the retain term beside it."""

    @abstractmethod
    def own(self, forget: Sequence[Record], out: AnswerLogits) -> Loss:
        """The method's own loss, from the logits of the forget records' true answers."""

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """The method's own loss plus the retain term; the part `forget` is the answers' NLL."""
        out = answer_logits(context.model, context.records(forget))
        own = self.own(forget, out)
        parts = {"forget": mean_nll(out.logits.detach(), out.labels), **own.parts}
        return with_retain(Loss(own.total, parts), context, retain, self.config)
