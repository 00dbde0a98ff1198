"""The two bundled models whose truth is known, and what they are asked."""

from collections.abc import Sequence
from typing import Any

import pytest
import torch

from unlearn_core.attacks.base import Case, Effort, Finding, Material, Role, Shot, Target
from unlearn_core.attacks.registry import attack, build
from unlearn_core.data.encoder import make_encoder
from unlearn_core.data.marks import Marks, split_corpus
from unlearn_core.data.sources import DataSpec, load_corpus
from unlearn_core.demo.corpus import default_forget_subjects
from unlearn_core.models.loading import load
from unlearn_core.models.spec import ModelSpec

SOURCES: dict[Role, str] = {"original": "bundled", "retrained": "bundled:retrained"}


@pytest.fixture(scope="session")
def targets() -> dict[Role, Target]:
    """The original, which knows everything, and its twin, which never saw the forget set."""
    return {role: _target(role, source) for role, source in SOURCES.items()}


@pytest.fixture(scope="session")
def material() -> Material:
    """The bundled people with the default four marked."""
    split = split_corpus(load_corpus(DataSpec()), Marks(subjects=default_forget_subjects()))
    return Material(split.forget, split.paraphrased, split.retain, split.world, split.holdout)


def make_case(
    material: Material, others: dict[Role, Target] | None = None, seed: int = 0
) -> tuple[Case, list[tuple[float, Sequence[Shot]]]]:
    """A case, and the list that everything said about it goes into."""
    said: list[tuple[float, Sequence[Shot]]] = []
    return Case(material, others or {}, seed, lambda share, new: said.append((share, new))), said


def attacked(
    name: str,
    target: Target,
    material: Material,
    *,
    effort: Effort = "quick",
    others: dict[Role, Target] | None = None,
    **given: Any,
) -> Finding:
    """What an attack finds."""
    case, _ = make_case(material, others)
    return build(attack(name), effort, **given).run(target, case)


def succeeded(finding: Finding) -> bool:
    """Whether a finding by itself is well beyond guessing."""
    if finding.value is None or finding.chance is None or finding.p is None:
        return False
    return finding.p < 0.01 and finding.value > finding.chance


def _target(role: Role, source: str) -> Target:
    spec = ModelSpec(source=source, device="cpu")
    loaded = load(spec)
    return Target(
        role=role,
        model=loaded.model,
        encoder=make_encoder(loaded.tokenizer),
        device=torch.device("cpu"),
        fresh=lambda: load(spec).model,
    )
