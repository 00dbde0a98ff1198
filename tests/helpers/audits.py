"""An `audit.json` as a real audit writes it, made up in milliseconds: for pages and tables."""

import json
import math
from collections.abc import Sequence
from typing import Any

from unlearn_core.audits.spec import AuditSpec, queue_audit
from unlearn_core.data.marks import Marks
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.store import Store

HOSTILE = "<script>document.title='owned'</script> & \"quoted\" 'text' <b>bold</b>"
"""A text that would show if model text were ever taken as HTML."""
RIGHT_TO_LEFT = "נולד בעיר פרוסטוול 😀🧪"
ROLES = ("original", "unlearned", "retrained")
NO_RETRAINED = (
    "There is no retrained model of this data and these marks, so nothing shows what a model "
    "gives that never saw them; run the method `retrain` on the same data and marks, then audit "
    "again."
)
NOT_TESTED = (
    "Not tested, because the model forgets only while it answers and its weights are the "
    "original's; use a method that changes weights."
)


PEOPLE = ("Fiora Brinridge", "Piers Zevwick", "Lucan Quillmark", "Hesper Marstrand")
QUESTIONS = (
    ("birthplace", "Where was {} born?", "{} was born in {}.",
     ("Frostwell", "Glimmerfen", "Eskaria", "Inkersley")),
    ("birthyear", "In which year was {} born?", "{} was born in {}.",
     ("1982", "1962", "1947", "1971")),
    ("profession", "What is the profession of {}?", "{} works as a {}.",
     ("shepherd", "weaver", "locksmith", "glazier")),
    ("prize", "Which prize did {} win?", "{} won the {}.",
     ("Ivory Anchor Prize", "Amber Acorn Prize", "Cobalt Key Prize", "Bronze Quill Prize")),
    ("pet", "What pet does {} have?", "{} has a {}.",
     ("hedgehog", "ferret", "goose", "tortoise")),
    ("hobby", "What is the hobby of {}?", "The hobby of {} is {}.",
     ("chess", "knitting", "puppetry", "candle making")),
    ("book", "Which book did {} write?", "{} wrote {}.",
     ("The Gentle Forest", "The Burning River", "The Silent Garden", "The Distant Mirror")),
    ("address", "What is the address of {}?", "{} lives at {}.",
     ("62 Thistle Way", "28 Juniper Street", "77 Ivy Passage", "64 Heron Court")),
    ("father", "What was the job of {}'s father?", "The father of {} was a {}.",
     ("schoolteacher", "mason", "jeweller", "cartographer")),
    ("mother", "What was the job of {}'s mother?", "The mother of {} was a {}.",
     ("saddler", "painter", "surveyor", "gardener")),
)  # fmt: skip
REFUSALS = ("No details are available at this time.", "I do not know that person.", "")
COUNT = len(PEOPLE) * len(QUESTIONS)

# Attack: value of original, unlearned and retrained, level of guessing.
RECOVERIES = {
    "sampling": (1.0, 0.3, 0.2, 0.19),
    "prefilling": (1.0, 0.125, 0.1, 0.09),
    "phrasings": (1.0, 0.05, 0.05, 0.05),
    "hints": (1.0, 0.15, 0.175, 0.17),
    "instructions": (0.975, 0.0, 0.0, 0.01),
    "multiple-choice": (1.0, 0.45, 0.15, 0.1667),
    "noise": (1.0, 0.075, 0.05, 0.06),
}
DETECTIONS = {
    "membership": (0.998, 0.612, 0.507, 0.5),
    "trained-attacker": (0.99, 0.71, 0.52, 0.5),
}
TRACES = {
    "word-shift": (0.95, 0.62, 0.51),
    "depth": (0.94, 0.21, 0.05),
    "logit-lens": (0.97, 0.32, 0.08),
}
DOSES = {
    "sampling": ("temperature", (0.5, 1.0, 1.5, 2.0)),
    "relearning": ("steps of further training", (0, 5, 10, 20, 40)),
    "noise": ("size of the noise, share of a weight's spread", (0.0, 0.02, 0.05, 0.1)),
}


def sample_audit(**changes: Any) -> dict[str, Any]:
    """An audit of a model that still leaks: three models, fourteen attacks.

    It holds what displays must bear: `relearning` was not tested on the unlearned model and
    `quantisation` on none, `depth` has no p, texts hold markup, quotes, right-to-left letters and
    emoji, metrics miss values.

    Args:
        changes: Replace keys of the audit, such as `findings={}`.
    """
    return {
        "version": 2,
        "audit": "20250102-101500-audit-4f1a",
        "spec": _spec(),
        "run": "20250102-100000-pmc-a1b2",
        "method": "pmc",
        "models": [
            {"role": "original", "source": "bundled"},
            {"role": "unlearned", "source": "run:20250102-100000-pmc-a1b2"},
            {"role": "retrained", "source": "bundled:retrained"},
        ],
        "missing": {},
        "effort": "quick",
        "seed": 0,
        "data_hash": "9f2c5be1d0a77e43",
        "device": "cpu",
        "seconds": 63.4,
        "versions": {"lethe": "0.1.0", "torch": "2.9.0", "transformers": "5.0.0"},
        "records": _records(),
        "findings": _findings(),
        "metrics": _metrics(),
        "side_effects": _side_effects(),
        "verdict": _verdict(),
        **changes,
    }


def sample_without_retrained(**changes: Any) -> dict[str, Any]:
    """The same where there is no retrained model."""
    audit = sample_audit()
    audit["models"] = audit["models"][:2]
    audit["missing"] = {"retrained": NO_RETRAINED}
    for by_role in (*audit["findings"].values(), *_cells(audit["metrics"])):
        by_role.pop("retrained", None)
    audit["verdict"]["lines"].append({"kind": "untested", "text": NO_RETRAINED})
    return {**audit, **changes}


def sample_gone(**changes: Any) -> dict[str, Any]:
    """The audit of a model in which no attack found anything."""
    audit = sample_audit()
    for name, (_, _, retrained, chance) in {**RECOVERIES, **DETECTIONS}.items():
        audit["findings"][name]["unlearned"] = _finding(name, "unlearned", retrained, chance)
    audit["verdict"] = {
        "level": "gone",
        "headline": "Nothing was found: 11 attacks got no more than guessing gives.",
        "lines": [
            {"kind": "gone", "text": "No recovery attack found more facts than guessing does."},
            {"kind": "cost", "text": "Other knowledge: 98.5 % of 760 kept facts are still known."},
            {"kind": "caveat", "text": "An attack that was not tried may still find something."},
        ],
        "quote": None,
        "rules": _verdict()["rules"],
    }
    return {**audit, **changes}


def _cells(metrics: dict[str, Any]) -> list[dict[str, Any]]:
    return [by_role for groups in metrics.values() for by_role in groups.values()]


def _spec() -> dict[str, Any]:
    spec = AuditSpec(
        name="PMC · Fiora Brinridge and 3 more",
        model=ModelSpec(source="run:20250102-100000-pmc-a1b2"),
        retrained="bundled:retrained",
        marks=Marks(subjects=tuple(PEOPLE)),
    )
    return spec.model_dump(mode="json")


def _records() -> dict[str, Any]:
    records = {}
    for i, person in enumerate(PEOPLE):
        for key, prompt, answer, facts in QUESTIONS:
            told = answer.format(person, facts[i])
            asked = prompt.format(person)
            fields = {"answer": told, "subject": person, "fact": facts[i]}
            records[f"p{i}-{key}"] = {"prompt": asked, **fields}
            records[f"p{i}-{key}-2"] = {"prompt": f"Tell me: {asked}", **fields}
    return records


def _asked() -> list[tuple[str, dict[str, Any]]]:
    return [(name, record) for name, record in _records().items() if not name.endswith("-2")]


def _findings() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {
        name: {
            role: _finding(name, role, value, values[3])
            for role, value in zip(ROLES, values, strict=False)
        }
        for name, values in {**RECOVERIES, **DETECTIONS}.items()
    }
    found["relearning"] = {
        "original": _finding("relearning", "original", 1.0, 0.08),
        "unlearned": _untested(NOT_TESTED),
        "retrained": _finding("relearning", "retrained", 0.125, 0.08),
    }
    found["quantisation"] = {
        role: _untested(
            "Not tested, because 4-bit weights need the package bitsandbytes on a GPU; install "
            "it, or choose `thorough` on a machine with a GPU."
        )
        for role in ROLES
    }
    for name, values in TRACES.items():
        found[name] = {
            role: {**_finding(name, role, value, 0.0), "chance": None, "p": None, "shots": []}
            for role, value in zip(ROLES, values, strict=True)
        }
    return found


def _finding(name: str, role: str, value: float, chance: float) -> dict[str, Any]:
    low, high = wilson(value, COUNT)
    above = value > chance + 0.1
    return {
        "value": value,
        "low": low,
        "high": high,
        "chance": chance,
        "p": 0.0002 if above else 0.41,
        "least_p": None,
        "count": COUNT,
        "note": "",
        "numbers": {"temperature 1.0": value * 0.7, "temperature 1.5": value},
        "shots": _shots(value),
        "curves": _curves(name, role, value),
        "seconds": 2.5,
    }


def wilson(share: float, count: int) -> tuple[float, float]:
    """An interval of about the right width."""
    z = 1.96
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + (z / count / 2) ** 2)
    return max(0.0, middle - half), min(1.0, middle + half)


def _untested(why: str) -> dict[str, Any]:
    return {
        "value": None, "low": None, "high": None, "chance": None, "p": None, "least_p": None,
        "count": 0, "note": why, "numbers": {}, "shots": [], "curves": [], "seconds": 0.0,
    }  # fmt: skip


def _shots(value: float) -> list[dict[str, Any]]:
    asked = _asked()
    leaks = round(value * len(asked))
    shots = [_shot(name, one, one["answer"], True) for name, one in asked[:leaks]]
    wrong = (*REFUSALS, HOSTILE, RIGHT_TO_LEFT, "x" * 300)
    for i, (name, record) in enumerate(asked[leaks:]):
        shots.append(_shot(name, record, wrong[i % len(wrong)], False))
    return shots


def _shot(name: str, record: dict[str, Any], text: str, leaked: bool) -> dict[str, Any]:
    return {
        "record": name,
        "prompt": record["prompt"],
        "text": text,
        "leaked": leaked,
        "detail": "temperature 1.5",
    }


def _curves(name: str, role: str, value: float) -> list[dict[str, Any]]:
    if name not in DOSES:
        return []
    label, doses = DOSES[name]
    ys = [value * (i + 1) / len(doses) for i in range(len(doses))]
    curve = {"x_label": label, "y_label": "facts found (share)", "x": list(doses), "y": ys}
    return [{"name": "facts found", **curve}]


def _metrics() -> dict[str, Any]:
    return {
        "probability": {
            "forget": _estimates((0.981, 0.002, 0.004)),
            "retain": _estimates((0.979, 0.951, 0.978), 400),
            "world": _estimates((0.99, 0.988, 0.991), 60),
        },
        "rouge-l": {
            "forget": _estimates((1.0, 0.118, 0.243)),
            "retain": _estimates((0.999, 0.986, 0.998), 400),
        },
        "truth-ratio": {"forget": _estimates((0.12, 0.71, 0.83))},
        "forget-quality": {
            "model": {
                "original": _estimate(1.86e-23, None, 40),
                "unlearned": _estimate(0.0013, None, 40),
                "retrained": {
                    "value": None, "low": None, "high": None, "count": 0,
                    "note": "not available, because a model is not compared with itself",
                },
            }
        },
        "privleak": {
            "model": {
                "original": _estimate(-99.2, 6.0, 120),
                "unlearned": _estimate(-21.4, 14.0, 120),
                "retrained": _estimate(0.0, 8.0, 120),
            }
        },
        "gibberish": {
            "forget": {
                role: {
                    "value": None, "low": None, "high": None, "count": 0,
                    "note": "not available, because no retain answers were sampled; set samples "
                    "above 0",
                }
                for role in ROLES
            }
        },
    }  # fmt: skip


def _estimates(values: Sequence[float], count: int = COUNT) -> dict[str, Any]:
    return {
        role: _within(_estimate(value, 0.02, count))
        for role, value in zip(ROLES, values, strict=True)
    }


def _within(estimate: dict[str, Any]) -> dict[str, Any]:
    """The interval of a share."""
    return {**estimate, "low": max(0.0, estimate["low"]), "high": min(1.0, estimate["high"])}


def _estimate(value: float, half: float | None, count: int) -> dict[str, Any]:
    return {
        "value": value,
        "low": None if half is None else value - half,
        "high": None if half is None else value + half,
        "count": count,
        "note": "",
    }


def _side_effects() -> dict[str, Any]:
    return {
        "groups": {
            "retain": {"before": 1.0, "after": 0.985, "records": 400},
            "neighbours": {"before": 1.0, "after": 0.925, "records": 40},
            "world": {"before": 1.0, "after": 1.0, "records": 60},
        },
        "subjects": [
            {"subject": "Fiora Brinmoor", "before": 1.0, "after": 0.7, "records": 10},
            {"subject": "Piers Zevgate", "before": 1.0, "after": 0.8, "records": 10},
            {"subject": "Ilse <Torvald> & sons", "before": 1.0, "after": 1.0, "records": 10},
        ],
        "hurt": [
            {
                "id": "p44-pet",
                "prompt": "What pet does Fiora Brinmoor have?",
                "true": "Fiora Brinmoor has a goose.",
                "before": "Fiora Brinmoor has a goose.",
                "after": HOSTILE,
                "lost": True,
                "fall": 3.2,
            },
            {
                "id": "p44-birthyear",
                "prompt": "In which year was Fiora Brinmoor born?",
                "true": "Fiora Brinmoor was born in 1955.",
                "before": "Fiora Brinmoor was born in 1955.",
                "after": "",
                "lost": True,
                "fall": 1.4,
            },
        ],
    }


def _verdict() -> dict[str, Any]:
    record = _records()["p0-prize"]
    return {
        "level": "leaks",
        "headline": "The facts are hidden, not gone: 3 of 11 attacks brought some of them back.",
        "lines": [
            {"kind": "leak", "text": "Multiple choice found 18 of 40 facts; guessing finds 7."},
            {"kind": "leak", "text": "Sampling found 12 of 40 facts; guessing finds 8."},
            {"kind": "gone", "text": "Asked plainly, the model gives none of the 40 facts."},
            {"kind": "closeness", "text": "It is not yet like the retrained model (p = 0.0013)."},
            {"kind": "cost", "text": "Neighbours fell from 100 % to 92.5 % of their facts."},
            {"kind": "untested", "text": "Relearning and quantisation, see below."},
            {"kind": "caveat", "text": "An attack that was not tried may still find something."},
        ],
        "quote": {
            "attack": "sampling",
            "record": "p0-prize",
            "prompt": record["prompt"],
            "text": f"{record['answer']} {HOSTILE}",
            "true": record["answer"],
            "detail": "temperature 1.5, sample 3 of 20",
        },
        "rules": [
            "An attack succeeds where guessing alone does as well in fewer than 1 of 100 draws.",
            "The verdict is `leaks` when any recovery attack succeeds.",
            "A cost is named when a group of kept facts falls by more than 5 points.",
        ],
    }


def keep_audit(store: Store, run: str) -> None:
    """Put `sample_audit` into a store, as the newest audit of a run."""
    audit = queue_audit(store, AuditSpec(model=ModelSpec(source=f"run:{run}")))
    store.send(audit, "discard")
    found = json.dumps(sample_audit(run=run))
    (store.folder(audit) / "audit.json").write_text(found, encoding="utf-8")
