"""Rounding by hand, on both kinds of layers, and what stays as it is."""

from functools import partial

import pytest
import torch

from tests.helpers.models import Kind, tiny_model
from unlearn_core.attacks.copies import kept, linear_weights
from unlearn_core.attacks.quantisation import QuantisationConfig, round_weights, rounded
from unlearn_core.errors import InvalidInput
from unlearn_core.settings.config import parse


def test_two_bits_by_hand() -> None:
    weight = torch.tensor([[0.0, 1.0, 1.6, 3.0, -4.0, 8.0]])
    # First group: from 0 to 3 in steps of 1; the rest of the row from -4 to 8 in steps of 4.
    assert rounded(weight, 2, 4).tolist() == [[0.0, 1.0, 2.0, 3.0, -4.0, 8.0]]
    # One group: from -4 to 8 in steps of 4.
    assert rounded(weight, 2, 64).tolist() == [[0.0, 0.0, 0.0, 4.0, -4.0, 8.0]]


def test_equal_weights_stay() -> None:
    weight = torch.full((2, 3), 0.7)
    assert torch.equal(rounded(weight, 3, 2), weight)


def test_more_bits_are_nearer_and_never_beyond_half_a_step() -> None:
    weight = torch.randn(8, 96, generator=torch.Generator().manual_seed(0))
    errors = [(rounded(weight, bits, 32) - weight).abs().max().item() for bits in (3, 4, 8, 16)]
    assert errors == sorted(errors, reverse=True)
    steps = [(p.amax(1) - p.amin(1)).max() / 7 for p in weight.split(32, dim=1)]
    assert errors[0] <= max(steps).item() / 2 + 1e-6


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_linear_layers_alone_are_rounded(kind: Kind) -> None:
    copy, untouched = tiny_model(kind), tiny_model(kind)
    weights = linear_weights(copy)
    round_weights(copy, kept(weights), partial(rounded, bits=3, group=16))
    before = dict(untouched.named_parameters())
    for name, value in copy.named_parameters():
        layer = name.removesuffix(".weight")
        assert torch.equal(value, before[name]) == (layer not in weights), name


def test_groups_lie_along_the_inputs_of_a_transposed_layer() -> None:
    copy = tiny_model("gpt2")
    weights = linear_weights(copy)
    name = next(iter(weights))
    before = kept(weights)
    round_weights(copy, before, partial(rounded, bits=2, group=64))
    # (in, out) = (64, ...): each output has one group, so at most four values.
    assert all(len(column.unique()) <= 4 for column in weights[name].T)


def test_bits_that_cannot_be() -> None:
    for bits in ((), (1,), (8, 17)):
        with pytest.raises(InvalidInput, match="bits"):
            parse(QuantisationConfig, {"bits": bits})
