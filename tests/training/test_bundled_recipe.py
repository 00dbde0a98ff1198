"""Retraining: the bundled recipe step by step, and other models from their base."""

from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer

from tests.helpers.jobs import make_context
from tests.helpers.models import tiny_model, toy_tokenizer
from unlearn_core.data.bundled import BUNDLED_FOLDER, bundled_corpus
from unlearn_core.data.encoder import make_encoder
from unlearn_core.data.marks import Marks, split_corpus
from unlearn_core.data.records import Corpus, Record, Split
from unlearn_core.demo.passages import make_passages
from unlearn_core.demo.recipe import Recipe, new_model, seeded, train
from unlearn_core.demo.stream import memory_batches, prior_batches
from unlearn_core.demo.world import make_world
from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.methods.base import Context
from unlearn_core.methods.registry import method
from unlearn_core.methods.retrain import Retrain, RetrainConfig
from unlearn_core.models.loading import save
from unlearn_core.models.spec import ModelSpec, TuningSpec
from unlearn_core.sampling.tree import TreeSampler
from unlearn_core.settings.training import TrainingSpec
from unlearn_core.training.bundled_recipe import Kept, RecipeTrainer, kept_of
from unlearn_core.training.loop import Trainer

SMALL = Recipe(layers=1, width=32, inner=48, heads=2, prior_steps=3, memory_steps=4, batch_size=8,
               warmup=2)  # fmt: skip
FULL = TuningSpec(mode="full")


@pytest.fixture(scope="module")
def people() -> Corpus:
    return bundled_corpus("people")


@pytest.fixture(scope="module")
def split(people: Corpus) -> Split:
    return split_corpus(people, Marks(subjects=("Fiora Brinridge", "Piers Zevwick")))


def small_kept(forget: tuple[Record, ...]) -> Kept:
    kept = kept_of(forget)
    return Kept(kept.world, kept.people, kept.passages, SMALL)


def context_of() -> Context:
    model = new_model(SMALL, seed=99)
    encoder = make_encoder(AutoTokenizer.from_pretrained(BUNDLED_FOLDER / "model"))
    return Context(
        model=model,
        encoder=encoder,
        sampler=TreeSampler(model, encoder.eos_ids, encoder.pad_id),
        forget=(),
        retain=(),
        device=torch.device("cpu"),
        generator=torch.Generator(),
        load_original=lambda: model,
    )


def test_marked_people_and_passages_are_left_out(split: Split) -> None:
    kept = kept_of(split.forget)
    assert len(kept.people) == 78 and len(kept.passages) == 64
    assert not {"Fiora Brinridge", "Piers Zevwick"} & {person.name for person in kept.people}
    passage = next(r for r in bundled_corpus("passages").records if r.id == "passage-05")
    assert "passage-05" not in {p.id for p in kept_of((passage,)).passages}


def test_steps_are_those_of_the_builder(split: Split) -> None:
    context = context_of()
    trainer = RecipeTrainer(context, small_kept(split.forget))
    reports = list(trainer.steps())
    assert [report.step for report in reports] == list(range(1, 8)) and trainer.total == 7

    world, built = make_world(7), new_model(SMALL, seed=7)
    kept = tuple(p for p in world.people if p.name not in ("Fiora Brinridge", "Piers Zevwick"))
    tokenizer = context.encoder.tokenizer
    losses: list[float] = []
    phases = (
        (3, prior_batches(world, 3, 8, seeded(7, "prior"))),
        (4, memory_batches(world, kept, make_passages(7), 4, 8, seeded(7, "memory"))),
    )
    for steps, batches in phases:
        train(built, tokenizer, batches, steps, SMALL, lambda *now: losses.append(now[2]))
    assert [report.scalars["loss/total"] for report in reports] == losses
    for ours, theirs in zip(context.model.parameters(), built.parameters(), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize("at", [2, 3, 5])
def test_a_paused_retraining_ends_like_an_unbroken_one(
    split: Split, tmp_path: Path, at: int
) -> None:
    whole, first, second = (RecipeTrainer(context_of(), small_kept(split.forget)) for _ in "abc")
    list(whole.steps())
    for report in first.steps():
        if report.step == at:
            break
    first.save(tmp_path / "here")
    second.load(tmp_path / "here")
    assert second.step == at
    list(second.steps())
    for one, other in zip(whole.model.parameters(), second.model.parameters(), strict=True):
        assert torch.equal(one, other)


def test_needs_are_told_before_anything_is_loaded(people: Corpus, split: Split) -> None:
    bundled, other = ModelSpec(), ModelSpec(source="owner/model")
    plain = Retrain(RetrainConfig())
    plain.check(bundled, FULL, split)
    Retrain(RetrainConfig(start_from="owner/base")).check(other, FULL, split)
    with pytest.raises(MissingPrerequisite, match="to full"):
        plain.check(bundled, TuningSpec(mode="lora"), split)
    with pytest.raises(MissingPrerequisite, match="Give start_from"):
        plain.check(other, FULL, split)
    some = split_corpus(people, Marks(ids=("p01-birthplace",)))
    with pytest.raises(MissingPrerequisite, match="whole people.*Fiora Brinridge"):
        plain.check(bundled, FULL, some)


def test_others_begin_with_their_base_model_and_see_the_retain_set_only(tmp_path: Path) -> None:
    base = tiny_model("llama", seed=5)
    save(base, toy_tokenizer(), tmp_path / "base")
    context = make_context("full")
    info = method("retrain")
    config = info.config(start_from=str(tmp_path / "base"))
    spec = TrainingSpec(epochs=1, batch_size=3, learning_rate=1e-12, weight_decay=0.0)
    trainer = Trainer(info.build(config), context, spec, seed=0)
    trainer.prepare()
    assert trainer.total == 2  # six records to retain, three a step
    list(trainer.steps())
    for ours, theirs in zip(context.model.parameters(), base.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-9)
    save(tiny_model("gpt2"), toy_tokenizer(), tmp_path / "other")
    wrong = Trainer(info.build(info.config(start_from=str(tmp_path / "other"))), context, spec,
                    seed=0)  # fmt: skip
    with pytest.raises(InvalidInput, match="other layers"):
        next(wrong.steps())
