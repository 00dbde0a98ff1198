"""PMC: scores, picks, its cache, and that true answers are never used."""

import math
from collections import Counter

import pytest
import torch

from tests.helpers.jobs import FORGET, RETAIN, make_context, weights
from tests.helpers.losses import whole_loss
from unlearn_core.methods.base import Context
from unlearn_core.methods.pmc import PMC, Picked, PMCConfig, pick, similarity_score
from unlearn_core.sampling.tree import TreeSampler
from unlearn_core.settings.sampling import SamplingSpec
from unlearn_core.settings.training import TrainingSpec
from unlearn_core.training.loop import Trainer

FAST = PMCConfig(max_new_tokens=12)


def test_score_is_stemmed_rouge_l_recall_of_the_original() -> None:
    # Two of the original's four words, in order, one of them in another form.
    assert similarity_score("he keeps parrots", "she kept keeping parrot", 0) == 0.5


def test_short_answers_are_penalised_only_below_the_limit() -> None:
    assert similarity_score("no", "a cat", min_words=3) == pytest.approx(math.exp(-1))
    assert similarity_score("", "a cat", min_words=3) == 1.0
    assert similarity_score("not known at all", "a cat", min_words=3) == 0.0


def test_tau_zero_takes_the_least_similar_and_the_first_of_equals() -> None:
    assert pick([0.5, 0.2, 0.2, 0.9], 0.0, torch.Generator()) == 1


def test_pick_follows_bradley_terry() -> None:
    generator = torch.Generator().manual_seed(0)
    scores, tau = [0.0, 0.5, 1.0], 0.5
    draws = Counter(pick(scores, tau, generator) for _ in range(20_000))
    weight = [math.exp((1 - s) / tau) for s in scores]
    for i, value in enumerate(weight):
        assert draws[i] / 20_000 == pytest.approx(value / sum(weight), abs=0.012)


class Scripted:
    """A sampler that says what a test wants and counts what is asked."""

    def __init__(self, context: Context, answers: list[str]) -> None:
        self.encoder = context.encoder
        self.answers = answers
        self.asked: list[int] = []

    def sample(
        self,
        prompts: list[list[int]],
        n: int,
        spec: SamplingSpec,
        generator: torch.Generator,
    ) -> list[list[list[int]]]:
        self.asked.append(len(prompts))
        rows = [self.encoder.text(answer) for answer in self.answers]
        return [rows[:n] for _ in prompts]

    def greedy(self, prompts: list[list[int]], max_new_tokens: int) -> list[list[int]]:
        return [self.encoder.text("a cat lives here") for _ in prompts]


def scripted(answers: list[str]) -> tuple[PMC, Context, Scripted]:
    context = make_context()
    sampler = Scripted(context, answers)
    context = Context(**{**vars(context), "sampler": sampler})
    method = PMC(PMCConfig(samples=len(answers)))
    method.prepare(context)
    return method, context, sampler


def test_a_worse_answer_never_replaces_the_kept_one() -> None:
    method, context, sampler = scripted(["a cat", "a dog barks"])
    method.draw(context, FORGET[:1])
    assert method.picked["f0"] == Picked(0.25, "a dog barks")
    sampler.answers = ["a cat", "a cat lives"]
    method.draw(context, FORGET[:1])
    assert method.picked["f0"] == Picked(0.25, "a dog barks")
    sampler.answers = ["a cat", "my dog barks"]
    method.draw(context, FORGET[:1])
    assert method.picked["f0"] == Picked(0.0, "my dog barks")


def test_solved_questions_are_not_sampled_again() -> None:
    method, context, sampler = scripted(["nobody knows", "a cat"])
    method.draw(context, FORGET)
    method.draw(context, FORGET)
    assert sampler.asked == [4]
    assert all(picked.score == 0 for picked in method.picked.values())


def test_a_whole_optimiser_step_is_sampled_in_one_call() -> None:
    method, context, sampler = scripted(["a cat", "a cat too"])
    spec = TrainingSpec(epochs=1, batch_size=1, accumulation=4)
    list(Trainer(method, context, spec, seed=0).steps())
    assert sampler.asked == [4]


def test_a_resumed_method_knows_what_it_picked() -> None:
    method, context, _ = scripted(["a cat", "a dog barks"])
    method.draw(context, FORGET)
    resumed = PMC(method.config)
    resumed.load_state(method.state())
    assert (resumed.picked, resumed.originals) == (method.picked, method.originals)


@pytest.mark.parametrize("mode", ["full", "lora"])
def test_true_answers_of_the_forget_set_change_no_bit_of_the_weights(mode: str) -> None:
    def trained(noise: bool) -> dict[str, torch.Tensor]:
        forget = tuple(
            r.model_copy(update={"answer": f"{r.id} xyz noise", "fact": "noise"}) if noise else r
            for r in FORGET
        )
        context = make_context(mode, forget=forget, retain=RETAIN)
        trainer = Trainer(
            PMC(FAST), context, TrainingSpec(epochs=3, batch_size=2, learning_rate=1e-2), seed=0
        )
        trainer.prepare()
        list(trainer.steps())
        return weights(context.model)

    clean, noisy = trained(False), trained(True)
    start = weights(make_context(mode).model)
    assert all(torch.equal(clean[name], noisy[name]) for name in clean)
    assert any(not torch.equal(clean[name], start[name]) for name in clean)


def test_loss_is_collapse_plus_lambda_retain() -> None:
    method, context, _ = scripted(["a cat", "a dog"])
    method.draw(context, FORGET)
    loss = whole_loss(method, context, FORGET, RETAIN[:2])
    parts = {name: value.item() for name, value in loss.parts.items()}
    assert loss.total.item() == pytest.approx(parts["collapse"] + 1.5 * parts["retain"])
    assert parts["collapse/picked_score"] == pytest.approx(0.25)


def test_the_reference_sampler_defaults_include_the_silent_top_k() -> None:
    assert PMCConfig().top_k == 50
    assert isinstance(make_context().sampler, TreeSampler)
