"""The number formats of bitsandbytes, tried where it is installed and works on the device."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import torch
from torch import Tensor

Rounding = Callable[[Tensor], Tensor]
"""Gives a weight of (out, in) as it is after it was stored in few bits."""

_BLOCK = 64
"""Weights that share one scale in 4 bits, as in the library's layers."""


def formats_on(device: torch.device) -> tuple[Mapping[str, Rounding], str]:
    """Rounding by the name of a format; where the library is there but fails, none and why.

    8 bits are those of LLM.int8 (Dettmers et al., 2022), each row by its largest weight; 4 bits
    are NF4 of QLoRA (Dettmers et al., 2023), each block of 64 by its largest weight.
    """
    try:
        library = import_module("bitsandbytes.functional")
    except ImportError:
        return {}, ""  # An extra: no word where it is missing.
    found: dict[str, Rounding] = {
        "8 bits of bitsandbytes": lambda weight: _int8(library, weight),
        "nf4 of bitsandbytes": lambda weight: _nf4(library, weight),
    }
    probe = torch.linspace(-1, 1, 4 * _BLOCK, device=device).reshape(4, _BLOCK)
    try:
        sound = all(bool((form(probe) - probe).abs().max() < 0.5) for form in found.values())
    except (AttributeError, NotImplementedError, RuntimeError):
        sound = False  # Another version, or no kernels for this device.
    if sound:
        return found, ""
    return {}, f"bitsandbytes does not work on {device.type} here, so its formats were not tried."


def _int8(library: Any, weight: Tensor) -> Tensor:
    # The kernels take half precision only.
    values, scales, _ = library.int8_vectorwise_quant(weight.half().contiguous())
    back: Tensor = library.int8_vectorwise_dequant(values, scales)
    return back.to(weight)


def _nf4(library: Any, weight: Tensor) -> Tensor:
    values, state = library.quantize_4bit(weight.contiguous(), blocksize=_BLOCK, quant_type="nf4")
    back: Tensor = library.dequantize_4bit(values, state)
    return back.to(weight)
