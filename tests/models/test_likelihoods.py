"""Losses against hand arithmetic, golden values and gradient directions."""

import math

import pytest
import torch

from unlearn_core.data.batches import IGNORED
from unlearn_core.methods.npo import npo_loss
from unlearn_core.models.likelihoods import mean_nll, sequence_nll, token_nll

LOGITS = torch.tensor([[[2.0, 1.0, 0.0], [0.0, 0.0, 0.0], [9.0, 0.0, 0.0]]])
LABELS = torch.tensor([[0, 2, IGNORED]])
FIRST = math.log(math.exp(2) + math.exp(1) + 1) - 2  # -log softmax([2, 1, 0])[0]


def test_token_nll_is_hand_arithmetic_and_zero_where_ignored() -> None:
    expected = torch.tensor([[FIRST, math.log(3), 0.0]])
    torch.testing.assert_close(token_nll(LOGITS, LABELS), expected)


def test_sequence_nll_sums_and_mean_nll_averages_over_tokens() -> None:
    assert sequence_nll(LOGITS, LABELS).item() == pytest.approx(FIRST + math.log(3))
    assert mean_nll(LOGITS, LABELS).item() == pytest.approx((FIRST + math.log(3)) / 2)


def test_nll_of_half_precision_logits_is_computed_in_float32() -> None:
    assert token_nll(LOGITS.bfloat16(), LABELS).dtype == torch.float32


def test_npo_is_two_over_beta_ln_two_while_nothing_changed() -> None:
    nll = torch.tensor([3.0, 11.0])
    assert npo_loss(nll, nll, beta=0.1).item() == pytest.approx(13.862944)


@pytest.mark.parametrize(
    ("nll", "reference", "beta", "expected"),
    [
        # beta * difference = 1: -(2 / 0.5) * log sigmoid(1) = 4 * 0.3132617
        (4.0, 2.0, 0.5, 4 * 0.31326169),
        # beta * difference = -2: -(2 / 1) * log sigmoid(-2) = 2 * 2.1269280
        (1.0, 3.0, 1.0, 2 * 2.12692801),
    ],
)
def test_npo_by_hand(nll: float, reference: float, beta: float, expected: float) -> None:
    value = npo_loss(torch.tensor([nll]), torch.tensor([reference]), beta)
    assert value.item() == pytest.approx(expected, rel=1e-6)


def test_npo_gradient_raises_the_loss_of_the_answer_and_fades() -> None:
    nll = torch.tensor([2.0, 60.0], requires_grad=True)
    npo_loss(nll, torch.tensor([2.0, 2.0]), beta=0.1).backward()
    assert nll.grad is not None
    fresh, forgotten = nll.grad.tolist()
    assert fresh == pytest.approx(-0.5)  # -sigmoid(0), averaged over two rows
    assert fresh < forgotten < 0


def test_npo_tends_to_gradient_ascent_for_small_beta() -> None:
    nll = torch.tensor([5.0], requires_grad=True)
    npo_loss(nll, torch.tensor([1.0]), beta=1e-6).backward()
    assert nll.grad is not None
    assert nll.grad.item() == pytest.approx(-1.0, abs=1e-4)
