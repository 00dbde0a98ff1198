"""Losses on tokens: golden values, hand arithmetic, gradient directions, masks; PDU's dual, RMU."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from tests.helpers.jobs import FORGET, RETAIN, make_context
from tests.helpers.losses import whole_loss
from tests.helpers.models import KINDS, Kind, tiny_model
from unlearn_core.data.batches import IGNORED
from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.methods.ce_u import ce_u_loss
from unlearn_core.methods.flat import flat_loss, mean_probability
from unlearn_core.methods.jensun import JensUn, JensUnConfig, js_to_token
from unlearn_core.methods.pdu import PDU, PDUConfig, flat_logits_loss
from unlearn_core.methods.rmu import RMU, RMUConfig, blocks, hidden_distance
from unlearn_core.methods.undial import undial_loss
from unlearn_core.methods.wga import weighted_ascent_loss
from unlearn_core.models.likelihoods import jensen_shannon as js_to_reference
from unlearn_core.settings.training import TrainingSpec
from unlearn_core.training.loop import Trainer

GOLDEN = torch.tensor([[[2.0, 1.0, 0.0]]])
TRUE = torch.tensor([[0]])
HALF = torch.tensor([[[0.0, 0.0]]])
LN2 = math.log(2.0)
LN3 = math.log(3.0)


def one(*logits: float) -> Tensor:
    return torch.tensor([[list(logits)]])


def label(*tokens: int) -> Tensor:
    return torch.tensor([list(tokens)])


def test_golden_values() -> None:
    assert ce_u_loss(GOLDEN, TRUE).item() == pytest.approx(1.67655, abs=1e-5)
    assert undial_loss(GOLDEN, GOLDEN, TRUE, 10.0).item() == pytest.approx(1.67643, abs=1e-5)
    assert flat_logits_loss(GOLDEN, TRUE).item() == pytest.approx(1.0)
    assert weighted_ascent_loss(HALF, TRUE, 1.0).item() == pytest.approx(-0.346574, abs=1e-6)
    satimp = weighted_ascent_loss(HALF, TRUE, 5.0, 1.0)
    assert satimp.item() == pytest.approx(-0.0108304, abs=1e-7)
    assert js_to_token(GOLDEN, TRUE, torch.tensor([1])).item() == pytest.approx(0.384660, abs=1e-6)
    tv = flat_loss(torch.tensor([0.3]), torch.tensor([0.6]), "TV")
    assert tv.item() == pytest.approx(0.122868, abs=1e-6)


def test_ce_u_by_hand() -> None:
    # Equal logits: the target is 1/2 on each other token, p is 1/3 everywhere.
    assert ce_u_loss(one(0.0, 0.0, 0.0), label(2)).item() == pytest.approx(LN3)
    # Two tokens: the target is the other token alone, whose probability is 1/4.
    assert ce_u_loss(one(LN3, 0.0), label(0)).item() == pytest.approx(2 * LN2)


def test_ce_u_leaves_out_the_first_tokens_of_each_row() -> None:
    logits = torch.tensor([[[5.0, 0.0], [0.0, 0.0]], [[7.0, 7.0], [9.0, 9.0]]])
    labels = torch.tensor([[0, 1], [IGNORED, 1]])
    assert ce_u_loss(logits, labels, skip=1).item() == pytest.approx(LN2)
    assert ce_u_loss(logits, labels, skip=2).item() == 0.0


def test_undial_by_hand() -> None:
    # Lowering by ln 3 turns (3/4, 1/4) into (1/2, 1/2); p is (3/4, 1/4).
    value = undial_loss(one(LN3, 0.0), one(LN3, 0.0), label(0), LN3)
    assert value.item() == pytest.approx(-0.5 * math.log(0.75) - 0.5 * math.log(0.25))
    # With p uniform, cross-entropy to any target is ln 2.
    assert undial_loss(one(0.0, 0.0), one(4.0, 1.0), label(1), 7.0).item() == pytest.approx(LN2)


def test_weighted_ascent_by_hand() -> None:
    # p = 3/4: weight (3/4)^2; p = 1/4 and 3/4: mean of -p (1 - p) (-ln p).
    first = weighted_ascent_loss(one(LN3, 0.0), label(0), 2.0)
    assert first.item() == pytest.approx(0.5625 * math.log(0.75))
    both = weighted_ascent_loss(torch.cat([one(LN3, 0.0)] * 2, dim=1), label(0, 1), 1.0, 1.0)
    expected = 0.1875 * (math.log(0.75) + math.log(0.25)) / 2
    assert both.item() == pytest.approx(expected)


def test_weights_of_ascent_carry_no_gradient() -> None:
    logits = one(LN3, 0.0).requires_grad_()
    weighted_ascent_loss(logits, label(0), 1.0).backward()
    # weight 3/4 times the gradient of log p, which is (1 - p, -(1 - p)).
    torch.testing.assert_close(logits.grad, one(0.1875, -0.1875))


def test_flat_logits_by_hand() -> None:
    assert flat_logits_loss(one(1.0, 1.0, 1.0), label(0)).item() == 0.0
    # (3 - 1)^2 = 4 and (1 - 0)^2 = 1.
    logits = torch.tensor([[[3.0, 0.0, 0.0], [1.0, 0.0, -1.0]]])
    assert flat_logits_loss(logits, label(1, 2)).item() == pytest.approx(2.5)


def js(p: list[float], q: list[float]) -> float:
    middle = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
    sides = [(a, m) for side in (p, q) for a, m in zip(side, middle, strict=True) if a > 0]
    return sum(a * math.log(a / m) for a, m in sides) / 2


def test_js_to_token_by_hand() -> None:
    assert js_to_token(HALF, TRUE, torch.tensor([0])).item() == pytest.approx(
        js([0.5, 0.5], [1, 0])
    )
    far = js_to_token(one(200.0, 0.0), TRUE, torch.tensor([1]))
    assert far.item() == pytest.approx(LN2)


def test_js_to_token_cycles_from_the_first_answer_token_of_each_row() -> None:
    logits = torch.full((2, 4, 3), -50.0)
    for row, places in enumerate([(0, 1, 2, 1), (0, 0, 1, 2)]):
        for column, token in enumerate(places):
            logits[row, column, token] = 50.0
    labels = torch.tensor([[IGNORED, 0, 0, 0], [IGNORED, IGNORED, 0, 0]])
    assert js_to_token(logits, labels, torch.tensor([1, 2])).item() == pytest.approx(0.0, abs=1e-6)


def test_js_to_reference_by_hand() -> None:
    value = js_to_reference(one(LN3, 0.0), one(0.0, 0.0), label(0))
    assert value.item() == pytest.approx(js([0.75, 0.25], [0.5, 0.5]))
    far = js_to_reference(one(200.0, 0.0), one(0.0, 200.0), label(0))
    assert far.item() == pytest.approx(LN2)
    assert js_to_reference(GOLDEN, GOLDEN, TRUE).item() == pytest.approx(0.0, abs=1e-7)


@pytest.mark.parametrize(
    ("divergence", "template", "forget", "expected"),
    [
        ("TV", 0.0, 0.0, 0.0),
        ("TV", 1.0, 0.0, -0.5 * math.tanh(1.0)),
        ("KL", 0.25, 1.0, 0.75),
        ("KL", 0.5, 0.0, math.exp(-1.0) - 0.5),
        ("Pearson", 0.5, 1.0, 0.75),
        ("Pearson", 0.2, 0.4, 0.24),
        ("JS", 0.0, 0.0, 0.0),
        ("JS", 1.0, 0.5, math.log(1 + math.exp(-1)) + math.log(1 + math.exp(0.5)) - 2 * LN2),
    ],
)
def test_flat_by_hand(divergence, template, forget, expected) -> None:  # type: ignore[no-untyped-def]
    value = flat_loss(torch.tensor([template]), torch.tensor([forget]), divergence)
    assert value.item() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("divergence", ["TV", "KL", "Pearson", "JS"])
def test_flat_raises_the_template_and_lowers_the_answer(divergence) -> None:  # type: ignore[no-untyped-def]
    template = torch.tensor([0.3], requires_grad=True)
    forget = torch.tensor([0.6], requires_grad=True)
    flat_loss(template, forget, divergence).backward()
    assert template.grad is not None and forget.grad is not None
    assert template.grad.item() < 0 < forget.grad.item()


def test_mean_probability_is_over_answer_tokens() -> None:
    logits = torch.cat([one(LN3, 0.0), one(0.0, 0.0), one(9.0, 0.0)], dim=1)
    value = mean_probability(logits, label(0, 1, IGNORED))
    torch.testing.assert_close(value, torch.tensor([0.625]))


def test_hidden_distance_by_hand() -> None:
    hidden = torch.tensor([[[1.0, 2.0], [3.0, 0.0], [8.0, 8.0]]])
    counted = torch.tensor([[True, True, False]])
    # (1 + 4 + 9 + 0) / 4, and against a target of its own place (0 + 4 + 0 + 0) / 4.
    assert hidden_distance(hidden, torch.zeros(2), counted).item() == pytest.approx(3.5)
    target = torch.tensor([[[1.0, 0.0], [3.0, 0.0], [0.0, 0.0]]])
    assert hidden_distance(hidden, target, counted).item() == pytest.approx(1.0)


TARGET = torch.tensor([3, 1])
OTHER = torch.randn(2, 4, 5, generator=torch.Generator().manual_seed(7))
LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "ce-u": lambda logits, labels: ce_u_loss(logits, labels, skip=1),
    "undial": lambda logits, labels: undial_loss(logits, OTHER, labels, 10.0),
    "wga": lambda logits, labels: weighted_ascent_loss(logits, labels, 1.0),
    "satimp": lambda logits, labels: weighted_ascent_loss(logits, labels, 5.0, 1.0),
    "pdu": flat_logits_loss,
    "jensun": lambda logits, labels: js_to_token(logits, labels, TARGET),
    "jensun-retain": lambda logits, labels: js_to_reference(logits, OTHER, labels),
    "flat": lambda logits, labels: mean_probability(logits, labels).mean(),
    "rmu": lambda logits, labels: hidden_distance(logits, torch.ones(5), labels != IGNORED),
}


@pytest.mark.parametrize("name", LOSSES)
def test_prompt_and_padding_have_no_effect_and_no_gradient(name: str) -> None:
    generator = torch.Generator().manual_seed(1)
    logits = torch.randn(2, 4, 5, generator=generator).requires_grad_()
    labels = torch.tensor([[IGNORED, 2, 0, 4], [1, 3, IGNORED, IGNORED]])
    loss = LOSSES[name](logits, labels)
    loss.backward()
    ignored = labels == IGNORED
    assert logits.grad is not None
    assert not logits.grad[ignored].any() and logits.grad[~ignored].any()
    changed = logits.detach().clone()
    changed[ignored] = 30.0 * torch.randn(int(ignored.sum()), 5, generator=generator)
    assert LOSSES[name](changed, labels).item() == loss.item()


@pytest.mark.parametrize("name", ["ce-u", "undial", "wga", "satimp"])
def test_a_step_makes_the_true_token_less_likely(name: str) -> None:
    loss: dict[str, Callable[[Tensor], Tensor]] = {
        "ce-u": lambda logits: ce_u_loss(logits, TRUE),
        "undial": lambda logits: undial_loss(logits, GOLDEN, TRUE, 10.0),
        "wga": lambda logits: weighted_ascent_loss(logits, TRUE, 1.0),
        "satimp": lambda logits: weighted_ascent_loss(logits, TRUE, 5.0, 1.0),
    }
    logits = GOLDEN.clone().requires_grad_()
    loss[name](logits).backward()
    assert logits.grad is not None
    after = (GOLDEN - logits.grad).softmax(dim=-1)[0, 0, 0]
    assert after < GOLDEN.softmax(dim=-1)[0, 0, 0]


def test_a_step_makes_logits_flatter_and_the_refusal_likelier() -> None:
    logits = GOLDEN.clone().requires_grad_()
    flat_logits_loss(logits, TRUE).backward()
    assert logits.grad is not None and logits.grad[0, 0, 0] > 0 > logits.grad[0, 0, 2]
    logits = GOLDEN.clone().requires_grad_()
    js_to_token(logits, TRUE, torch.tensor([1])).backward()
    assert logits.grad is not None and logits.grad[0, 0, 1] < 0 < logits.grad[0, 0, 0]


def test_half_precision_is_computed_in_float32() -> None:
    half = GOLDEN.bfloat16()
    for value in (ce_u_loss(half, TRUE), js_to_token(half, TRUE, torch.tensor([1]))):
        assert value.dtype == torch.float32


def test_pdu_takes_one_dual_step_for_all_micro_batches_after_the_warmup() -> None:
    pdu = PDU(PDUConfig(limit=1.0, start=2.0, dual_rate=0.5, warmup=1))
    pdu.pending = [2.0, 4.0]
    pdu.draw(make_context(), FORGET)
    assert (pdu.mu, pdu.pending) == (2.0, [])
    pdu.refresh(make_context(), 1)
    pdu.pending = [2.0, 4.0]
    pdu.draw(make_context(), FORGET)
    assert pdu.mu == pytest.approx(3.0)  # 2 + 0.5 * (3 - 1)
    pdu.limit, pdu.pending = 100.0, [3.0]
    pdu.draw(make_context(), FORGET)
    assert pdu.mu == 0.0


def test_pdu_state_gives_back_the_dual_variable() -> None:
    pdu = PDU(PDUConfig())
    pdu.mu, pdu.limit, pdu.pending, pdu.epoch = 7.5, 0.25, [0.5], 3
    other = PDU(PDUConfig())
    other.load_state(pdu.state())
    assert other.state() == pdu.state()


def test_a_run_of_pdu_paused_after_its_warmup_ends_with_the_same_dual_variable(tmp_path) -> None:  # type: ignore[no-untyped-def]
    def trainer() -> Trainer:
        pdu = PDU(PDUConfig(start=1.0, dual_rate=0.5, warmup=0))
        made = Trainer(pdu, make_context(), TrainingSpec(epochs=3, batch_size=2), seed=3)
        made.prepare()
        return made

    whole, first, second = trainer(), trainer(), trainer()
    list(whole.steps())
    for report in first.steps():
        if report.step == 3:
            break
    first.save(tmp_path)
    second.load(tmp_path)
    list(second.steps())
    assert second.method.state() == whole.method.state()
    assert whole.method.state()["mu"] != 1.0


def test_pdu_derives_its_limit_and_needs_retain_records() -> None:
    pdu = PDU(PDUConfig(margin=0.5))
    context = make_context()
    pdu.prepare(context)
    loss = whole_loss(pdu, context, FORGET, RETAIN)
    assert pdu.limit == pytest.approx(loss.parts["retain"].item() + 0.5, rel=1e-5)
    with pytest.raises(MissingPrerequisite, match="no retain records"):
        PDU(PDUConfig()).prepare(make_context(retain=()))


@pytest.mark.parametrize("kind", KINDS)
def test_rmu_finds_the_blocks_of_any_family(kind: Kind) -> None:
    found = blocks(tiny_model(kind))
    assert len(found) == 2
    assert type(found[0]) is type(found[1])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["full", "lora"])
def test_rmu_starts_without_drift_and_comes_nearer_to_its_direction(kind: Kind, mode: str) -> None:
    context = make_context(mode, kind)
    spec = TrainingSpec(epochs=6, batch_size=4, learning_rate=3e-3, warmup_epochs=0)
    rmu = RMU(RMUConfig(retain_weight=0.1))
    trainer = Trainer(rmu, context, spec, seed=0)
    trainer.prepare()
    context.model.eval()  # GPT-2 has dropout, which is drift too.
    assert whole_loss(rmu, context, FORGET, RETAIN).parts["drift"].item() == pytest.approx(
        0.0, abs=1e-9
    )
    reports = list(trainer.steps())
    assert reports[-1].scalars["loss/rmu"] < reports[0].scalars["loss/rmu"]


def test_rmu_draws_its_direction_from_the_seed() -> None:
    seeds = []
    for seed in (0, 0, 1):
        rmu = RMU(RMUConfig())
        rmu.prepare(make_context(seed=seed))
        seeds.append(rmu.seed)
    assert seeds[0] == seeds[1] != seeds[2]
    with pytest.raises(InvalidInput, match="has 2 blocks"):
        RMU(RMUConfig(layer=3)).prepare(make_context())


def test_jensun_is_bounded_and_needs_a_refusal() -> None:
    context = make_context()
    loss = whole_loss(JensUn(JensUnConfig()), context, FORGET, RETAIN[:2])
    assert 0 < loss.parts["jensun"].item() <= LN2
    assert loss.parts["js"].item() == pytest.approx(0.0, abs=1e-6)
    with pytest.raises(InvalidInput, match="refusal"):
        JensUn(JensUnConfig(refusal=" ")).prepare(context)
