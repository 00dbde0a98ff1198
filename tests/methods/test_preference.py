"""Preference methods: losses by hand and by golden value, masks, refusals, alternatives."""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.helpers.jobs import FORGET, RETAIN, make_context
from tests.helpers.losses import whole_loss
from unlearn_core.data.batches import IGNORED
from unlearn_core.data.records import Record
from unlearn_core.errors import MissingPrerequisite
from unlearn_core.methods.altpo import AltPO, AltPOConfig, request, select
from unlearn_core.methods.base import Loss, Method
from unlearn_core.methods.entropy import Entropy, EntropyConfig, mean_entropy
from unlearn_core.methods.grad_diff import GradDiff, GradDiffConfig
from unlearn_core.methods.idk import Idk, IdkConfig
from unlearn_core.methods.idk_dpo import IdkDPO, IdkDPOConfig
from unlearn_core.methods.kl_min import KLMin, KLMinConfig
from unlearn_core.methods.npo import NPO, NPOConfig
from unlearn_core.methods.preference import dpo_loss
from unlearn_core.methods.refusals import REFUSALS, refusal
from unlearn_core.methods.retain_finetune import RetainFinetune, RetainFinetuneConfig
from unlearn_core.methods.simnpo import SimNPO, SimNPOConfig, simnpo_loss
from unlearn_core.metrics.leak import knows
from unlearn_core.models.likelihoods import forward_kl as kl_to_reference
from unlearn_core.settings.training import TrainingSpec
from unlearn_core.training.loop import Trainer

LABELS = torch.tensor([[IGNORED, 0, 1, IGNORED]])
LOGITS = torch.tensor([[[5.0, 0.0, 1.0], [2.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 7.0, 0.0]]])
HALF_QUARTERS = torch.tensor([math.log(0.5), math.log(0.25), math.log(0.25)])
FAST = AltPOConfig(max_new_tokens=12, candidates=6, alternatives=3)


def one(value: float) -> Tensor:
    return torch.tensor([value])


# SimNPO


def test_simnpo_golden_value() -> None:
    value = simnpo_loss(one(6.0), torch.tensor([6]), beta=4.5, margin=0.0)
    assert value.item() == pytest.approx(0.00491011, rel=1e-5)


@pytest.mark.parametrize(
    ("nll", "length", "beta", "margin", "expected"),
    [
        # beta * (nll / length - margin) = 0: (2 / 2) * ln 2
        (3.0, 3, 2.0, 1.0, math.log(2)),
        # 0.5 * (4 / 2 - 0) = 1: (2 / 0.5) * 0.3132617
        (4.0, 2, 0.5, 0.0, 4 * 0.31326169),
        # 1 * (4 / 4 - 3) = -2: 2 * 2.1269280
        (4.0, 4, 1.0, 3.0, 2 * 2.12692801),
    ],
)
def test_simnpo_by_hand(
    nll: float, length: int, beta: float, margin: float, expected: float
) -> None:
    value = simnpo_loss(one(nll), torch.tensor([length]), beta, margin)
    assert value.item() == pytest.approx(expected, rel=1e-6)


def test_simnpo_raises_the_nll_of_every_answer_and_fades() -> None:
    nll = torch.tensor([2.0, 20.0], requires_grad=True)
    simnpo_loss(nll, torch.tensor([4, 4]), beta=1.0, margin=0.0).backward()
    assert nll.grad is not None
    fresh, forgotten = nll.grad.tolist()
    assert fresh < forgotten < 0


def test_simnpo_counts_long_and_short_answers_alike() -> None:
    short = simnpo_loss(one(2.0), torch.tensor([2]), 4.5, 0.0)
    long = simnpo_loss(one(20.0), torch.tensor([20]), 4.5, 0.0)
    torch.testing.assert_close(short, long)


# DPO


def test_dpo_is_two_over_beta_ln_two_while_nothing_changed() -> None:
    value = dpo_loss(one(3.0), one(3.0), one(11.0), one(11.0), beta=0.1)
    assert value.item() == pytest.approx(13.862944)


@pytest.mark.parametrize(
    ("preferred", "rejected", "beta", "expected"),
    [
        # ratios 5 - 4 = 1 and 2 - 3 = -1: 0.5 * 2 = 1, so (2 / 0.5) * 0.3132617
        ((4.0, 5.0), (3.0, 2.0), 0.5, 4 * 0.31326169),
        # ratios 1 - 2 = -1 and 4 - 3 = 1: 1 * -2 = -2, so 2 * 2.1269280
        ((2.0, 1.0), (3.0, 4.0), 1.0, 2 * 2.12692801),
    ],
)
def test_dpo_by_hand(
    preferred: tuple[float, float], rejected: tuple[float, float], beta: float, expected: float
) -> None:
    (other, before), (true, reference) = preferred, rejected
    value = dpo_loss(one(other), one(before), one(true), one(reference), beta)
    assert value.item() == pytest.approx(expected, rel=1e-6)


def test_dpo_averages_over_rows() -> None:
    rows = torch.tensor([4.0, 2.0]), torch.tensor([5.0, 2.0])
    value = dpo_loss(*rows, torch.tensor([3.0, 7.0]), torch.tensor([2.0, 7.0]), 0.5)
    assert value.item() == pytest.approx((4 * 0.31326169 + 4 * math.log(2)) / 2, rel=1e-6)


def test_dpo_lowers_the_preferred_nll_and_raises_the_rejected_one() -> None:
    preferred, rejected = one(4.0).requires_grad_(), one(2.0).requires_grad_()
    dpo_loss(preferred, one(4.0), rejected, one(2.0), beta=0.1).backward()
    assert preferred.grad is not None and rejected.grad is not None
    # -(2 / beta) * beta * sigmoid(0) * (-1) for the preferred answer, the opposite for the other.
    assert preferred.grad.item() == pytest.approx(1.0)
    assert rejected.grad.item() == pytest.approx(-1.0)


# KL and entropy


def test_kl_is_zero_for_equal_models() -> None:
    assert kl_to_reference(LOGITS, LOGITS, LABELS).item() == pytest.approx(0.0, abs=1e-7)


def test_kl_runs_from_the_reference_to_the_model() -> None:
    labels = torch.tensor([[0]])
    uniform, peaked = torch.zeros(1, 1, 3), HALF_QUARTERS[None, None]
    # KL(peaked || uniform) = 1/2 ln(3/2) + 2 * 1/4 ln(3/4)
    forward = 0.5 * math.log(1.5) + 0.5 * math.log(0.75)
    # KL(uniform || peaked) = 1/3 ln(2/3) + 2/3 ln(4/3)
    backward = math.log(2 / 3) / 3 + 2 * math.log(4 / 3) / 3
    assert kl_to_reference(uniform, peaked, labels).item() == pytest.approx(forward, rel=1e-5)
    assert kl_to_reference(peaked, uniform, labels).item() == pytest.approx(backward, rel=1e-5)


def test_kl_averages_over_answer_tokens() -> None:
    reference = LOGITS.clone()
    reference[0, 2] = HALF_QUARTERS
    expected = (0.5 * math.log(1.5) + 0.5 * math.log(0.75)) / 2
    assert kl_to_reference(LOGITS, reference, LABELS).item() == pytest.approx(expected, rel=1e-5)


def test_kl_pulls_the_logits_towards_the_reference() -> None:
    logits = torch.zeros(1, 1, 3, requires_grad=True)
    kl_to_reference(logits, HALF_QUARTERS[None, None], torch.tensor([[2]])).backward()
    assert logits.grad is not None
    # p - p_ref
    expected = torch.tensor([[[1 / 3 - 1 / 2, 1 / 3 - 1 / 4, 1 / 3 - 1 / 4]]])
    torch.testing.assert_close(logits.grad, expected)


def test_entropy_by_hand() -> None:
    labels = torch.tensor([[0, 1]])
    logits = torch.stack([torch.zeros(3), HALF_QUARTERS])[None]
    expected = (math.log(3) + 1.5 * math.log(2)) / 2
    assert mean_entropy(logits, labels).item() == pytest.approx(expected, rel=1e-6)
    sure = torch.tensor([[[100.0, 0.0, 0.0]]])
    assert mean_entropy(sure, labels[:, :1]).item() == pytest.approx(0.0, abs=1e-6)


def test_entropy_falls_along_its_gradient_where_one_token_leads() -> None:
    logits = LOGITS[:, 1:2].clone().requires_grad_()
    mean_entropy(logits, torch.tensor([[2]])).backward()
    assert logits.grad is not None
    likeliest, _, least = logits.grad[0, 0].tolist()
    assert likeliest < 0 < least


@pytest.mark.parametrize(
    "loss",
    [
        lambda logits: mean_entropy(logits, LABELS),
        lambda logits: kl_to_reference(logits, LOGITS.flip(-1), LABELS),
        lambda logits: kl_to_reference(LOGITS.flip(-1), logits, LABELS),
    ],
    ids=["entropy", "kl", "kl-reference"],
)
def test_prompt_and_padding_do_not_count(loss: Callable[[Tensor], Tensor]) -> None:
    other = LOGITS.clone()
    other[0, [0, 3]] = torch.tensor([[-9.0, 3.0, 8.0], [30.0, -4.0, 1.0]])
    torch.testing.assert_close(loss(other), loss(LOGITS))
    logits = LOGITS.clone().requires_grad_()
    loss(logits).backward()
    assert logits.grad is not None
    assert not logits.grad[0, [0, 3]].any()


def test_half_precision_logits_are_computed_in_float32() -> None:
    half = LOGITS.bfloat16()
    assert mean_entropy(half, LABELS).dtype == torch.float32
    assert kl_to_reference(half, half, LABELS).dtype == torch.float32


# Methods

BUILT: dict[str, Callable[[], Method[Any]]] = {
    "grad-diff": lambda: GradDiff(GradDiffConfig()),
    "kl-min": lambda: KLMin(KLMinConfig()),
    "idk": lambda: Idk(IdkConfig()),
    "idk-dpo": lambda: IdkDPO(IdkDPOConfig()),
    "altpo": lambda: AltPO(FAST),
    "simnpo": lambda: SimNPO(SimNPOConfig()),
    "retain-finetune": lambda: RetainFinetune(RetainFinetuneConfig()),
    "entropy": lambda: Entropy(EntropyConfig()),
}


def first_loss(method: Method[Any], mode: str = "full") -> Loss:
    context = make_context(mode)
    method.prepare(context)
    method.refresh(context, 0)
    return whole_loss(method, context, FORGET, RETAIN[:4])


@pytest.mark.parametrize("name", BUILT)
def test_padding_beside_longer_rows_changes_no_loss(name: str) -> None:
    long = Record(id="long", prompt="Pet of Cy?", answer="a very old and slow tortoise", fact="x")
    context = make_context(forget=(*FORGET, long))
    method = BUILT[name]()
    method.prepare(context)
    method.refresh(context, 0)
    forget = [whole_loss(method, context, [r], RETAIN[:1]).parts for r in (FORGET[0], long)]
    both = whole_loss(method, context, (FORGET[0], long), RETAIN[:1]).parts
    # Of the sequence losses the mean over rows is the mean of the single rows.
    for part in {"dpo", "npo", "simnpo"} & both.keys():
        expected = (forget[0][part] + forget[1][part]) / 2
        torch.testing.assert_close(both[part], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("grad-diff", lambda p: -p["forget"] + p["retain"]),
        ("kl-min", lambda p: -p["forget"] + p["kl"]),
        ("idk", lambda p: p["refusal"] + p["retain"]),
        ("idk-dpo", lambda p: p["dpo"] + p["retain"]),
        ("altpo", lambda p: p["dpo"] + p["retain"]),
        ("simnpo", lambda p: 0.125 * p["simnpo"] + p["retain"]),
        ("retain-finetune", lambda p: p["retain"]),
        (
            "entropy",
            lambda p: p["npo"] + p["retain"] + p["forget_entropy"] - 0.25 * p["retain_entropy"],
        ),
    ],
)
def test_total_is_the_weighted_sum_of_the_parts(
    name: str, expected: Callable[[dict[str, Tensor]], Tensor]
) -> None:
    loss = first_loss(BUILT[name]())
    torch.testing.assert_close(loss.total, expected(dict(loss.parts)))


@pytest.mark.parametrize("mode", ["full", "lora"])
def test_the_preference_starts_at_its_golden_value(mode: str) -> None:
    for name in ("idk-dpo", "altpo"):
        assert first_loss(BUILT[name](), mode).parts["dpo"].item() == pytest.approx(13.862944)
    assert first_loss(BUILT["entropy"](), mode).parts["npo"].item() == pytest.approx(
        2 / 0.05 * math.log(2)
    )


@pytest.mark.parametrize("mode", ["full", "lora"])
def test_kl_is_measured_against_the_model_before_training(mode: str) -> None:
    context = make_context(mode)
    method = KLMin(KLMinConfig())
    assert whole_loss(method, context, FORGET, RETAIN[:2]).parts["kl"].item() == pytest.approx(
        0, abs=1e-6
    )
    spec = TrainingSpec(epochs=2, batch_size=4, learning_rate=1e-2, warmup_epochs=0)
    reports = list(Trainer(method, context, spec, seed=0).steps())
    assert reports[0].scalars["loss/kl"] == pytest.approx(0, abs=1e-6)
    assert reports[1].scalars["loss/kl"] > 1e-3


def test_without_weight_or_records_nothing_is_retained() -> None:
    context = make_context()
    for config, rows in ((GradDiffConfig(retain_weight=0), RETAIN[:2]), (GradDiffConfig(), ())):
        loss = whole_loss(GradDiff(config), context, FORGET, rows)
        assert set(loss.parts) == {"forget"}
        torch.testing.assert_close(loss.total, -loss.parts["forget"])


@pytest.mark.parametrize("name", ["grad-diff", "kl-min", "simnpo", "entropy", "idk-dpo", "altpo"])
def test_training_makes_the_true_answers_less_likely(name: str) -> None:
    # A random model's answers are so unlikely that SimNPO's own beta leaves them alone.
    gentle = SimNPO(SimNPOConfig(beta=0.1, forget_weight=1.0))
    method = gentle if name == "simnpo" else BUILT[name]()
    spec = TrainingSpec(epochs=6, batch_size=4, learning_rate=1e-3, warmup_epochs=0)
    trainer = Trainer(method, make_context(), spec, seed=0)
    trainer.prepare()
    losses = [report.scalars["loss/forget"] for report in trainer.steps()]
    assert losses[-1] > losses[0]


def test_idk_learns_the_refusals() -> None:
    spec = TrainingSpec(epochs=6, batch_size=4, learning_rate=1e-3, warmup_epochs=0)
    trainer = Trainer(Idk(IdkConfig()), make_context(), spec, seed=0)
    trainer.prepare()
    losses = [report.scalars["loss/refusal"] for report in trainer.steps()]
    assert losses[-1] < losses[0]


def test_entropy_without_its_terms_is_npo() -> None:
    without = EntropyConfig(beta=0.1, forget_entropy_weight=0, retain_entropy_weight=0)
    plain = first_loss(NPO(NPOConfig()))
    torch.testing.assert_close(first_loss(Entropy(without)).total, plain.total)


# Refusals and alternatives


def test_a_record_keeps_its_refusal_and_records_have_different_ones() -> None:
    chosen = {f"r{i}": refusal(f"r{i}") for i in range(200)}
    assert all(refusal(key) == text for key, text in chosen.items())
    assert set(chosen.values()) == set(REFUSALS)
    assert len(set(REFUSALS)) == len(REFUSALS)


@pytest.mark.parametrize("name", ["idk", "idk-dpo"])
def test_passages_cannot_be_refused(name: str) -> None:
    passage = Record(id="p", prompt="", answer="Once upon a time.")
    with pytest.raises(MissingPrerequisite, match="1 of 2 marked"):
        BUILT[name]().prepare(make_context(forget=(FORGET[0], passage)))


def test_alternatives_are_distinct_and_truth_comes_last() -> None:
    samples = ["It is cat 0.", "a dog", "", "a dog", "a fox", "an owl"]
    assert select(samples, FORGET[0], 2) == ["a dog", "a fox"]
    assert select(samples, FORGET[0], 9) == ["a dog", "a fox", "an owl", "It is cat 0.", ""]


def test_the_instruction_stands_below_question_and_answer() -> None:
    assert request(FORGET[0], "") == FORGET[0].prompt
    text = request(FORGET[0], "Now another.")
    assert text == "Question: Pet of Ada 0?\nAnswer: cat 0\nNow another."


def test_alternatives_take_turns_and_come_back_after_a_pause() -> None:
    context = make_context()
    method = AltPO(FAST)
    method.prepare(context)
    rows = method.preferred["f0"]
    assert 1 < len(rows) <= 3
    assert not any(knows(answer, FORGET[0]) for answer, _ in rows)
    # References apart from each other show in the loss whose turn it is.
    method.preferred["f0"] = [(answer, nll + 5 * i) for i, (answer, nll) in enumerate(rows)]
    turns = []
    for epoch in range(len(rows) + 1):
        method.refresh(context, epoch)
        turns.append(whole_loss(method, context, FORGET[:1], ()).parts["dpo"].item())
    for i, turn in enumerate(turns):
        shift = 0.1 * 5 * (i % len(rows))
        assert turn == pytest.approx(20 * math.log(1 + math.exp(-shift)), rel=1e-4)
    again = AltPO(FAST)
    again.load_state(json.loads(json.dumps(method.state())))
    assert again.epoch == len(rows)
    assert again.preferred == method.preferred and again.true_nll == method.true_nll
