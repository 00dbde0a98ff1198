"""Log-probabilities of labels, by hand and against the plain formula."""

from math import log

import pytest
import torch

from unlearn_core.metrics.likelihood import (
    answer_lengths,
    answer_log_probs,
    mean_log_probs,
    memorised_share,
    token_log_probs,
)

# One row, two tokens a step: p = (3/4, 1/4), then (1/5, 4/5), then unused.
LOGITS = torch.tensor([[[3.0, 1.0], [1.0, 4.0], [1.0, 1.0]]]).log()
LABELS = torch.tensor([[-100, 0, 0]])


def test_position_t_predicts_label_t_plus_one() -> None:
    expected = torch.tensor([[log(3 / 4), log(1 / 5)]])
    torch.testing.assert_close(token_log_probs(LOGITS, LABELS), expected)


def test_sum_mean_and_length() -> None:
    total = log(3 / 4) + log(1 / 5)
    assert answer_log_probs(LOGITS, LABELS).item() == pytest.approx(total)
    assert mean_log_probs(LOGITS, LABELS).item() == pytest.approx(total / 2)
    assert answer_lengths(LABELS).tolist() == [2]


def test_memorised_share_counts_first_choices() -> None:
    assert memorised_share(LOGITS, LABELS).tolist() == [0.5]


def test_ignored_labels_do_not_count() -> None:
    labels = torch.tensor([[0, -100, 1]])

    assert token_log_probs(LOGITS, labels)[0, 0] == 0
    assert mean_log_probs(LOGITS, labels).item() == pytest.approx(log(4 / 5))
    assert memorised_share(LOGITS, labels).tolist() == [1.0]


def test_values_and_gradients_equal_the_plain_formula() -> None:
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(3, 7, 11, generator=generator, dtype=torch.float64, requires_grad=True)
    labels = torch.randint(0, 11, (3, 7), generator=generator)
    labels[:, :3] = -100
    labels[1, 5:] = -100
    targets = labels[:, 1:]
    plain = logits[:, :-1].log_softmax(-1).gather(2, targets.clamp(min=0)[..., None]).squeeze(2)
    plain = plain * (targets != -100)

    ours = token_log_probs(logits, labels)

    torch.testing.assert_close(ours, plain)
    (expected,) = torch.autograd.grad(plain.sum(), logits)
    (actual,) = torch.autograd.grad(ours.sum(), logits)
    torch.testing.assert_close(actual, expected)


def test_half_precision_logits_are_normalised_in_float32() -> None:
    result = token_log_probs(LOGITS.bfloat16(), LABELS)

    assert result.dtype == torch.float32
    assert result.sum().item() == pytest.approx(log(3 / 4) + log(1 / 5), abs=0.02)


def test_no_labels_sum_to_zero_and_have_no_mean() -> None:
    nothing = torch.full((1, 3), -100)

    assert answer_log_probs(LOGITS, nothing).tolist() == [0.0]
    assert mean_log_probs(LOGITS, nothing).isnan().all()
