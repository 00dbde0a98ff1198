"""Float32 matrix products on x86 processors by oneDNN, from weights laid out once for many tokens.

Torch hands float32 products to MKL, which on AMD processors leaves half of each register unused;
oneDNN, which torch uses for bfloat16 anyway, is about twice as fast there and as fast elsewhere.
The same numbers are multiplied, in another order: results differ by rounding only.
"""

import platform
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

X86 = ("x86_64", "AMD64")
ROWS = 64
"""Rows the layout is made for; others are as right and nearly as quick."""
MOST_ROWS = 512
"""Of one product: more are cut into pieces of as many, so that few programs are compiled."""


@contextmanager
def packed(model: nn.Module) -> Iterator[None]:
    """Float32 linear layers on an x86 processor computed by oneDNN while this lasts.

    For use without gradients: a layer's weights are read once, at the start.
    """
    with ExitStack() as undo:
        for layer in _layers(model):
            # What the object itself has hides the method of its class.
            vars(layer)["forward"] = partial(_linear, _laid_out(layer.weight), layer.bias)
            undo.callback(vars(layer).pop, "forward")
        yield


def _layers(model: nn.Module) -> Iterator[nn.Linear]:
    """Those that can be computed this way: nothing but plain linear layers."""
    if platform.machine() not in X86 or not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return
    for layer in model.modules():
        if type(layer) is nn.Linear and "forward" not in vars(layer):
            weight = layer.weight
            if weight.dtype == torch.float32 and weight.device.type == "cpu":
                yield layer


def _laid_out(weight: Tensor) -> Tensor:
    return _operator("reorder_linear_weight")(weight.detach(), ROWS)


def _linear(weight: Tensor, bias: Tensor | None, states: Tensor) -> Tensor:
    """(..., C) times the (O, C) weight that was laid out: (..., O)."""
    rows = states.reshape(-1, states.shape[-1])
    parts = [_product(weight, bias, part) for part in torch.split(rows, MOST_ROWS)]
    done = parts[0] if len(parts) == 1 else torch.cat(parts)
    return done.view(*states.shape[:-1], -1)


def _product(weight: Tensor, bias: Tensor | None, rows: Tensor) -> Tensor:
    spare = _rounded(len(rows)) - len(rows)
    filled = pad(rows, (0, 0, 0, spare)) if spare else rows
    return _operator("linear_pointwise")(filled, weight, bias, "none", [], "")[: len(rows)]


def _operator(name: str) -> Callable[..., Tensor]:
    """One of torch's operators on oneDNN, which have no public names.

    The public `torch.utils.mkldnn` takes and gives tensors of its own layout, so that every layer
    would pay for going in and out of it.
    """
    return cast(Callable[..., Tensor], getattr(torch.ops.mkldnn, f"_{name}"))


def _rounded(rows: int) -> int:
    """The next of few numbers: oneDNN compiles a program for each, and keeps a thousand."""
    step = 16 if rows <= 128 else 32
    return -(-rows // step) * step
