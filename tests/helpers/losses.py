"""A loss with all its terms at once, as the formula has it."""

from collections.abc import Sequence
from typing import Any

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Context, Loss, Method


def whole_loss(
    method: Method[Any], context: Context, forget: Sequence[Record], retain: Sequence[Record]
) -> Loss:
    """The sum of a method's terms, with the parts of all of them."""
    loss = method.loss(context, forget, retain)
    while loss.rest:
        term = loss.rest()
        loss = Loss(loss.total + term.total, {**loss.parts, **term.parts}, term.rest)
    return loss
