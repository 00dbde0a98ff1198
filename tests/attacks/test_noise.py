"""Noise on the weights: as strong as asked for, repeatable, taken away again."""

import pytest
import torch

from tests.helpers.models import tiny_model
from unlearn_core.attacks.copies import kept, linear_weights
from unlearn_core.attacks.noise import NoiseConfig, shake
from unlearn_core.errors import InvalidInput
from unlearn_core.settings.config import parse


def test_strength_is_a_share_of_the_spread() -> None:
    weights = linear_weights(tiny_model())
    before = kept(weights)
    shake(weights, before, 0.1, torch.Generator().manual_seed(0))
    for name, weight in weights.items():
        added = (weight - before[name]).std() / before[name].std()
        assert added.item() == pytest.approx(0.1, rel=0.1), name


def test_noise_follows_the_seed_and_does_not_add_up() -> None:
    weights = linear_weights(tiny_model())
    before = kept(weights)
    shake(weights, before, 0.1, torch.Generator().manual_seed(0))
    first = kept(weights)
    shake(weights, before, 0.3, torch.Generator().manual_seed(1))
    shake(weights, before, 0.1, torch.Generator().manual_seed(0))
    assert all(torch.equal(first[name], weight) for name, weight in weights.items())


def test_strengths_that_cannot_be() -> None:
    for scales in ((), (0.0,), (0.1, 11.0)):
        with pytest.raises(InvalidInput, match="strength"):
            parse(NoiseConfig, {"scales": scales})
