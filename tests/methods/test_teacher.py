"""Teachers that have unlearnt, and the methods that go by what more training would change."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from peft import PeftModel

from tests.helpers.jobs import FORGET, RETAIN, make_context, original_model, weights
from tests.helpers.losses import whole_loss
from tests.helpers.models import toy_tokenizer
from unlearn_core.data.batches import IGNORED
from unlearn_core.methods.base import Context
from unlearn_core.methods.registry import method
from unlearn_core.methods.rkld import RKLD, RKLDConfig
from unlearn_core.methods.strengthened import Strengthened, StrengthenedConfig, teacher_logits
from unlearn_core.methods.task_vector import TaskVector, TaskVectorConfig, negated
from unlearn_core.methods.whp import WHP, WHPConfig, generic_labels
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import forward_kl, mean_nll, reverse_kl
from unlearn_core.models.loading import save
from unlearn_core.settings.training import TrainingSpec
from unlearn_core.training.loop import Trainer

ORIGINAL = torch.tensor([[[2.0, 1.0, 0.0]]])
AUGMENTED = torch.tensor([[[4.0, 1.0, -1.0]]])
LABEL = torch.tensor([[0]])
QUICK = StrengthenedConfig(strengthen_epochs=3, strengthen_learning_rate=3e-3)
SHORT = TrainingSpec(epochs=2, batch_size=2, learning_rate=1e-3)
MODES = pytest.mark.parametrize("mode", ["full", "lora"])


def divergences(student: list[float], teacher: list[float]) -> tuple[float, float]:
    pair = torch.tensor([[student]]), torch.tensor([[teacher]])
    return reverse_kl(*pair, LABEL).item(), forward_kl(*pair, LABEL).item()


def answers_nll(context: Context, model: torch.nn.Module) -> float:
    out = answer_logits(model, context.records(FORGET))
    return mean_nll(out.logits, out.labels).item()


def everything(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items()}


# The teacher


@pytest.mark.parametrize(
    ("alpha", "logits", "probabilities", "reverse", "forward"),
    [
        (2.0, [-2.0, 1.0, 0.0], [0.0351, 0.7054, 0.2595], 1.6024, 0.9181),
        (8.0, [-14.0, 1.0, 0.0], [0.0, 0.7311, 0.2689], 9.5495, 1.0943),
    ],
)
def test_the_toy_teacher_has_the_golden_values(
    alpha: float, logits: list[float], probabilities: list[float], reverse: float, forward: float
) -> None:
    teacher = teacher_logits(ORIGINAL, AUGMENTED, alpha)
    assert teacher.flatten().tolist() == logits
    assert teacher.softmax(-1).flatten().tolist() == pytest.approx(probabilities, abs=5e-5)
    assert reverse_kl(ORIGINAL, teacher, LABEL).item() == pytest.approx(reverse, abs=5e-5)
    assert forward_kl(ORIGINAL, teacher, LABEL).item() == pytest.approx(forward, abs=5e-5)


@pytest.mark.parametrize(
    ("original", "strengthened", "alpha", "expected"),
    [
        ([1.0, 2.0, 3.0], [1.5, 1.0, 3.0], 4.0, [-1.0, 2.0, 3.0]),
        ([0.0, -1.0, 0.5], [0.25, 0.0, 1.5], 1.0, [-0.25, -2.0, -0.5]),
    ],
)
def test_the_teacher_by_hand(
    original: list[float], strengthened: list[float], alpha: float, expected: list[float]
) -> None:
    value = teacher_logits(torch.tensor(original), torch.tensor(strengthened), alpha)
    assert value.tolist() == expected


def test_the_teacher_is_computed_in_float32() -> None:
    value = teacher_logits(ORIGINAL.bfloat16(), AUGMENTED.bfloat16(), 8.0)
    assert value.dtype == torch.float32
    assert reverse_kl(ORIGINAL.bfloat16(), value, LABEL).dtype == torch.float32


@pytest.mark.parametrize(
    ("student", "teacher", "reverse", "forward"),
    [
        # Student (1/2, 1/2), teacher (1/4, 3/4): ln 2 - ln(3)/2 and (3/4) ln 3 - ln 2.
        (
            [0.0, 0.0],
            [0.0, math.log(3)],
            math.log(2) - math.log(3) / 2,
            0.75 * math.log(3) - math.log(2),
        ),
        # Student (1/3, 2/3), teacher (2/3, 1/3): (1/3) ln(1/2) + (2/3) ln 2 both ways.
        ([0.0, math.log(2)], [math.log(2), 0.0], math.log(2) / 3, math.log(2) / 3),
        ([3.0, -1.0], [5.0, 1.0], 0.0, 0.0),
    ],
)
def test_divergences_by_hand(
    student: list[float], teacher: list[float], reverse: float, forward: float
) -> None:
    assert divergences(student, teacher) == pytest.approx((reverse, forward), abs=1e-6)


def test_divergences_are_averaged_over_answer_tokens() -> None:
    student = torch.zeros(2, 2, 2)
    teacher = torch.tensor([[[0.0, math.log(3)], [0.0, 0.0]], [[0.0, 0.0], [50.0, 0.0]]])
    labels = torch.tensor([[0, 1], [1, IGNORED]])
    expected = (math.log(2) - math.log(3) / 2) / 3
    assert reverse_kl(student, teacher, labels).item() == pytest.approx(expected)


def test_gradients_are_those_of_the_formulas() -> None:
    teacher = teacher_logits(ORIGINAL, AUGMENTED, 2.0)
    log_p, log_t = ORIGINAL.log_softmax(-1), teacher.log_softmax(-1)
    for divergence, expected in (
        (reverse_kl, log_p.exp() * (log_p - log_t - 1.6024)),
        (forward_kl, log_p.exp() - log_t.exp()),
    ):
        student = ORIGINAL.clone().requires_grad_(True)
        divergence(student, teacher, LABEL).backward()  # type: ignore[no-untyped-call]
        assert student.grad is not None
        torch.testing.assert_close(student.grad, expected, atol=1e-4, rtol=1e-4)
        assert student.grad[0, 0, 0] > 0  # descent pushes the strengthened token down


def test_a_teacher_beyond_float32_leaves_the_loss_and_gradient_finite() -> None:
    student = ORIGINAL.clone().requires_grad_(True)
    teacher = teacher_logits(ORIGINAL, AUGMENTED, 100.0)
    loss = reverse_kl(student, teacher, LABEL)
    loss.backward()  # type: ignore[no-untyped-call]
    assert student.grad is not None
    assert loss.isfinite() and student.grad.isfinite().all()


@pytest.mark.parametrize("divergence", [reverse_kl, forward_kl])
def test_prompt_and_padding_change_nothing(divergence) -> None:  # type: ignore[no-untyped-def]
    generator = torch.Generator().manual_seed(0)
    teacher = torch.randn(2, 3, 5, generator=generator)
    labels = torch.tensor([[IGNORED, 1, 2], [3, 4, IGNORED]])
    first = torch.randn(2, 3, 5, generator=generator)
    second = torch.where((labels == IGNORED)[:, :, None], 100.0, first)
    first.requires_grad_(True)
    loss = divergence(first, teacher, labels)
    assert torch.equal(loss, divergence(second, teacher, labels))
    loss.backward()
    assert first.grad is not None
    assert torch.equal(first.grad.abs().sum(-1) > 0, labels != IGNORED)


def test_generic_labels_are_the_likeliest_tokens_at_answers_only() -> None:
    teacher = torch.tensor([[[0.0, 3.0, 1.0], [9.0, 0.0, 0.0], [0.0, 0.0, 9.0]]])
    labels = torch.tensor([[2, 1, IGNORED]])
    assert generic_labels(teacher, labels).tolist() == [[1, 0, IGNORED]]


def test_the_toy_generic_label_leaves_the_strengthened_token() -> None:
    assert generic_labels(ORIGINAL, LABEL).item() == 0
    assert generic_labels(teacher_logits(ORIGINAL, AUGMENTED, 2.0), LABEL).item() == 1


# The strengthened model


@MODES
def test_the_strengthened_model_knows_the_forget_set_better(mode: str) -> None:
    context = make_context(mode)
    before = answers_nll(context, context.model)
    strengthened = Strengthened(context, QUICK)
    with strengthened.model() as model:
        assert not model.training and not torch.is_grad_enabled()
        assert not any(parameter.requires_grad for parameter in model.parameters())
        assert answers_nll(context, model) < before - 0.5
    assert answers_nll(context, context.model) == before


@MODES
def test_strengthening_leaves_weights_and_random_states_alone(mode: str) -> None:
    context = make_context(mode)
    start, modes = everything(context.model), context.model.training
    trained = set(weights(context.model))
    numbers, own = torch.get_rng_state(), context.generator.get_state()
    strengthened = Strengthened(context, QUICK)
    with strengthened.model():
        pass
    assert torch.equal(torch.get_rng_state(), numbers)
    assert torch.equal(context.generator.get_state(), own)
    assert set(weights(context.model)) == trained
    assert context.model.training == modes
    assert all(p.grad is None for p in context.model.parameters())
    end = context.model.state_dict()
    assert all(torch.equal(start[name], end[name]) for name in start)


@MODES
def test_the_strengthened_model_does_not_depend_on_what_was_trained_since(mode: str) -> None:
    def logits(context: Context) -> torch.Tensor:
        with Strengthened(context, QUICK).model() as model:
            return answer_logits(model, context.records(FORGET)).logits

    fresh, trained, other = make_context(mode), make_context(mode), make_context(mode)
    with torch.no_grad():
        for parameter in trained.model.parameters():
            if parameter.requires_grad:
                parameter.add_(0.05)
    torch.rand(7)  # the global generator stands elsewhere
    torch.rand(3, generator=trained.generator)
    other = replace(other, generator=torch.Generator().manual_seed(1))
    expected = logits(fresh)
    assert torch.equal(logits(trained), expected)
    assert not torch.equal(logits(other), expected)


def never_tabulate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unlearn_core.methods.rkld._table_bytes", lambda context: 2**60)


def test_an_adapter_needs_no_second_copy_of_the_base(monkeypatch: pytest.MonkeyPatch) -> None:
    never_tabulate(monkeypatch)

    def refuse() -> torch.nn.Module:
        raise AssertionError("the original was loaded again")

    context = replace(make_context("lora"), load_original=refuse)
    names = {name for name, _ in context.model.named_parameters()}
    base = {n: p.data_ptr() for n, p in context.model.named_parameters() if "lora_" not in n}
    size = sum(value.numel() for value in weights(context.model).values())
    rkld = RKLD(RKLDConfig(strengthen_epochs=1, retain_weight=1.0))
    rkld.draw(context, FORGET)
    whole_loss(rkld, context, FORGET, RETAIN[:2])
    after = dict(context.model.named_parameters())
    assert all(after[name].data_ptr() == place for name, place in base.items())
    assert sum(after[name].numel() for name in set(after) - names) == size


@MODES
def test_what_is_released_is_gone(mode: str) -> None:
    context = make_context(mode)
    start = everything(context.model)
    trained = set(weights(context.model))
    Strengthened(context, QUICK).release()
    end = context.model.state_dict()
    assert set(end) == set(start)
    assert all(torch.equal(start[name], end[name]) for name in start)
    assert set(weights(context.model)) == trained


def test_a_checkpoint_and_a_saved_run_hold_the_trained_adapter_only(tmp_path) -> None:  # type: ignore[no-untyped-def]
    context = make_context("lora")
    trained = set(weights(context.model))
    config = RKLDConfig(strengthen_epochs=1, keep_teacher=True)
    trainer = Trainer(RKLD(config), context, SHORT, seed=0)
    trainer.prepare()
    list(trainer.steps())
    assert isinstance(context.model, PeftModel) and "strengthened" in context.model.peft_config
    assert set(weights(context.model)) == trained
    save(context.model, toy_tokenizer(), tmp_path / "model")
    assert not any("strengthened" in path.name for path in (tmp_path / "model").rglob("*"))


TABULATED = pytest.mark.parametrize("tabulated", [True, False], ids=["table", "passes"])
"""Whether the teacher's log-probabilities are kept, or come from passes of two models."""


@TABULATED
@pytest.mark.parametrize("direction", ["reverse", "forward"])
@MODES
def test_a_broken_off_distillation_goes_on_the_same(
    direction: str, mode: str, tabulated: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not tabulated:
        never_tabulate(monkeypatch)
    config = RKLDConfig.model_validate({"direction": direction, "retain_weight": 1.0})

    def trainer() -> Trainer:
        made = Trainer(RKLD(config), make_context(mode), SHORT, seed=3)
        made.prepare()
        return made

    whole, first, second = trainer(), trainer(), trainer()
    list(whole.steps())
    for report in first.steps():
        if report.step == 3:
            break
    first.save(tmp_path / "checkpoint")
    second.load(tmp_path / "checkpoint")
    list(second.steps())
    expected, resumed = weights(whole.context.model), weights(second.context.model)
    assert expected and all(torch.equal(expected[name], resumed[name]) for name in expected)


# Reverse-KL distillation


@MODES
def test_a_teacher_that_is_kept_as_numbers_teaches_the_same(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = RKLDConfig.model_validate({"retain_weight": 1.0})
    losses = []
    for _ in range(2):
        context = make_context(mode)
        rkld = RKLD(config)
        reports = Trainer(rkld, context, SHORT, seed=3).steps()
        losses.append([report.scalars["loss/distillation"] for report in reports])
        kept = set(rkld.log_probs)
        assert kept == ({record.id for record in FORGET} if len(losses) == 1 else set())
        if mode == "lora":
            assert ("strengthened" in context.model.peft_config) == (len(losses) == 2)  # type: ignore[operator]
        never_tabulate(monkeypatch)
    assert losses[0] == pytest.approx(losses[1], rel=2e-3)


@MODES
def test_distillation_starts_at_the_divergence_of_the_original_from_its_teacher(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_tabulate(monkeypatch)
    context = make_context(mode)
    rkld = RKLD(RKLDConfig(**QUICK.model_dump(), retain_weight=1.0))
    rkld.draw(context, FORGET)
    assert rkld.strengthened is not None
    context.model.train()
    loss = whole_loss(rkld, context, FORGET, RETAIN[:2])
    batch = context.records(FORGET)
    with rkld.strengthened.model() as model, torch.no_grad():
        stronger = answer_logits(model, batch)
    with torch.no_grad():
        original = answer_logits(original_model(), batch)
    teacher = teacher_logits(original.logits, stronger.logits, 8.0)
    expected = reverse_kl(original.logits, teacher, original.labels)
    assert loss.parts["distillation"].item() == pytest.approx(expected.item(), rel=1e-4)
    assert loss.parts["kl"].item() == pytest.approx(0.0, abs=1e-5)
    assert loss.total.item() == pytest.approx(loss.parts["distillation"].item(), rel=1e-4)
    loss.total.backward()  # type: ignore[no-untyped-call]
    trained = [p for p in context.model.parameters() if p.requires_grad]
    assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in trained)
    frozen = [p for p in context.model.parameters() if not p.requires_grad]
    assert all(p.grad is None for p in frozen)


def test_the_older_name_of_the_retain_protection_is_understood() -> None:
    context = make_context()
    parts = {}
    for retain in ("none", "likelihood", "kl"):
        rkld = RKLD(RKLDConfig.model_validate({"strengthen_epochs": 1, "retain": retain}))
        rkld.draw(context, FORGET)
        parts[retain] = set(whole_loss(rkld, context, FORGET, RETAIN[:2]).parts)
    assert parts["none"] == {"forget", "distillation"}
    assert parts["likelihood"] == {"forget", "distillation", "retain"}
    assert parts["kl"] == {"forget", "distillation", "retain", "kl"}


@pytest.mark.parametrize("name", ["rkld", "whp"])
def test_true_answers_become_less_likely(name: str) -> None:
    context = make_context()
    # A model that knows nothing has nothing to forget: it learns the answers first.
    known = Strengthened(
        context, StrengthenedConfig(strengthen_epochs=40, strengthen_learning_rate=3e-3)
    )
    with known.model() as model:
        learnt = everything(model)
    context.model.load_state_dict(learnt)

    def load_original() -> torch.nn.Module:
        model = original_model()
        model.load_state_dict(learnt)
        return model

    context = replace(context, load_original=load_original)
    spec = TrainingSpec(epochs=8, batch_size=4, learning_rate=1e-3, warmup_epochs=0)
    info = method(name)
    # What is known so well hardly moves the strengthened model at the usual rate.
    config = info.config.model_validate({"strengthen_learning_rate": 1e-3})
    trainer = Trainer(info.build(config), context, spec, seed=0)
    trainer.prepare()
    losses = [report.scalars["loss/forget"] for report in trainer.steps()]
    assert losses[-1] > losses[0] + 0.1


# Who's Harry Potter


@MODES
def test_generic_labels_are_made_once_and_the_strengthened_model_dropped(mode: str) -> None:
    context = make_context(mode)
    names = set(context.model.state_dict())
    whp = WHP(WHPConfig(**QUICK.model_dump(), retain_weight=0))
    whp.prepare(context)
    assert set(context.model.state_dict()) == names
    batch = context.records(FORGET)
    with torch.no_grad():
        original = answer_logits(original_model(), batch)
    with Strengthened(context, QUICK).model() as model:
        stronger = answer_logits(model, batch)
    labels = generic_labels(teacher_logits(original.logits, stronger.logits, 8.0), original.labels)
    assert [whp.labels[record.id] for record in FORGET] == [
        row[row != IGNORED].tolist() for row in labels
    ]
    mixed = (FORGET[2], FORGET[0])
    loss = whp.loss(context, mixed, ())
    logits = answer_logits(context.model, context.records(mixed)).logits
    torch.testing.assert_close(loss.total, mean_nll(logits, labels[[2, 0]]))


# The task vector


@pytest.mark.parametrize(
    ("original", "tuned", "alpha", "expected"),
    [(1.0, 1.5, 5.0, -1.5), (-2.0, -2.25, 2.0, -1.5), (3.0, 3.0, 7.0, 3.0)],
)
def test_task_arithmetic_by_hand(
    original: float, tuned: float, alpha: float, expected: float
) -> None:
    value = negated(torch.tensor([original]), torch.tensor([tuned]), alpha)
    assert value.item() == expected


def test_full_weights_go_the_other_way_exactly() -> None:
    context = make_context()
    start = weights(context.model)
    trainer = Trainer(TaskVector(TaskVectorConfig(alpha=2.5)), context, SHORT, seed=0)
    trainer.prepare()
    list(trainer.steps())
    tuned = weights(context.model)
    assert trainer.finish().changed
    end = weights(context.model)
    assert any(not torch.equal(tuned[name], start[name]) for name in start)
    for name in start:
        assert torch.equal(end[name], start[name] - 2.5 * (tuned[name] - start[name]))


def test_an_adapters_delta_goes_the_other_way_exactly() -> None:
    context = make_context("lora")
    trainer = Trainer(TaskVector(TaskVectorConfig(alpha=4.0)), context, SHORT, seed=0)
    list(trainer.steps())
    layers = [m for m in context.model.modules() if hasattr(m, "get_delta_weight")]
    before = [layer.get_delta_weight("default").detach().clone() for layer in layers]
    assert trainer.finish().changed
    assert layers and any(delta.abs().max() > 0 for delta in before)
    for layer, delta in zip(layers, before, strict=True):
        assert torch.equal(layer.get_delta_weight("default"), -4.0 * delta)


def test_the_task_vector_descends_until_it_is_turned_around() -> None:
    context = make_context()
    spec = TrainingSpec(epochs=4, batch_size=4, learning_rate=1e-3, warmup_epochs=0)
    trainer = Trainer(TaskVector(TaskVectorConfig(alpha=5.0)), context, spec, seed=0)
    start = answers_nll(context, context.model)
    losses = [report.scalars["loss/forget"] for report in trainer.steps()]
    assert losses[-1] < losses[0]
    trainer.finish()
    assert answers_nll(context, context.model) > start
