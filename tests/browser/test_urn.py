"""The urn of the third lesson: its theory against a slow simulation written a second time."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

URN = Path(__file__).parents[2] / "unlearn_core/ui/lessons/urn.js"
URNS, TIMES = 3000, 6
Urn = tuple[list[int], list[int], int]

CASES: dict[str, Urn] = {
    "drift": ([8, 8, 8, 8, 8], [0, 0, 0, 0, 0], 1),
    "kept": ([8, 8, 8, 8, 8], [0, 6, 4, 0, 0], 1),
    "preference": ([18, 1, 1], [0, 0, 0], 3),
    "both": ([18, 1, 1], [3, 0, 2], 2),
}


@pytest.fixture(scope="module")
def urn(browser: Browser) -> Any:
    """Calls a function of the script in a browser without any page."""
    page = browser.new_page()
    source = URN.read_text(encoding="utf-8").replace("export const", "const")
    yield lambda expression: page.evaluate(f"() => {{ {source}\nreturn {expression}; }}")
    page.close()


def simulated(case: Urn, measure: Callable[[list[float]], float]) -> list[float]:
    """Means over many urns: balls are drawn one by one from a list of balls."""
    start, kept, n = case
    dice = random.Random(7)
    sums = [0.0] * (TIMES + 1)
    for _ in range(URNS):
        own = [colour for colour, count in enumerate(start) for _ in range(count)]
        same = [colour for colour, count in enumerate(kept) for _ in range(count)]
        for t in range(TIMES + 1):
            urn = own + same
            sums[t] += measure([urn.count(colour) / len(urn) for colour in range(len(start))])
            own = [max(dice.choice(urn) for _ in range(n)) for _ in own]
    return [total / URNS for total in sums]


def diversity(shares: list[float]) -> float:
    return 1 - sum(share * share for share in shares)


@pytest.mark.parametrize("name", ["drift", "kept"])
def test_mean_diversity_is_exact(urn: Any, name: str) -> None:
    start, kept, _ = CASES[name]
    theory = urn(f"urnMeanDiversity({start}, {kept}, {TIMES})")
    assert theory == pytest.approx(simulated(CASES[name], diversity), abs=0.004)


def test_without_kept_balls_diversity_falls_by_one_part_in_n(urn: Any) -> None:
    start, kept, _ = CASES["drift"]
    theory = urn(f"urnMeanDiversity({start}, {kept}, 50)")
    assert theory == pytest.approx([0.8 * (1 - 1 / 40) ** t for t in range(51)])


def test_mean_shares_go_to_the_kept_ones_as_the_paper_says(urn: Any) -> None:
    start, kept, _ = CASES["kept"]
    theory = urn(f"urnMeanShares({start}, {kept}, {TIMES})")
    alpha = 10 / 40
    first = [(own + same) / 50 for own, same in zip(start, kept, strict=True)]
    for t, shares in enumerate(theory):
        left = (1 + alpha) ** -t
        paper = [(1 - left) * same / 10 + left * p for same, p in zip(kept, first, strict=True)]
        assert shares == pytest.approx(paper)
    means = simulated(CASES["kept"], lambda shares: shares[1])
    assert [shares[1] for shares in theory] == pytest.approx(means, abs=0.006)


@pytest.mark.parametrize("name", list(CASES))
def test_mean_share_of_the_avoided_colour_is_exact(urn: Any, name: str) -> None:
    start, kept, n = CASES[name]
    theory = urn(f"urnMeanAvoided({start}, {kept}, {n}, {TIMES})")
    assert theory == pytest.approx(simulated(CASES[name], lambda shares: shares[0]), abs=0.01)


def test_one_restocking_with_best_of_n_is_the_power(urn: Any) -> None:
    theory = urn("urnMeanAvoided([36, 1, 1, 1, 1], [0, 0, 0, 0, 0], 5, 1)")
    assert theory == pytest.approx([0.9, 0.9**5])


@pytest.mark.parametrize("name", list(CASES))
def test_the_urns_on_the_page_follow_the_theory(urn: Any, name: str) -> None:
    start, kept, n = CASES[name]
    shown = urn(f"urnMany({start}, {kept}, {n}, {TIMES}, {URNS}, 1, (shares) => shares[0])")
    theory = urn(f"urnMeanAvoided({start}, {kept}, {n}, {TIMES})")
    assert shown == pytest.approx(theory, abs=0.01)


def test_the_same_seed_gives_the_same_urn_and_balls_are_counted(urn: Any) -> None:
    again = "urnRestock([5, 5, 5], [0, 0, 0], 2, urnRandom(3))"
    first = urn(again)
    assert first == urn(again) and sum(first) == 15
    assert urn("urnRestock([0, 15], [0, 0], 3, urnRandom(3))") == [0, 15]
