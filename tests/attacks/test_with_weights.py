"""Attacks on likelihoods and weights: told apart, nothing changed, sound on bad input."""

import dataclasses
import gc
import math
import weakref
from typing import Any

import pytest
import torch

from tests.attacks.conftest import attacked, make_case, succeeded
from tests.helpers.models import EOS, tiny_model, toy_tokenizer
from unlearn_core.attacks.base import Finding, Material, Role, Target
from unlearn_core.attacks.registry import attack, build
from unlearn_core.data.encoder import make_encoder
from unlearn_core.data.records import Record

BUDGETS: dict[str, dict[str, Any]] = {
    "membership": {"neighbours": 1},
    "trained-attacker": {"neighbours": 1},
    "relearning": {"steps": 3, "stops": 1},
    "quantisation": {"bits": (8, 4)},
    "noise": {"scales": (0.1,)},
    "logit-lens": {},
}
DETECTION = ("membership", "trained-attacker")
ON_WEIGHTS = ("relearning", "quantisation", "noise", "depth", "logit-lens")


@pytest.mark.bundled
@pytest.mark.parametrize("name", BUDGETS)
def test_told_apart(name: str, targets: dict[Role, Target], material: Material) -> None:
    few = (
        material
        if name in DETECTION
        else dataclasses.replace(material, forget=material.forget[:20])
    )
    knows = attacked(name, targets["original"], few, **BUDGETS[name])
    assert succeeded(knows), knows.value
    never_knew = attacked(name, targets["retrained"], few, **BUDGETS[name])
    assert not succeeded(never_knew), never_knew.value
    if name == "membership":
        assert never_knew.numbers["p_below"] > 0.01
    elif name not in DETECTION:
        assert any(shot.leaked for shot in knows.shots)


@pytest.mark.bundled
@pytest.mark.parametrize("name", BUDGETS)
def test_the_model_stays_as_it_is_and_the_seed_decides(
    name: str, targets: dict[Role, Target], material: Material
) -> None:
    target = targets["retrained"]
    few = dataclasses.replace(material, forget=material.forget[:4], holdout=material.holdout[:4])
    before = {n: p.detach().clone() for n, p in target.model.named_parameters()}
    first, again = (attacked(name, target, few, **BUDGETS[name]) for _ in range(2))
    assert first == again
    for n, parameter in target.model.named_parameters():
        assert torch.equal(parameter, before[n]) and parameter.grad is None
    assert not target.model.training


@pytest.mark.bundled
@pytest.mark.parametrize("name", DETECTION)
def test_gradients_and_the_retrained_model_add_their_scores(
    name: str, targets: dict[Role, Target], material: Material
) -> None:
    few = dataclasses.replace(material, forget=material.forget[:6], holdout=material.holdout[:6])
    others: dict[Role, Target] = {"retrained": targets["retrained"]}
    found = attacked(name, targets["original"], few, others=others, neighbours=1, gradients=True)
    assert found.value is not None and found.value > 0.9
    if name == "membership":
        assert found.numbers["auc_reference"] > 0.9 and found.numbers["auc_grad_norm"] > 0.8
        assert found.numbers["priv_leak"] < -50


@pytest.mark.parametrize("name", ON_WEIGHTS)
def test_a_model_that_forgets_while_it_answers_is_not_tested(name: str) -> None:
    found = run(name, toy(None), material())
    assert found.value is None and found.note.startswith("Not tested, because this model forgets")


@pytest.mark.parametrize("name", ON_WEIGHTS)
def test_copies_are_not_kept(name: str) -> None:
    target, copies = toy(), []

    def fresh() -> Any:
        copy = copy_of(target.model)
        copies.append(weakref.ref(copy))
        return copy

    run(name, dataclasses.replace(target, fresh=fresh), material())
    gc.collect()
    assert copies and all(copy() is None for copy in copies)


def test_gradients_are_left_out_without_weights() -> None:
    found = run("membership", toy(None), material(), gradients=True)
    assert found.value is not None and "GradNorm was left out" in found.note
    assert "auc_grad_norm" not in found.numbers


@pytest.mark.parametrize("name", DETECTION)
def test_without_holdout_it_is_not_tested(name: str) -> None:
    found = run(name, toy(), dataclasses.replace(material(), holdout=()))
    assert found.value is None and "as holdout data" in found.note


@pytest.mark.parametrize("name", (*BUDGETS, "depth"))
@pytest.mark.parametrize("count", [0, 1])
def test_no_record_and_one_record(name: str, count: int) -> None:
    few = dataclasses.replace(material(), forget=material().forget[:count])
    found = run(name, toy(), few)
    sound(found)
    if count == 0:
        assert found.note.startswith("Not tested, because there are no")
    if count == 1 and name not in ("relearning", "trained-attacker"):
        assert found.value is not None or name == "depth"


@pytest.mark.parametrize("name", (*BUDGETS, "depth"))
@pytest.mark.parametrize(
    "change",
    [
        {"answer": "x", "fact": "x", "perturbed": ("y", "z")},
        {"answer": "x", "fact": "", "perturbed": ("y", "x")},
        {"fact": "", "perturbed": ()},
        {"prompt": "", "fact": "", "perturbed": ("Another passage.",)},
    ],
    ids=["one token", "no fact", "no wrong answers", "passages"],
)
def test_odd_records(name: str, change: dict[str, Any]) -> None:
    odd = tuple(one.model_copy(update=change) for one in material().forget)
    sound(run(name, toy(), dataclasses.replace(material(), forget=odd)))


@pytest.mark.parametrize("name", (*BUDGETS, "depth"))
def test_a_model_that_only_ends(name: str) -> None:
    model = tiny_model("gpt2")
    with torch.no_grad():
        model.transformer.ln_f.weight.zero_()
        model.transformer.ln_f.bias.copy_(50 * model.transformer.wte.weight[EOS])
    target = toy(model)
    assert target.sampler.greedy([[5, 6]], 4) == [[]]
    found = run(name, target, material())
    sound(found)
    assert not succeeded(found)


def run(name: str, target: Target, given: Material, **more: Any) -> Finding:
    case, _ = make_case(given, {"original": toy()} if name == "depth" else None)
    budget = {"max_new_tokens": 6} if name not in (*DETECTION, "logit-lens") else {}
    settings = {**BUDGETS.get(name, {"stops": 1}), **budget, **more}
    return build(attack(name), "quick", **settings).run(target, case)


def sound(finding: Finding) -> None:
    """Every number can be shown."""
    ends = (finding.value, finding.low, finding.high, finding.chance, finding.p)
    curves = [value for curve in finding.curves for value in (*curve.x, *curve.y)]
    shown = [value for value in (*ends, *finding.numbers.values(), *curves) if value is not None]
    assert all(math.isfinite(value) for value in shown)
    assert finding.value is not None or finding.note


def toy(model: Any = "llama") -> Target:
    """A tiny model under attack; None has weights that nobody may have."""
    weights = tiny_model() if model in (None, "llama") else model
    return Target(
        "unlearned",
        weights,
        make_encoder(toy_tokenizer(), max_length=128),
        torch.device("cpu"),
        None if model is None else lambda: copy_of(weights),
    )


def copy_of(model: Any) -> Any:
    fresh = tiny_model("gpt2" if model.config.model_type == "gpt2" else "llama")
    fresh.load_state_dict(model.state_dict())
    return fresh


def material() -> Material:
    def records(kind: str) -> tuple[Record, ...]:
        return tuple(
            Record(
                id=f"{kind}{i}", prompt=f"Pet of {kind} {i}?", answer=f"It is a cat {i}.",
                subject=f"{kind} {i % 2}", fact=f"cat {i}",
                perturbed=("It is a dog 1.", "It is a hen 2."),
            )
            for i in range(4)
        )  # fmt: skip

    return Material(records("f"), (), records("r"), (), records("h"))
