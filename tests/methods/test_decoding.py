"""Methods that forget while they answer: their losses by hand, their masks, their rules."""

import pytest
import torch

from tests.helpers.jobs import FORGET, RETAIN, make_context
from tests.helpers.losses import whole_loss
from unlearn_core.data.batches import IGNORED
from unlearn_core.methods.uld import ULD, ULDConfig, uniform_kl
from unlearn_core.methods.whp_decoding import WHPDecoding, WHPDecodingConfig
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll


def test_distance_from_even_by_hand() -> None:
    logits = torch.tensor([[[2.0, 1.0, 0.0]]])
    # log-softmax is -0.407606, -1.407606, -2.407606; their mean -1.407606; ln 3 = 1.098612.
    assert uniform_kl(logits, torch.tensor([[0]])).item() == pytest.approx(0.308994, abs=1e-6)
    assert uniform_kl(torch.zeros(1, 2, 5), torch.ones(1, 2).long()).item() == pytest.approx(0.0)


def test_masked_positions_have_no_say_and_no_gradient() -> None:
    logits = torch.randn(2, 3, 7, requires_grad=True)
    labels = torch.tensor([[1, IGNORED, 2], [IGNORED, 3, IGNORED]])
    uniform_kl(logits, labels).backward()
    assert logits.grad is not None
    assert torch.equal(logits.grad.abs().sum(-1) > 0, labels != IGNORED)


def test_descent_makes_the_assistant_even() -> None:
    logits = torch.tensor([[[2.0, 1.0, 0.0]]], requires_grad=True)
    uniform_kl(logits, torch.tensor([[1]])).backward()
    assert logits.grad is not None
    assert logits.grad[0, 0, 0] > 0 > logits.grad[0, 0, 2]


def test_assistants_learn_the_true_answers() -> None:
    context = make_context("lora")
    out = answer_logits(context.model, context.records(FORGET))
    nll = mean_nll(out.logits, out.labels)
    alone = WHPDecoding(WHPDecodingConfig()).loss(context, FORGET, RETAIN)
    assert alone.total.item() == pytest.approx(nll.item())
    even = answer_logits(context.model, context.records(RETAIN))
    both = whole_loss(ULD(ULDConfig(uniform_weight=2.0)), context, FORGET, RETAIN)
    expected = nll + 2.0 * uniform_kl(even.logits, even.labels)
    assert both.total.item() == pytest.approx(expected.item(), rel=1e-5)


def test_rules_carry_the_settings() -> None:
    rule = ULD(ULDConfig(strength=1.5, cutoff=0.1)).steering(FORGET)
    assert (rule.rule, rule.strength, rule.cutoff) == ("difference", 1.5, 0.1)
    rise = WHPDecoding(WHPDecodingConfig(alpha=3.0)).steering(FORGET)
    assert (rise.rule, rise.strength) == ("rise", 3.0)
