"""Adapters side by side: each row is what its own adapter, merged, gives."""

from pathlib import Path

import pytest
import torch
from peft import PeftModel

from tests.comparison.conftest import make_adapter
from tests.helpers.models import KINDS, Kind, tiny_model, toy_tokenizer
from unlearn_core.errors import InvalidInput
from unlearn_core.models.loading import load, save
from unlearn_core.models.peft_internals import is_plain_lora, lora_layers
from unlearn_core.models.side_by_side import SharedModel, adapter_weights
from unlearn_core.models.spec import ModelSpec

IDS = torch.tensor([[5, 6, 7], [5, 6, 7], [8, 9, 4], [5, 6, 7]])


def shared(base: str, folders: list[str], dtype: str = "float32") -> SharedModel:
    original = load(ModelSpec.model_validate({"source": base, "dtype": dtype})).model
    wrapped = PeftModel.from_pretrained(original, folders[0], adapter_name="0")
    for i, folder in enumerate(folders[1:], start=1):
        wrapped.load_adapter(folder, adapter_name=str(i))
    wrapped.train(False)
    layers = lora_layers(original)
    weights = [adapter_weights(layers, str(i)) for i in range(len(folders))]
    return SharedModel(original, layers, [{}, *weights])


@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_each_row_is_what_its_own_model_gives(kind: Kind, tmp_path: Path) -> None:
    base = str(tmp_path / "base")
    save(tiny_model(kind), toy_tokenizer(), Path(base))
    folders = [
        make_adapter(base, tmp_path / "a", 1),
        make_adapter(base, tmp_path / "b", 2, rank=7, size=0.1),
    ]
    model = shared(base, folders)
    owners = torch.tensor([2, 0, 1, 1])
    logits = model(owners=owners, input_ids=IDS).logits
    for row, source in zip(range(4), (folders[1], base, folders[0], folders[0]), strict=True):
        expected = load(ModelSpec(source=source)).model(input_ids=IDS[row : row + 1]).logits[0]
        torch.testing.assert_close(logits[row], expected, atol=2e-4, rtol=1e-4)
    assert not any("forward" in vars(layer) for layer in model.layers)


@torch.no_grad()
def test_half_precision_stays_half(tmp_path: Path) -> None:
    base = str(tmp_path / "base")
    save(tiny_model("llama"), toy_tokenizer(), Path(base))
    model = shared(base, [make_adapter(base, tmp_path / "a", 1)], "bfloat16")
    logits = model(owners=torch.tensor([0, 1, 0, 1]), input_ids=IDS).logits
    assert logits.dtype == model.dtype == torch.bfloat16
    assert not torch.equal(logits[0], logits[1])


def test_an_adapter_without_numbers_is_refused(tmp_path: Path) -> None:
    base = str(tmp_path / "base")
    save(tiny_model("llama"), toy_tokenizer(), Path(base))
    folder = make_adapter(base, tmp_path / "a", 1, size=float("inf"))
    assert is_plain_lora(Path(folder))
    with pytest.raises(InvalidInput, match="diverged"):
        shared(base, [folder])
