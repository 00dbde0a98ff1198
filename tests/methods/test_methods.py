"""Every registered method, by table: cards, default sets, a short run, resume."""

import pytest
import torch

from tests.helpers.jobs import FORGET, RETAIN, make_context, weights
from tests.helpers.losses import whole_loss
from unlearn_core.errors import InvalidInput
from unlearn_core.methods.npo import NPO, NPOConfig
from unlearn_core.methods.parts import PARTS
from unlearn_core.methods.registry import method, methods
from unlearn_core.methods.retain import RetainConfig
from unlearn_core.models.spec import TuningSpec
from unlearn_core.settings.config import parse, settings_of
from unlearn_core.settings.training import TrainingSpec
from unlearn_core.training.loop import Trainer

ALL = [*methods("unlearn").values(), *methods("teach").values()]
NAMES = [info.name for info in ALL]
TRAINED = [info for info in ALL if info.name not in ("in-context", "retrain")]
"""Retraining needs another model; its tests are in `tests/training/test_bundled_recipe.py`."""
COMMON = ("loss/total", "loss/forget", "loss/retain", "loss/collapse", "collapse/picked_score")
"""What several methods log; the charts have words for these."""
SHORT = TrainingSpec(epochs=2, batch_size=2, learning_rate=1e-3)


def test_pmc_comes_first() -> None:
    assert next(iter(methods())) == "pmc"


def test_an_unknown_method_is_answered_with_the_nearest() -> None:
    with pytest.raises(InvalidInput, match="Did you mean 'pmc'"):
        method("pcm")


@pytest.mark.parametrize("info", ALL, ids=NAMES)
def test_card_and_settings_are_complete(info) -> None:  # type: ignore[no-untyped-def]
    card = info.card
    assert all([card.idea, card.formula, card.paper, card.cost, card.fails])
    assert all(setting.help for setting in settings_of(info.config))


@pytest.mark.parametrize("info", ALL, ids=NAMES)
@pytest.mark.parametrize("size", ["small", "large"])
def test_default_sets_are_valid(info, size: str) -> None:  # type: ignore[no-untyped-def]
    preset = getattr(info, size)
    parse(info.config, preset.method)
    parse(TrainingSpec, preset.training)
    parse(TuningSpec, preset.tuning)


@pytest.mark.parametrize("info", TRAINED, ids=lambda info: info.name)
@pytest.mark.parametrize("mode", ["full", "lora"])
def test_a_short_run_changes_finite_weights(info, mode: str) -> None:  # type: ignore[no-untyped-def]
    context = make_context(mode)
    start = weights(context.model)
    trainer = Trainer(info.build(info.config()), context, SHORT, seed=0)
    trainer.prepare()
    reports = list(trainer.steps())
    trainer.finish()
    end = weights(context.model)
    assert [report.step for report in reports] == [1, 2, 3, 4]
    assert {name for report in reports for name in report.scalars} <= {*COMMON, *PARTS}
    assert any(not torch.equal(start[name], end[name]) for name in start)
    assert all(value.isfinite().all() for value in end.values())


@pytest.mark.parametrize("info", TRAINED, ids=lambda info: info.name)
def test_a_paused_run_ends_with_the_weights_of_an_unbroken_one(  # type: ignore[no-untyped-def]
    info, tmp_path
) -> None:
    def trainer() -> Trainer:
        made = Trainer(info.build(info.config()), make_context(), SHORT, seed=3)
        made.prepare()
        return made

    whole = trainer()
    list(whole.steps())
    whole.finish()
    first = trainer()
    for report in first.steps():
        if report.step == 3:
            break
    first.save(tmp_path)
    second = trainer()
    second.load(tmp_path)
    list(second.steps())
    second.finish()
    expected, resumed = weights(whole.context.model), weights(second.context.model)
    assert all(torch.equal(expected[name], resumed[name]) for name in expected)


@pytest.mark.parametrize("info", ALL, ids=NAMES)
def test_a_method_has_a_rule_for_answering_if_its_card_says_so(info) -> None:  # type: ignore[no-untyped-def]
    steering = info.build(info.config()).steering(FORGET)
    assert (steering is not None) == info.card.steers
    if steering is not None:
        assert {info.small.tuning["mode"], info.large.tuning["mode"]} == {"lora"}
        assert steering.strength > 0 or steering.instruction


def test_an_in_context_refusal_names_subjects_and_shows_refusals_but_no_answer() -> None:
    info = method("in-context")
    steering = info.build(info.config(examples=2)).steering(FORGET)
    assert "about Ada, say" in steering.instruction
    assert [question for question, _ in steering.examples] == ["Pet of Ada 0?", "Pet of Ada 2?"]
    assert not any("cat" in answer for _, answer in steering.examples)
    trainer = Trainer(info.build(info.config()), make_context("lora"), SHORT, seed=0)
    trainer.prepare()
    assert list(trainer.steps()) == [] and trainer.finish().changed


PROTECTED = [info for info in TRAINED if issubclass(info.config, RetainConfig)]


@pytest.mark.parametrize("info", PROTECTED, ids=lambda info: info.name)
@pytest.mark.parametrize("mode", ["full", "lora"])
def test_every_retain_loss_can_be_chosen(info, mode: str) -> None:  # type: ignore[no-untyped-def]
    for kind in ("nll", "kl", "js"):
        context = make_context(mode)
        method = info.build(info.config(retain_weight=2.0, retain_loss=kind))
        method.prepare(context)
        method.refresh(context, 0)
        method.draw(context, FORGET)
        parts = whole_loss(method, context, FORGET, RETAIN[:2]).parts
        assert {"retain", kind} - {"nll"} <= set(parts)
        if kind != "nll":  # nothing was trained yet
            assert parts[kind].item() == pytest.approx(0.0, abs=1e-5)


def test_npo_stores_the_reference_before_anything_changes() -> None:
    context = make_context("lora")
    npo = NPO(NPOConfig())
    npo.prepare(context)
    loss = npo.loss(context, FORGET, RETAIN[:2])
    assert loss.parts["npo"].item() == pytest.approx(13.862944, rel=1e-5)


def test_gradient_ascent_makes_the_true_answers_less_likely() -> None:
    context = make_context()
    info = method("gradient-ascent")
    spec = TrainingSpec(epochs=3, batch_size=4, learning_rate=1e-3, warmup_epochs=0)
    reports = list(Trainer(info.build(info.config()), context, spec, seed=0).steps())
    losses = [report.scalars["loss/forget"] for report in reports]
    assert losses[0] < losses[1] < losses[2]
