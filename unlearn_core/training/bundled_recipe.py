"""Exact unlearning of the bundled model: its own recipe once more, without what is marked."""

import math
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import cast

import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from unlearn_core.data.records import Record
from unlearn_core.demo.corpus import world_settings
from unlearn_core.demo.passages import Passage, make_passages
from unlearn_core.demo.recipe import Phase, Recipe, encode, new_model, seeded
from unlearn_core.demo.stream import Example, memory_batches, prior_batches
from unlearn_core.demo.world import Person, World, make_world
from unlearn_core.methods.base import Context, Ending
from unlearn_core.training.base import NonFiniteLoss, StepReport
from unlearn_core.training.checkpoint import load_checkpoint, save_checkpoint


@dataclass(frozen=True)
class Kept:
    """What the new model is told about.

    Attributes:
        world: The whole bundled world.
        people: Those of its people that stay.
        passages: Those of its passages that stay.
        recipe: How it is trained.
    """

    world: World
    people: tuple[Person, ...]
    passages: tuple[Passage, ...]
    recipe: Recipe


def kept_of(forget: Sequence[Record]) -> Kept:
    """The bundled world without the marked people and passages."""
    settings = world_settings()
    world = make_world(settings["seed"])
    subjects, ids = {record.subject for record in forget}, {record.id for record in forget}
    return Kept(
        world,
        tuple(person for person in world.people if person.name not in subjects),
        tuple(p for p in make_passages(settings["seed"]) if p.id not in ids),
        Recipe.model_validate(settings["recipe"]),
    )


class RecipeTrainer:
    """Stands in for `Trainer`: from random weights through both phases of the bundled recipe.

    A step is a function of the seed and its number, so a checkpoint needs weights and optimiser
    only. The settings of training have no say: the recipe has its own.
    """

    def __init__(self, context: Context, kept: Kept) -> None:
        """Nothing is changed until the first step."""
        self.kept = kept
        self.model = cast(LlamaForCausalLM, context.model)
        self.tokenizer = cast(PreTrainedTokenizerFast, context.encoder.tokenizer)
        self.step = 0
        self.ended: str | None = None
        self.total = kept.recipe.prior_steps + kept.recipe.memory_steps
        self.effective_batch_size = kept.recipe.batch_size
        self._phase: Phase | None = None

    def prepare(self) -> None:
        """Nothing: the first measurement is of the model that knows."""

    def steps(self) -> Iterator[StepReport]:
        """Train from the current step to the end."""
        prior = self.kept.recipe.prior_steps
        while self.step < self.total:
            if self.step in (0, prior):
                self._phase = None
            if self.step == 0:
                self._forget_everything()
            for examples in self._batches():
                self.model.train()
                done = self._current().step(encode(self.tokenizer, examples))
                self.step += 1
                if not math.isfinite(done.loss):
                    raise NonFiniteLoss(
                        f"The loss became {done.loss} at step {self.step} of the recipe. Try "
                        "again; should it happen again, please report it."
                    )
                yield StepReport(
                    self.step,
                    self.total,
                    {
                        "loss/total": done.loss,
                        "train/grad_norm": done.norm,
                        "train/learning_rate": done.learning_rate,
                    },
                )

    def shown(self) -> AbstractContextManager[None]:
        """The model is always what it would be if training ended now."""
        return nullcontext()

    def finish(self) -> Ending:
        """Nothing is left to do."""
        return Ending()

    def save(self, folder: Path) -> None:
        """Write all that `load` needs."""
        phase = self._phase
        held = {} if phase is None else {
            "optimizer": phase.optimizer.state_dict(), "schedule": phase.schedule.state_dict(),
        }  # fmt: skip
        save_checkpoint(folder, self.model, {"step": self.step}, held, {})

    def load(self, folder: Path) -> None:
        """Go back to where `save` was called."""
        state, held, _ = load_checkpoint(folder, self.model, self.model.device)
        self.step = state["step"]
        if held:
            phase = self._current()
            phase.optimizer.load_state_dict(held["optimizer"])
            phase.schedule.load_state_dict(held["schedule"])

    def _current(self) -> Phase:
        """The phase of the next step, begun anew where none is under way."""
        if self._phase is None:
            recipe = self.kept.recipe
            first = self.step < recipe.prior_steps
            steps = recipe.prior_steps if first else recipe.memory_steps
            self._phase = Phase(self.model, steps, recipe)
        return self._phase

    def _batches(self) -> Iterator[list[Example]]:
        """The batches that are left of the current phase."""
        kept, recipe = self.kept, self.kept.recipe
        world, size = kept.world, recipe.batch_size
        if self.step < recipe.prior_steps:
            batches = prior_batches(world, recipe.prior_steps, size, seeded(world.seed, "prior"))
            return islice(batches, self.step, None)
        batches = memory_batches(
            world, kept.people, kept.passages, recipe.memory_steps, size,
            seeded(world.seed, "memory"),
        )  # fmt: skip
        return islice(batches, self.step - recipe.prior_steps, None)

    def _forget_everything(self) -> None:
        with torch.random.fork_rng(devices=[]):
            fresh = new_model(self.kept.recipe, self.kept.world.seed)
        self.model.load_state_dict(fresh.state_dict())
