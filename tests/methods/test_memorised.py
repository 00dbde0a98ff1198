"""Memorisation accuracy, selection by it, and task arithmetic."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from tests.helpers.jobs import FORGET, RETAIN, make_context, original_model, weights
from tests.helpers.models import toy_tokenizer
from unlearn_core.data.batches import IGNORED
from unlearn_core.data.records import Record
from unlearn_core.methods.arithmetic import edited, edited_weights, temporarily
from unlearn_core.methods.base import Context
from unlearn_core.methods.memorised import memorised, select, selected_nll
from unlearn_core.methods.sga import SGA, SGAConfig
from unlearn_core.methods.ta import TA, TAConfig
from unlearn_core.methods.task_vector import TaskVector, TaskVectorConfig
from unlearn_core.methods.tau import TAU, TAUConfig
from unlearn_core.metrics.memorisation import memorisation_accuracy
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll
from unlearn_core.models.loading import save
from unlearn_core.settings.training import TrainingSpec
from unlearn_core.training.loop import Trainer

PASSAGE = Record(id="p", prompt="", answer="The old mill stood by the river for years.")
MIXED = (*FORGET, PASSAGE)


def choices(*tokens: int) -> Tensor:
    """(K, 5) logits whose first choice is the token given for each position."""
    return nn.functional.one_hot(torch.tensor(tokens), 5).float() * 3 - 1


def test_memorisation_accuracy_by_hand() -> None:
    logits = torch.stack([choices(1, 2, 3, 4), choices(1, 2, 3, 4), choices(0, 0, 0, 0)])
    labels = torch.tensor(
        [
            [1, 2, 0, 4],  # 3 of 4
            [IGNORED, 2, 1, IGNORED],  # 1 of 2: what is ignored counts neither way
            [1, 2, 3, IGNORED],  # none
        ]
    )
    assert memorisation_accuracy(logits, labels).tolist() == [0.75, 0.5, 0.0]


def test_memorisation_accuracy_ignores_logits_of_prompt_and_padding() -> None:
    labels = torch.tensor([[IGNORED, 2, 3, IGNORED]])
    kept = choices(0, 2, 1, 0)[None]
    changed = kept.clone()
    changed[0, [0, 3]] = torch.randn(2, 5)
    assert memorisation_accuracy(kept, labels).item() == 0.5
    assert memorisation_accuracy(changed, labels).item() == 0.5


def one_by_one(context: Context, record: Record) -> float:
    """The published loop: the greedy next token after each true prefix."""
    ids, first, _ = context.encoder.pair(record.prompt, record.answer)
    right = 0
    for place in range(first, len(ids)):
        logits = context.model(input_ids=torch.tensor([ids[:place]])).logits
        right += int(logits[0, -1].argmax()) == ids[place]
    return right / (len(ids) - first)


def learnt(mode: str = "full") -> Context:
    """A model that has half learnt two questions and a passage."""
    from unlearn_core.methods.teach import Teach, TeachConfig

    context = make_context(mode, forget=MIXED)
    spec = TrainingSpec(epochs=14, batch_size=5, learning_rate=2e-2 if mode == "lora" else 2e-3)
    list(Trainer(Teach(TeachConfig(retain_weight=0)), context, spec, seed=0).steps())
    return context


@pytest.fixture(scope="module")
def half_learnt() -> Context:
    return learnt()


def test_batched_passes_agree_with_the_loop_over_prefixes(half_learnt: Context) -> None:
    values = memorised(half_learnt, MIXED)
    assert list(values) == [record.id for record in MIXED]
    half_learnt.model.eval()
    with torch.no_grad():
        expected = {record.id: one_by_one(half_learnt, record) for record in MIXED}
    assert values == pytest.approx(expected)
    assert 0 < values["p"] <= 1


def test_measuring_leaves_the_mode_as_it_was() -> None:
    context = make_context()
    context.model.train()
    memorised(context, MIXED)
    assert context.model.training


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [(0.0, "abc"), (0.5, "ab"), (0.6, "a"), (0.95, "a"), (1.0, "a")],
)
def test_selection_takes_what_reaches_the_threshold_and_the_most_memorised(
    threshold: float, expected: str
) -> None:
    assert select({"b": 0.5, "a": 0.9, "c": 0.1}, threshold) == frozenset(expected)


LOGITS = torch.tensor([[[2.0, 1.0, 0.0], [0.0, 0.0, 0.0]], [[0.0, 3.0, 0.0], [1.0, 1.0, 0.0]]])
LABELS = torch.tensor([[0, 2], [1, IGNORED]])


@pytest.mark.parametrize(
    ("selected", "expected"),
    [
        # -log softmax([2, 1, 0])[0] = 0.4076059; log 3 = 1.0986123
        ([True, False], (0.4076059 + 1.0986123) / 2),
        # -log softmax([0, 3, 0])[1] = 0.0949229
        ([False, True], 0.0949229),
        ([True, True], (0.4076059 + 1.0986123 + 0.0949229) / 3),
    ],
)
def test_selected_nll_by_hand(selected: list[bool], expected: float) -> None:
    value = selected_nll(LOGITS, LABELS, torch.tensor(selected))
    assert value.item() == pytest.approx(expected, rel=1e-5)


def test_selected_nll_moves_the_selected_rows_only() -> None:
    logits = LOGITS.clone().requires_grad_()
    selected_nll(logits, LABELS, torch.tensor([True, False])).backward()
    assert logits.grad is not None
    assert logits.grad[0, 0, 0] < 0 < logits.grad[0, 0, 1]
    assert logits.grad[1].eq(0).all()


def test_selected_nll_of_nothing_is_nought_with_a_gradient_of_nought() -> None:
    logits = LOGITS.clone().requires_grad_()
    loss = selected_nll(logits, LABELS, torch.tensor([False, False]))
    loss.backward()
    assert loss.item() == 0
    assert logits.grad is not None and logits.grad.eq(0).all()


def test_sga_trains_on_the_selected_records_only() -> None:
    context = make_context()
    sga = SGA(SGAConfig())
    sga.values, sga.selected = {"f0": 0.9, "f1": 0.1}, frozenset({"f0"})
    out = answer_logits(context.model, context.records(FORGET[:1]))
    loss = sga.loss(context, FORGET[:2], ())
    assert loss.total.item() == pytest.approx(-mean_nll(out.logits, out.labels).item(), rel=1e-5)
    assert sga.loss(context, FORGET[1:2], ()).total.item() == 0


def test_sga_forgets_what_was_memorised_and_ends_at_its_target() -> None:
    context = learnt()
    before = memorised(context, MIXED)
    spec = TrainingSpec(epochs=30, batch_size=5, learning_rate=1e-3, warmup_epochs=0)
    sga = SGA(SGAConfig(threshold=0.5, target=0.3))
    trainer = Trainer(sga, context, spec, seed=0)
    list(trainer.steps())
    assert sum(before.values()) / len(before) > 0.5
    assert trainer.ended is not None and "fell below 0.3" in trainer.ended
    assert trainer.step < trainer.total
    report = sga.report().records
    assert report is not None
    assert report.values == sga.values and report.selected <= set(before)


def test_no_target_means_all_steps() -> None:
    sga = SGA(SGAConfig(target=0.0))
    assert sga.refresh(make_context(), 0) is None
    assert sga.mean == 0


def test_arithmetic_of_a_full_weight_by_hand() -> None:
    star, now = torch.tensor([1.0, 2.0]), torch.tensor([1.5, 1.0])
    assert edited("layer.weight", star, now, -3.0).tolist() == [-0.5, 5.0]
    assert edited("layer.weight", star, now, -1.0).tolist() == [0.5, 3.0]


def products(model: nn.Module) -> dict[str, Tensor]:
    """What each adapter adds to its layer, without the scale."""
    named = dict(model.named_parameters())
    return {
        name: named[name.replace("lora_A", "lora_B")].double() @ weight.double()
        for name, weight in named.items()
        if "lora_A" in name
    }


def disturb(model: nn.Module, seed: int) -> None:
    """Change every trained weight, as training would."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in weights_in_place(model).values():
            weight += 0.1 * torch.randn(weight.shape, generator=generator)


def weights_in_place(model: nn.Module) -> dict[str, Tensor]:
    return {name: p for name, p in model.named_parameters() if p.requires_grad}


def switched_ta(context: Context, coefficient: float = -3.0) -> TA:
    """TA between its switch and its end: the weights have moved on from the snapshot."""
    ta = TA(TAConfig(coefficient=coefficient))
    disturb(context.model, 1)
    ta.star = weights(context.model)
    disturb(context.model, 2)
    return ta


def test_finish_is_exact_on_full_weights() -> None:
    context = make_context("full")
    ta = switched_ta(context)
    star, now = ta.star, weights(context.model)
    assert ta.finish(context).changed
    for name, weight in weights(context.model).items():
        assert torch.equal(weight, star[name] + -3.0 * (now[name] - star[name]))


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_finish_is_exact_on_the_products_of_an_adapter(kind: str, tmp_path: Path) -> None:
    from peft import PeftModel

    context = make_context("lora", kind)  # type: ignore[arg-type]
    ta = TA(TAConfig(coefficient=-3.0))
    disturb(context.model, 1)
    ta.star, star = weights(context.model), products(context.model)
    disturb(context.model, 2)
    now = products(context.model)
    assert ta.finish(context).changed
    assert isinstance(context.model, PeftModel)
    for name, product in products(context.model).items():
        expected = star[name] - 3.0 * (now[name] - star[name])
        torch.testing.assert_close(product, expected, atol=1e-6, rtol=1e-5)

    save(context.model, toy_tokenizer(), tmp_path / "model")
    base = original_model(kind)  # type: ignore[arg-type]
    assert isinstance(base, PreTrainedModel)
    loaded = PeftModel.from_pretrained(base, str(tmp_path / "model")).eval()
    ids = context.records(FORGET).input_ids
    with torch.no_grad():
        context.model.eval()
        torch.testing.assert_close(loaded(ids).logits, context.model(ids).logits)


@pytest.mark.parametrize("mode", ["full", "lora"])
def test_the_edit_for_measuring_leaves_no_trace(mode: str) -> None:
    context = make_context(mode)
    ta = switched_ta(context)
    before, parameters = weights(context.model), list(context.model.parameters())
    ids = context.records(FORGET).input_ids
    edit = edited_weights(context.model, ta.star, -3.0)
    with temporarily(context.model, edit), torch.no_grad():
        inside = context.model.eval()(ids).logits
    after = weights(context.model)
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert all(a is b for a, b in zip(parameters, context.model.parameters(), strict=True))
    ta.finish(context)
    with torch.no_grad():
        torch.testing.assert_close(context.model(ids).logits, inside)


@pytest.mark.parametrize("mode", ["full", "lora"])
@pytest.mark.parametrize("name", ["ta", "task-vector"])
def test_what_is_measured_on_the_way_is_what_would_be_kept(name: str, mode: str) -> None:
    context = make_context(mode)
    method = switched_ta(context) if name == "ta" else TaskVector(TaskVectorConfig())
    disturb(context.model, 3)
    before, ids = weights(context.model), context.records(FORGET).input_ids
    with method.shown(context), torch.no_grad():
        shown = context.model.eval()(ids).logits
    assert all(torch.equal(before[n], w) for n, w in weights(context.model).items())
    method.finish(context)
    with torch.no_grad():
        torch.testing.assert_close(context.model(ids).logits, shown)


def test_nothing_is_edited_before_the_switch() -> None:
    context = make_context()
    before = weights(context.model)
    assert not TA(TAConfig()).finish(context).changed
    assert all(torch.equal(before[n], w) for n, w in weights(context.model).items())


@pytest.mark.parametrize("mode", ["full", "lora"])
def test_tau_ascends_then_descends_then_is_edited(mode: str) -> None:
    context = learnt(mode)
    rate = 1e-2 if mode == "lora" else 1e-3
    spec = TrainingSpec(
        epochs=12, batch_size=5, learning_rate=rate, warmup_epochs=0, schedule="constant"
    )
    tau = TAU(TAUConfig(threshold=0.6, switch=0.5))
    trainer = Trainer(tau, context, spec, seed=0)
    phases, totals, means = [], [], []
    for report in trainer.steps():
        phases.append(tau.switched)
        totals.append(report.scalars["loss/total"])
        means.append(tau.mean)
    switch = phases.index(True)
    assert switch > 0 and all(phases[switch:])
    assert means[switch] < 0.5 <= min(means[:switch])
    assert all(total <= 0 for total in totals[:switch])
    assert all(total > 0 for total in totals[switch:])
    assert tau.selected == {record.id for record in MIXED}
    tuned = sum(memorised(context, MIXED).values())
    assert trainer.finish().changed
    assert sum(memorised(context, MIXED).values()) < tuned


def test_a_paused_tau_goes_on_from_its_snapshot(tmp_path: Path) -> None:
    tau = TAU(TAUConfig())
    trainer = Trainer(tau, make_context(), TrainingSpec(epochs=3, batch_size=4), seed=0)
    steps = trainer.steps()
    next(steps)
    next(steps)
    trainer.save(tmp_path / "saved")
    again = TAU(TAUConfig())
    Trainer(again, make_context(), TrainingSpec(epochs=3, batch_size=4), seed=0).load(
        tmp_path / "saved"
    )
    assert tau.switched and again.switched
    assert all(torch.equal(tau.star[name], again.star[name]) for name in tau.star)
    assert again.report() == tau.report()


def test_retain_records_are_not_used() -> None:
    context = make_context()
    sga = SGA(SGAConfig())
    sga.refresh(context, 0)
    assert (
        sga.loss(context, FORGET, RETAIN).total.item() == sga.loss(context, FORGET, ()).total.item()
    )
