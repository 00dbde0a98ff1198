"""Several runs on one forget set as one HTML file: means over seeds, verdicts, attacks."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from statistics import fmean

from unlearn_core.report.frame import html_page, section
from unlearn_core.report.markup import badge, table
from unlearn_core.report.verdict import LEVELS
from unlearn_core.report.words import (
    AttackWords,
    Json,
    amount,
    attack_words,
    method_title,
    succeeded,
)
from unlearn_core.runs.race import MEASURES, Mean, Measure, by_method, outcome, shown
from unlearn_core.runs.result import RunResult

HELP = (
    "Share of facts found in the unlearned model, with the level of guessing below it; measures "
    "that are no share run from 0 to 1. Marked where an attack got more than guessing does. "
    "Means over the runs that were attacked."
)


def race_page(results: Sequence[Json], audits: Mapping[str, Json]) -> str:
    """One self-contained HTML file.

    Args:
        results: `result.json` of every finished run.
        audits: `audit.json` by run id, of the runs that were attacked.
    """
    results = [result for result in results if result["spec"].get("kind", "unlearn") == "unlearn"]
    runs = {str(result["run"]): str(result["spec"]["method"]) for result in results}
    names = list(dict.fromkeys(runs.values()))
    by_name = {
        name: [audits[run] for run, method in runs.items() if method == name and run in audits]
        for name in names
    }
    subjects = dict.fromkeys(
        subject for result in results for subject in result["spec"]["marks"].get("subjects", ())
    )
    sets = {
        json.dumps([result["spec"]["marks"], result.get("data_hash")], sort_keys=True)
        for result in results
    }
    told = "one forget set" if len(sets) < 2 else f"{len(sets)} forget sets, so not comparable"
    lead = f"{len(results)} runs, {len(names)} methods, {told}"
    return html_page(
        f"Race: {', '.join(subjects)}" if subjects else "Race",
        lead,
        section("What each method reached", _means(results))
        + section("Is it really gone?", _attacks(by_name)),
    )


def _means(results: Sequence[Json]) -> str:
    if not results:
        return "<p>No run has finished yet.</p>"
    means = by_method(
        [outcome(str(result["run"]), RunResult.of(dict(result))) for result in results]
    )
    heads = ["Method", "Runs", *(_head(one.label, one.help) for one in MEASURES)]
    rows = [
        [
            escape(method_title(name)),
            str(next(iter(values.values())).runs),
            *(_mean(one, values.get(one.key)) for one in MEASURES),
        ]
        for name, values in means.items()
    ]
    return (
        f'<div class="rep">{table(heads, rows, "Means of each method")}'
        '<p class="rep-soft">Means over runs ± half of the 95 % interval (Student’s t); one run '
        "has no interval.</p></div>"
    )


def _mean(measure: Measure, mean: Mean | None) -> str:
    return f'<span class="rep-line-of">{shown(measure, mean)}</span>' if mean else _NONE


def _head(label: str, help: str) -> str:
    way = help.split(";")[-1].strip().removesuffix(".")
    return (
        f'<span title="{escape(help)}">{escape(label)}</span><small class="rep-soft">{way}</small>'
    )


_NOT_ATTACKED = '<span class="rep-soft">not attacked</span>'
_NONE = '<span class="rep-soft">not measured</span>'


def _attacks(by_name: Mapping[str, Sequence[Json]]) -> str:
    made = [audit for audits in by_name.values() for audit in audits]
    if not made:
        return (
            "<p>No run was attacked, so nothing shows that the facts are gone. Attack one with "
            "<code>python -m unlearn_core attack RUN</code>.</p>"
        )
    heads = ["", *(escape(method_title(name)) for name in by_name)]
    rows = [
        ["<strong>Verdict</strong>", *(_verdict(audits) for audits in by_name.values())],
        *(
            [_attack_head(attack), *(_cell(attack, audits) for audits in by_name.values())]
            for attack in _all_attacks(made)
        ),
    ]
    return (
        f'<div class="rep page-race"><p class="rep-soft">{HELP}</p>'
        f"{table(heads, rows, 'Verdict and attacks of each method')}</div>"
    )


def _attack_head(attack: AttackWords) -> str:
    return (
        f'<span class="rep-term" title="{escape(attack.idea)}">{escape(attack.title)}</span>'
        f'<small class="rep-soft">{escape(attack.measure)}</small>'
    )


def _all_attacks(audits: Iterable[Json]) -> list[AttackWords]:
    found = {one.name: one for audit in audits for one in attack_words(audit, None)}
    return list(found.values())


def _verdict(audits: Sequence[Json]) -> str:
    if not audits:
        return _NOT_ATTACKED
    levels = Counter(audit["verdict"]["level"] for audit in audits)
    return " ".join(_stamp(level, count, len(audits)) for level, count in levels.most_common())


def _stamp(level: str, count: int, of: int) -> str:
    word, sign, tone = LEVELS[level]
    return badge(f"{sign} {word}{f': {count} of {of}' if of > 1 else ''}", tone)


def _cell(attack: AttackWords, audits: Sequence[Json]) -> str:
    if not audits:
        return _NOT_ATTACKED
    findings = [
        audit["findings"][attack.name]["unlearned"]
        for audit in audits
        if "unlearned" in audit["findings"].get(attack.name, {})
    ]
    tested = [one for one in findings if one["value"] is not None]
    if not tested:
        why = next((one["note"] for one in findings if one["note"]), "")
        return f'<span class="rep-soft" title="{escape(why)}">not tested</span>'
    chances = [one["chance"] for one in tested if one["chance"] is not None]
    guess = f"guessing {amount(attack, fmean(chances))}" if chances else ""
    won = any(attack.name in succeeded(audit) for audit in audits)
    mark = badge("more", "bad") if won else ""
    value = amount(attack, fmean(one["value"] for one in tested))
    return f'<span class="rep-number">{value}</span> {mark}<small class="rep-soft">{guess}</small>'
