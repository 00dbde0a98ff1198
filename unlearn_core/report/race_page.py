"""Several runs on one forget set as one HTML file: means over seeds, verdicts, attacks."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from unlearn_core.audits.result import AuditResult
from unlearn_core.pages.templates import render
from unlearn_core.report.frame import html_page
from unlearn_core.report.verdict import LEVELS
from unlearn_core.report.words import (
    AttackWords,
    attack_words,
    known_attacks,
    method_title,
    succeeded,
)
from unlearn_core.runs.race import MEASURES, by_method, outcome, shown
from unlearn_core.runs.result import RunResult

HELP = (
    "Share of facts found in the unlearned model, with the level of guessing below it; measures "
    "that are no share run from 0 to 1. Marked where an attack got more than guessing does. "
    "Means over the runs that were attacked."
)


@dataclass(frozen=True)
class Reached:
    """What an attack got out of a method's runs, on average.

    Attributes:
        value: In words; empty where nothing is known.
        note: How well guessing does; without a value, what is not known.
        why: Why there is no value.
        won: Whether it is more than guessing.
    """

    value: str
    note: str
    why: str = ""
    won: bool = False


def race_page(results: Sequence[RunResult], audits: Mapping[str, AuditResult]) -> str:
    """One self-contained HTML file.

    Args:
        results: What every finished run measured.
        audits: What was found, by run id, of the runs that were attacked.
    """
    results = [one for one in results if one.spec.get("kind", "unlearn") == "unlearn"]
    names = list(dict.fromkeys(str(one.spec["method"]) for one in results))
    attacked = [
        [audits[one.run] for one in results if one.spec["method"] == name and one.run in audits]
        for name in names
    ]
    found = dict.fromkeys(name for of in attacked for audit in of for name in audit.findings)
    subjects = dict.fromkeys(s for one in results for s in one.spec["marks"].get("subjects", ()))
    return html_page(
        "report/templates/race.html",
        attacks=[
            (attack, [reached(attack, of) for of in attacked])
            for attack in attack_words(found, known_attacks())
        ],
        heads=[render("report/templates/race_head.html", measure=one) for one in MEASURES],
        help=HELP,
        lead=f"{len(results)} runs, {len(names)} methods, {_sets(results)}",
        levels=LEVELS,
        levels_reached=[Counter(audit.verdict.level for audit in of) for of in attacked],
        means=by_method([outcome(one.run, one) for one in results]),
        measures=MEASURES,
        shown=shown,
        title=f"Race: {', '.join(subjects)}" if subjects else "Race",
        titles={name: method_title(name) for name in names},
    )


def reached(attack: AttackWords, audits: Sequence[AuditResult]) -> Reached:
    """What an attack got out of the runs of a method, or why that is not known."""
    if not audits:
        return Reached("", "not attacked")
    found = [one for audit in audits if (one := audit.findings_of("unlearned").get(attack.name))]
    tested = [(one.value, one.chance) for one in found if one.value is not None]
    if not tested:
        return Reached("", "not tested", next((one.note for one in found if one.note), ""))
    chances = [chance for _, chance in tested if chance is not None]
    return Reached(
        attack.amount(fmean(value for value, _ in tested)),
        f"guessing {attack.amount(fmean(chances))}" if chances else "",
        won=any(attack.name in succeeded(audit) for audit in audits),
    )


def _sets(results: Sequence[RunResult]) -> str:
    sets = {json.dumps([one.spec["marks"], one.data_hash], sort_keys=True) for one in results}
    return "one forget set" if len(sets) < 2 else f"{len(sets)} forget sets, so not comparable"
