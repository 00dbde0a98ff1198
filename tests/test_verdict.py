"""The verdict follows its stated rules."""

from dataclasses import asdict
from typing import Any

import pytest

from unlearn_core.attacks.registry import attacks
from unlearn_core.verdict import NEEDED, judge, succeeded

GUESS = {"value": 0.1, "low": 0.02, "high": 0.2, "chance": 0.1, "p": 0.5, "count": 40, "note": "",
         "shots": []}  # fmt: skip
LEAK = {**GUESS, "value": 0.6, "low": 0.4, "high": 0.7, "p": 0.0002, "shots": [
    {"record": "r", "prompt": "Pet?", "text": "no", "leaked": False, "detail": ""},
    {"record": "r", "prompt": "Pet?", "text": "a cat", "leaked": True, "detail": "t 1"},
]}  # fmt: skip
NONE = {**GUESS, "value": None, "chance": None, "p": None, "note": "Not tested, because so."}


def audit(recall: float = 0.0, **findings: dict[str, Any]) -> dict[str, Any]:
    return {
        "findings": {
            name.replace("_", "-"): {"unlearned": finding} for name, finding in findings.items()
        },
        "metrics": {"fact_recall": {"forget": {"unlearned": {"value": recall}}}},
        "side_effects": {"groups": {"retain": {"before": 1.0, "after": 0.98, "records": 9}}},
        "missing": {},
        "records": {"r": {"answer": "She has a cat."}},
    }


def usual(**changed: dict[str, Any]) -> dict[str, Any]:
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
def test_levels(recall: float, findings: dict[str, Any], level: str) -> None:
    assert judge(audit(recall, **findings), attacks()).level == level


def test_an_attack_without_meaning_for_the_records_is_not_missed() -> None:
    told = audit(0.0, **usual(phrasings=NONE))
    assert judge(told, attacks()).level == "unclear"
    told["findings"]["phrasings"]["original"] = NONE
    assert judge(told, attacks()).level == "gone"


def test_what_was_read_off_numbers_is_not_quoted() -> None:
    stronger = {**LEAK, "value": 0.9}
    told = audit(0.0, **usual(sampling=LEAK, multiple_choice=stronger, logit_lens=stronger))
    verdict = judge(told, attacks())
    assert verdict.quote is not None and verdict.quote.attack == "sampling"


def test_an_attack_must_be_sure_and_get_enough() -> None:
    assert succeeded(LEAK)
    assert not succeeded({**LEAK, "p": 0.02})
    assert not succeeded({**LEAK, "value": 0.14})
    assert not succeeded(NONE)
    # Where guessing is unknown, the whole interval must lie above the margin.
    assert succeeded({**LEAK, "chance": None, "p": None})
    assert not succeeded({**GUESS, "chance": None, "p": None})


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
    single = {**LEAK, "value": 1.0, "chance": 0.17, "p": 0.17, "least_p": 1 / 6, "count": 1}
    verdict = judge(audit(0.0, **usual(prefilling=single)), attacks())
    assert verdict.level == "unclear"
    assert any("so few records" in line.text for line in verdict.lines if line.kind == "caveat")
    assert all("prefilled" not in line.text for line in verdict.lines if line.kind == "gone")


def test_what_was_pushed_away_betrays_itself() -> None:
    pushed = {**GUESS, "value": 0.02, "chance": 0.5, "p": 1.0, "numbers": {"p_below": 1e-9}}
    verdict = judge(audit(0.0, **usual(membership=pushed)), attacks())
    assert verdict.level == "traces"
    assert any("pushed away" in line.text for line in verdict.lines if line.kind == "leak")


def test_notes_are_caveats_and_what_was_stopped_says_so() -> None:
    told = {**audit(0.0, sampling=GUESS), "notes": ["5 of 9 were made by rule."],
            "stopped": True, "chosen": ["sampling", "prefilling"]}  # fmt: skip
    lines = judge(told, attacks()).lines
    assert any(line.text == "5 of 9 were made by rule." for line in lines)
    untested = [line.text for line in lines if line.kind == "untested"]
    assert any("Prefilled answers: not tested, because the attacks were stopped" in t
               for t in untested)  # fmt: skip
    assert any("Noise on the weights: not tested, because it was not chosen" in t
               for t in untested)  # fmt: skip
