"""The formats of bitsandbytes: the library itself where it is installed, else a stand-in for it."""

import sys
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.attacks.conftest import attacked
from unlearn_core.attacks.base import Material, Role, Target
from unlearn_core.attacks.number_formats import formats_on

CPU = torch.device("cpu")
NF4 = torch.tensor([-1.0, -0.6962, -0.5251, -0.3949, -0.2844, -0.1848, -0.0911, 0.0, 0.0796, 0.1609,
                    0.2461, 0.3379, 0.4407, 0.5626, 0.7230, 1.0])  # fmt: skip
"""The sixteen values of the format, as its paper has them."""


def quantised(weight: Tensor, *, blocksize: int, quant_type: str) -> tuple[Tensor, Tensor]:
    assert (blocksize, quant_type) == (64, "nf4") and weight.is_contiguous()
    blocks = weight.reshape(-1, blocksize)
    largest = blocks.abs().amax(1, keepdim=True).clamp(min=1e-12)
    return ((blocks / largest)[..., None] - NF4).abs().argmin(-1), torch.cat(
        [largest.flatten(), torch.tensor(weight.shape, dtype=torch.float32)]
    )


def restored(values: Tensor, state: Tensor) -> Tensor:
    return (NF4[values] * state[:-2, None]).reshape([int(size) for size in state[-2:]])


def rows_quantised(weight: Tensor) -> tuple[Tensor, Tensor, None]:
    assert weight.dtype == torch.float16 and weight.is_contiguous()
    largest = weight.float().abs().amax(1)
    return (weight.float() / largest[:, None] * 127).round().to(torch.int8), largest, None


def rows_restored(values: Tensor, largest: Tensor) -> Tensor:
    return values.float() * largest[:, None] / 127


def put_in_place(monkeypatch: pytest.MonkeyPatch, **functions: Any) -> None:
    """The library's functions under its name."""
    functional = ModuleType("bitsandbytes.functional")
    functional.__dict__.update(functions)
    monkeypatch.setitem(sys.modules, "bitsandbytes", ModuleType("bitsandbytes"))
    monkeypatch.setitem(sys.modules, "bitsandbytes.functional", functional)


STAND_IN = {
    "quantize_4bit": quantised, "dequantize_4bit": restored,
    "int8_vectorwise_quant": rows_quantised, "int8_vectorwise_dequant": rows_restored,
}  # fmt: skip


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real one where it is there."""
    if find_spec("bitsandbytes") is None:
        put_in_place(monkeypatch, **STAND_IN)


def test_rows_in_8_bits_and_blocks_in_nf4_by_hand(library: None) -> None:
    formats, why = formats_on(CPU)
    assert list(formats) == ["8 bits of bitsandbytes", "nf4 of bitsandbytes"] and why == ""
    weight = torch.zeros(2, 64)
    weight[0, :4] = torch.tensor([2.0, 0.5, -1.0, 0.01])
    weight[1, :3] = torch.tensor([0.1, -0.1, 0.05])
    eight, four = (form(weight) for form in formats.values())
    # The first row in steps of 2/127: 0.5 is 31.75 of them, -1 is -63.5, 0.01 is 0.6; the second
    # in steps of 0.1/127.
    assert eight[0, :4].tolist() == pytest.approx([2, 0.50394, -1.00787, 0.01575], abs=1e-4)
    assert eight[1, :3].tolist() == pytest.approx([0.1, -0.1, 0.05039], abs=1e-4)
    # Of the sixteen values 0.2461 is nearest to 0.25, -0.5251 to -0.5, 0.4407 to 0.5, 0 to 0.005.
    assert four[0, :4].tolist() == pytest.approx([2, 0.4922, -1.0502, 0], abs=1e-3)
    assert four[1, :3].tolist() == pytest.approx([0.1, -0.1, 0.04407], abs=1e-3)
    assert eight.dtype == four.dtype == weight.dtype and eight.shape == four.shape == weight.shape


def test_where_it_is_missing_or_does_not_work_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("no kernel for this device")

    put_in_place(monkeypatch, **{**STAND_IN, "quantize_4bit": fails})
    assert formats_on(CPU) == ({}, "bitsandbytes does not work on cpu here, so its formats were "
                                   "not tried.")  # fmt: skip
    put_in_place(monkeypatch)  # an older version without these functions
    assert "does not work" in formats_on(CPU)[1]
    put_in_place(
        monkeypatch, **{**STAND_IN, "dequantize_4bit": lambda values, _: values * torch.nan}
    )
    assert "does not work" in formats_on(CPU)[1]
    monkeypatch.setitem(sys.modules, "bitsandbytes.functional", None)
    assert formats_on(CPU) == ({}, "")


@pytest.mark.bundled
def test_its_formats_are_further_settings_of_the_attack(
    targets: dict[Role, Target], material: Material, library: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Material(material.forget[:6], (), (), (), ())
    finding = attacked("quantisation", targets["original"], few, bits=(8,))
    assert list(finding.numbers) == [
        "found, 8 bits", "found, 8 bits of bitsandbytes", "found, nf4 of bitsandbytes"
    ]  # fmt: skip
    assert set(finding.numbers.values()) == {1.0} and finding.note == ""
    assert finding.curves[0].x == (8,)
    monkeypatch.setitem(sys.modules, "bitsandbytes.functional", None)
    alone = attacked("quantisation", targets["original"], few, bits=(8,))
    assert list(alone.numbers) == ["found, 8 bits"]
    assert alone.note == ""
