"""The way back to the original."""

import dataclasses

import pytest
import torch

from tests.attacks.conftest import attacked
from tests.helpers.models import tiny_model
from unlearn_core.attacks.base import Material, Role, Target
from unlearn_core.attacks.depth import first_back, move, parameters


def test_first_stop_with_half_of_the_facts() -> None:
    assert first_back((0.0, 0.5, 1.0), (0.1, 0.5, 1.0)) == 0.5
    assert first_back((0.0, 0.5, 1.0), (0.6, 0.2, 1.0)) == 0.0
    assert first_back((0.0, 1.0), (0.1, 0.4)) is None


def test_a_quarter_of_the_way() -> None:
    copy = tiny_model(seed=0)
    start = {name: torch.zeros_like(value) for name, value in parameters(copy).items()}
    goal = {name: torch.full_like(value, 4.0) for name, value in start.items()}
    move(copy, start, goal, 0.25)
    assert all(bool((value == 1.0).all()) for value in parameters(copy).values())


@pytest.mark.bundled
def test_the_twin_finds_its_way_to_the_original(
    targets: dict[Role, Target], material: Material
) -> None:
    few = dataclasses.replace(material, forget=material.forget[::4])
    others: dict[Role, Target] = {"original": targets["original"]}
    found = attacked("depth", targets["retrained"], few, others=others, stops=2)
    assert found.value in (0.5, 1.0) and found.p is None
    assert found.curves[0].x == (0.0, 0.5, 1.0)
    assert found.curves[0].y[0] < 0.5 and found.curves[0].y[-1] == 1.0
    assert attacked("depth", targets["original"], few, others=others).value is None
    assert "original's weights" in attacked("depth", targets["retrained"], few).note


@pytest.mark.bundled
def test_other_weights_have_no_way(targets: dict[Role, Target], material: Material) -> None:
    other = dataclasses.replace(targets["original"], fresh=lambda: tiny_model())
    found = attacked("depth", targets["retrained"], material, others={"original": other})
    assert found.value is None and "other weights" in found.note
