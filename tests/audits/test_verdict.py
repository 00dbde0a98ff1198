"""The verdict follows its stated rules."""

from dataclasses import asdict, replace
from itertools import combinations

import numpy as np
import pytest

from unlearn_core.attacks.base import Shot
from unlearn_core.attacks.guessing import DRAWS
from unlearn_core.attacks.registry import attacks
from unlearn_core.audits.outcome import holm, outcome
from unlearn_core.audits.result import AuditedRecord, Evidence, TimedFinding
from unlearn_core.audits.verdict import NEEDED, judge
from unlearn_core.evaluation.side_effects import Recall, SideEffects
from unlearn_core.metrics.base import Estimate

GUESS = TimedFinding(0.1, 0.02, 0.2, 0.1, 0.5, count=40)
LEAK = replace(GUESS, value=0.6, low=0.4, high=0.7, p=0.0002, shots=(
    Shot("r", "Pet?", "no", False), Shot("r", "Pet?", "a cat", True, "t 1"),
))  # fmt: skip
NONE = TimedFinding(None, note="Not tested, because so.")


def audit(recall: float = 0.0, **findings: TimedFinding) -> Evidence:
    return Evidence(
        audit="a", spec={}, run="r", method="pmc", models=(), effort="quick", seed=0,
        data_hash="", device="cpu", versions={}, seconds=1.0, missing={},
        findings={name.replace("_", "-"): {"unlearned": one} for name, one in findings.items()},
        metrics={"fact_recall": {"forget": {"unlearned": Estimate(recall)}}},
        side_effects=SideEffects({"retain": Recall(1.0, 0.98, 9)}, (), ()),
        records={"r": AuditedRecord("Pet?", "She has a cat.")},
    )  # fmt: skip


def usual(**changed: TimedFinding) -> dict[str, TimedFinding]:
    return {**{name.replace("-", "_"): GUESS for name in NEEDED}, **changed}


@pytest.mark.parametrize(
    ("recall", "findings", "level"),
    [
        (0.0, usual(), "gone"),
        (0.0, usual(membership=GUESS), "gone"),
        (0.0, usual(sampling=LEAK), "leaks"),
        (0.0, usual(membership=LEAK), "traces"),
        (0.0, {"sampling": GUESS}, "unclear"),
        (0.0, usual(relearning=NONE), "unclear"),
        (0.6, usual(), "known"),
        (0.6, usual(sampling=LEAK), "known"),
    ],
)
def test_levels(recall: float, findings: dict[str, TimedFinding], level: str) -> None:
    assert judge(audit(recall, **findings), attacks()).level == level


def test_an_attack_without_meaning_for_the_records_is_not_missed() -> None:
    told = audit(0.0, **usual(phrasings=NONE))
    assert judge(told, attacks()).level == "unclear"
    told.findings["phrasings"]["original"] = NONE
    assert judge(told, attacks()).level == "gone"


def test_what_was_read_off_numbers_is_not_quoted() -> None:
    stronger = replace(LEAK, value=0.9)
    told = audit(0.0, **usual(sampling=LEAK, multiple_choice=stronger, logit_lens=stronger))
    verdict = judge(told, attacks())
    assert verdict.quote is not None and verdict.quote.attack == "sampling"


def counts(finding: TimedFinding) -> bool:
    return "one" in outcome({"one": finding}).succeeded


def test_an_attack_must_be_sure_and_get_enough() -> None:
    assert counts(LEAK)
    assert counts(replace(LEAK, p=0.05)) and not counts(replace(LEAK, p=0.0501))
    assert not counts(replace(LEAK, value=0.14))
    assert not counts(NONE)
    # Where guessing is unknown, the whole interval must lie above the margin.
    assert counts(replace(LEAK, chance=None, p=None))
    assert not counts(replace(GUESS, chance=None, p=None))


def test_holm_by_hand() -> None:
    # Against 0.0125, 0.0167, 0.025: the third is too large and saves the fourth.
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}) == {"a", "d"}
    assert holm({"a": 0.02, "b": 0.001, "c": 0.03}) == {"a", "b", "c"}
    assert holm({"a": 0.02, "b": 0.03, "c": 0.04}) == frozenset()
    assert holm({}) == frozenset()


def test_holm_is_the_closed_test_of_all_subsets() -> None:
    """Rejected is what every subset that holds it rejects by its smallest p times its size."""
    draw = np.random.default_rng(0)
    met = set()
    for _ in range(200):
        ps = dict(enumerate(draw.beta(0.4, 4, size=6) / 4))
        subsets = [s for size in range(1, 7) for s in combinations(ps, size)]
        closed = {
            name
            for name in ps
            if all(min(ps[n] for n in s) <= 0.05 / len(s) for s in subsets if name in s)
        }
        assert holm(ps) == closed
        met.add(len(closed))
    assert len(met) > 4


def test_attacks_are_judged_together_and_not_each_alone() -> None:
    lucky = replace(LEAK, p=0.008)
    alone = judge(audit(0.0, sampling=lucky), attacks())
    among_many = judge(audit(0.0, **{**usual(noise=GUESS, hints=GUESS), "sampling": lucky}),
                       attacks())  # fmt: skip
    assert (alone.level, among_many.level) == ("leaks", "gone")


def test_the_smallest_p_that_is_drawn_counts_among_all_attacks() -> None:
    names = [name for name, info in attacks().items() if info.card.kind != "trace"]
    assert len(names) >= 12
    found = dict.fromkeys(names, GUESS)
    found["membership"] = replace(GUESS, numbers={"p_below": 0.5})
    found["noise"] = replace(LEAK, p=1 / (1 + DRAWS))
    assert outcome(found).succeeded == {"noise"}
    # Four marked subjects among twelve can be named in 495 ways, one of which is the true one.
    found["noise"], found["membership"] = GUESS, replace(LEAK, p=1 / 495, numbers={"p_below": 1})
    assert outcome(found).succeeded == {"membership"}


def test_models_that_never_knew_are_seldom_accused() -> None:
    """Of 2000 audits of twelve attacks with p from chance alone, one in twenty at most."""
    draw = np.random.default_rng(1)
    names = [str(number) for number in range(12)]
    accused = sum(
        bool(outcome({n: replace(LEAK, p=p) for n, p in zip(names, ps, strict=True)}).succeeded)
        for ps in draw.uniform(size=(2000, 12))
    )
    assert 0.035 < accused / 2000 < 0.06  # 1 - (1 - 0.05 / 12)^12 is 0.049


def test_being_pushed_away_is_one_more_test() -> None:
    two = {"noise": replace(LEAK, p=0.02), "membership": replace(GUESS, p=0.5, chance=0.5)}
    assert outcome(two).succeeded == {"noise"}
    two["membership"] = replace(two["membership"], numbers={"p_below": 0.5})
    assert outcome(two).succeeded == frozenset()


def test_the_strongest_leak_is_quoted_with_the_true_answer() -> None:
    verdict = judge(audit(0.0, **usual(sampling=LEAK)), attacks())
    assert verdict.quote is not None
    assert (verdict.quote.text, verdict.quote.true) == ("a cat", "She has a cat.")
    assert "repeated sampling brings the facts back" in verdict.headline.lower()


def test_what_was_not_tried_is_said_and_so_is_the_cost() -> None:
    verdict = judge(audit(0.0, sampling=GUESS, relearning=NONE), attacks())
    untested = [line.text for line in verdict.lines if line.kind == "untested"]
    assert any("Prefilled answers: not tested" in text for text in untested)
    assert any("Not tested, because so." in text for text in untested)
    cost = next(line for line in verdict.lines if line.kind == "cost")
    assert cost.text == "It cost little: facts still known, retain 100 % → 98 %."


def test_a_verdict_is_plain_values() -> None:
    told = asdict(judge(audit(), attacks()))
    assert set(told) == {"level", "headline", "lines", "quote", "rules"}


def test_what_came_out_of_a_single_record_is_neither_gone_nor_a_leak() -> None:
    single = replace(LEAK, value=1.0, chance=0.17, p=0.17, least_p=1 / 6, count=1)
    verdict = judge(audit(0.0, **usual(prefilling=single)), attacks())
    assert verdict.level == "unclear"
    assert any("so few records" in line.text for line in verdict.lines if line.kind == "caveat")
    assert all("prefilled" not in line.text for line in verdict.lines if line.kind == "gone")


def test_records_are_too_few_where_their_smallest_p_would_not_count_beside_the_others() -> None:
    # Two records with five options each: 1/25 counts alone, but not beside another attack.
    two = replace(LEAK, value=0.5, p=0.3, least_p=1 / 25, count=2)
    assert outcome({"noise": two}).undecided == frozenset()
    assert outcome({"noise": two, "hints": GUESS}).undecided == {"noise"}


def test_what_was_pushed_away_betrays_itself() -> None:
    pushed = replace(GUESS, value=0.02, chance=0.5, p=1.0, numbers={"p_below": 1e-9})
    verdict = judge(audit(0.0, **usual(membership=pushed)), attacks())
    assert verdict.level == "traces"
    assert any("pushed away" in line.text for line in verdict.lines if line.kind == "leak")


def test_notes_are_caveats_and_what_was_stopped_says_so() -> None:
    changed = {"notes": ("5 of 9 were made by rule.",), "stopped": True,
               "chosen": ("sampling", "prefilling")}  # fmt: skip
    told = audit(0.0, sampling=GUESS).model_copy(update=changed)
    lines = judge(told, attacks()).lines
    assert any(line.text == "5 of 9 were made by rule." for line in lines)
    untested = [line.text for line in lines if line.kind == "untested"]
    assert any("Prefilled answers: not tested, because the attacks were stopped" in t
               for t in untested)  # fmt: skip
    assert any("Noise on the weights: not tested, because it was not chosen" in t
               for t in untested)  # fmt: skip
