"""Linear layers by oneDNN while sampling: the same products, and nothing left behind."""

import platform

import pytest
import torch
from torch import nn

from unlearn_core.sampling.onednn import X86, packed


def layers(dtype: torch.dtype = torch.float32) -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(24, 40), nn.SiLU(), nn.Linear(40, 16, bias=False)).to(dtype)


@pytest.mark.parametrize("shape", [(1, 24), (3, 24), (2, 5, 24), (300, 24)])
@torch.no_grad()
def test_products_are_those_of_the_layer(shape: tuple[int, ...]) -> None:
    model = layers()
    states = torch.randn(shape)
    plain = model(states)
    with packed(model):
        assert ("forward" in vars(model[0])) == (platform.machine() in X86)
        torch.testing.assert_close(model(states), plain, rtol=1e-5, atol=1e-6)
    assert "forward" not in vars(model[0])
    assert torch.equal(model(states), plain)


@torch.no_grad()
def test_weights_are_read_anew_each_time() -> None:
    model = layers()
    states = torch.randn(4, 24)
    with packed(model):
        model(states)
    model[2].weight.mul_(2)
    plain = model(states)
    with packed(model):
        torch.testing.assert_close(model(states), plain, rtol=1e-5, atol=1e-6)


def test_other_precisions_and_kinds_are_left_alone() -> None:
    class Own(nn.Linear):
        pass

    model = nn.Sequential(*layers(torch.bfloat16), Own(16, 4))
    with packed(model):
        assert not any("forward" in vars(layer) for layer in model)


def test_layers_are_as_before_after_an_error() -> None:
    model = layers()
    with pytest.raises(KeyError), packed(model):
        raise KeyError
    assert "forward" not in vars(model[0])


@pytest.mark.skipif(platform.machine() not in X86, reason="x86 processors only")
def test_torch_still_has_the_operators() -> None:
    for name, arguments in (("_reorder_linear_weight", 2), ("_linear_pointwise", 6)):
        operator = getattr(torch.ops.mkldnn, name, None)
        assert operator is not None, f"torch calls mkldnn.{name} otherwise, or has taken it away"
        taken = len(operator.default._schema.arguments)
        assert taken == arguments, f"torch's mkldnn.{name} takes {taken} arguments now"
