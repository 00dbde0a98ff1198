"""Turn the recorded results into `docs/results.md`, so that no figure is written by hand.

Run: python -m benchmarks.report
"""

from collections import Counter
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.report_parts import recorded, share, table, where
from benchmarks.report_speed import columns, evaluation, memory, page, pmc, sampling, steps
from unlearn_core.attacks.registry import attacks
from unlearn_core.methods import registry

PAGE = Path(__file__).parents[1] / "docs" / "results.md"
GROUPS = {
    "forget": "forget",
    "paraphrased": "forget, other phrasings",
    "neighbours": "neighbours",
    "retain": "retain",
    "world": "world",
}
HEAD = """# Results

Made by `python -m benchmarks.report` from the files in
[benchmarks/results](../benchmarks/results), which hold every setting, version and date. Recall is
the share of questions whose greedy answer contains the fact; leaks are the share of 20 sampled
answers to each forget question (temperature 1) that contain it.
"""


FIRST = ("pmc", "gradient-ascent", "npo")
"""Methods whose runs are shown one by one."""


def forgetting(result: dict[str, Any]) -> str:
    """The runs of the first methods one by one."""
    head = ["method", "seed", *GROUPS.values(), "unseen orders", "leaks", "steps", "seconds"]
    rows = []
    for method in FIRST:
        for run in result["runs"][method]:
            before, after = run["before"], run["after"]
            unseen = run["unseen_wording"]
            cells = [
                f"{share(before[g]['fact_recall'])} → {share(after[g]['fact_recall'])}"
                for g in GROUPS
            ]
            cells.append(f"{share(unseen['before'])} → {share(unseen['after'])}")
            leaks = f"{share(before['leak_share'])} → {share(after['leak_share'])}"
            seconds = f"{run['seconds']['total']:.1f}"
            rows.append([method, str(run["seed"]), *cells, leaks, str(run["steps"]), seconds])
    return (
        "## Four people forgotten by the bundled model\n\n"
        "Each method at its defaults, whole run with its measurements. *Unseen orders* are the "
        "forget facts asked for in a form (`Name the ...`) that neither training nor the corpus "
        f"has.\n\n{table(head, rows)}\n\n{where(result['environment'])}\n"
    )


def methods(result: dict[str, Any]) -> str:
    """Every method at its defaults on the same marks, means over seeds, and what limits it."""
    known = registry.methods()
    head = ["method", "runs", *GROUPS.values(), "leaks", "from the twin", "steps", "seconds", "GiB"]
    rows, limits = [], []
    for name, runs in result["runs"].items():
        cells = [share(mean(run["after"][g]["fact_recall"] for run in runs)) for g in GROUPS]
        rows.append(
            [
                name,
                str(len(runs)),
                *cells,
                share(mean(run["after"]["leak_share"] for run in runs)),
                f"{mean(run['twin_distance']['after'] for run in runs):.2f}",
                f"{mean(run['steps'] for run in runs):.0f}",
                f"{mean(run['seconds']['total'] for run in runs):.1f}",
                f"{mean(run['peak_memory_bytes'] for run in runs) / 2**30:.2f}",
            ]
        )
        limits.append(f"- **{name}**: {known[name].card.fails}")
    first = next(iter(result["runs"].values()))[0]
    before = ", ".join(
        f"{label} {share(first['before'][group]['fact_recall'])}" for group, label in GROUPS.items()
    )
    seeds = sorted({run["seed"] for runs in result["runs"].values() for run in runs})
    return (
        "## Every method on the same four people\n\n"
        "Facts still known after unlearning, each method at its defaults for the bundled model, "
        f"means over seeds {', '.join(map(str, seeds))}. Before: {before}, leaks "
        f"{share(first['before']['leak_share'])}. *From the twin* is the mean Jensen-Shannon "
        "divergence in bits (0 alike, 1 nothing in common) from the model retrained without these "
        "people, over the tokens of the true answers; the original model is "
        f"{first['twin_distance']['before']:.2f} from it. The defaults of PMC were chosen by many "
        "runs on these marks, those of the others by few and the search recorded below, so the "
        "table compares defaults, not methods at their best. *GiB* is the peak of the process that "
        "did half of the runs in turn, so it compares no methods. Recorded by two processes side "
        "by side with one thread each.\n\n"
        f"{table(head, rows)}\n\nWhat limits each:\n\n"
        + "\n".join(limits)
        + f"\n\n{where(result['environment'])}\n"
    )


def passages(result: dict[str, Any]) -> str:
    """Memorised passages before and after, by how often they had been read."""
    runs: dict[str, dict[str, Any]] = result["runs"]
    summary = [
        [
            name,
            *(
                f"{mean(r['before'] for r in part):.2f} → {mean(r['after'] for r in part):.2f}"
                for part in (
                    [r for r in run["passages"] if r["marked"]],
                    [r for r in run["passages"] if not r["marked"]],
                )
            ),
            f"{run['unseen']['mean']:.2f} ± {run['unseen']['deviation']:.2f}",
            str(len(run["under_forgotten"])),
            str(len(run["over_forgotten"])),
            str(run["steps"]),
            f"{run['seconds']:.1f}",
        ]
        for name, run in runs.items()
    ]
    first = next(iter(runs.values()))
    marked = [row for row in first["passages"] if row["marked"]]
    seen = {name: {r["id"]: r["after"] for r in run["passages"]} for name, run in runs.items()}
    each = [
        [
            row["id"],
            str(row["seen"]),
            f"{row['before']:.2f}",
            *(_fate(run, row["id"], seen[name][row["id"]]) for name, run in runs.items()),
        ]
        for row in sorted(marked, key=lambda row: (row["seen"], row["id"]))
    ]
    head = ["method", "marked", "kept", "never seen", "under-forgotten", "over-forgotten", "steps",
            "seconds"]  # fmt: skip
    return (
        "## Memorised passages, each its own\n\n"
        f"{len(marked)} of {len(first['passages'])} passages are forgotten, two of every number "
        "of readings. Memorisation accuracy: the share of tokens that the model would say by "
        "itself after the true ones before. *Never seen* is that of 64 texts of the same kind "
        "that no model was shown, under the unlearned model, with its standard deviation; a "
        "passage more than two of them above is under-forgotten, as far below over-forgotten.\n\n"
        f"{table(head, summary)}\n\nEach marked passage (▲ under-, ▼ over-forgotten):\n\n"
        f"{table(['passage', 'readings', 'before', *runs], each)}\n\n"
        f"{where(result['environment'])}\n"
    )


def _fate(run: dict[str, Any], record: str, after: float) -> str:
    mark = " ▲" if record in run["under_forgotten"] else ""
    return f"{after:.2f}{mark}" + (" ▼" if record in run["over_forgotten"] else "")


WHY = (
    "What the table shows: only retraining leaves nothing (it follows the seed of the bundled "
    "recipe, so it has one run). PMC, IDK and JensUn hide the facts: plain questions and samples "
    "give next to nothing, but a begun answer, relearning or a look inside brings most of them "
    "back. NPO, KL minimisation, SimNPO, WGA and other methods that push the true answers down "
    "let little be brought back, but leave the marked answers less familiar than answers nobody "
    "ever saw, so the trained attacker tells nearly all of them apart. Ascent, TA, the task "
    "vector, entropy and IDK by DPO, whose plain recall stays up, leak to most attacks."
)


def attacked(result: dict[str, Any]) -> str:
    """Every method under every attack: what came out of the unlearned model."""
    runs = {
        name: audited
        for name, all_runs in result["runs"].items()
        if (audited := [run["audit"] for run in all_runs if "audit" in run])
    }
    if not runs:
        return ""
    known = attacks()
    first = next(iter(runs.values()))[0]["findings"]
    names = [name for name in first if known[name].card.kind != "trace"]
    rows = [
        [method, _levels(audits), *(_got(audits, name, "unlearned") for name in names)]
        for method, audits in runs.items()
    ]
    sides = [
        [f"*{role}*", "", *(_got([next(iter(runs.values()))[0]], name, role) for name in names)]
        for role in ("original", "retrained")
    ]
    guessing = [f"{mean(_chances(runs, name)):.2f}" for name in names]
    head = ["method", "verdict", *(known[name].title.lower() for name in names)]
    return (
        "## Every method under attack\n\n"
        "Each result above attacked at the quick effort. Mean over seeds of what each attack "
        "reaches (facts recovered as a share; AUC of membership and of the trained attacker, where "
        "0.5 is no trace); \\* where it counts by the rules of the verdict "
        "([attacks.md](attacks.md)) with every seed, (\\*) with some. *Guessing* is what a model "
        "reaches that never knew, on average. A membership far below 0.5 betrays as well (the "
        f"records look less familiar than unseen ones) but has no star here.\n\n{WHY}\n\n"
        f"{table(head, [*sides, ['*guessing*', '', *guessing], *rows])}\n\n"
        f"{where(result['environment'])}\n"
    )


def _levels(audits: list[dict[str, Any]]) -> str:
    counts = Counter(audit["level"] for audit in audits)
    return ", ".join(level if len(counts) == 1 else f"{level} ({n})" for level, n in counts.items())


def _got(audits: list[dict[str, Any]], name: str, role: str) -> str:
    found = [a["findings"][name][role] for a in audits if role in a["findings"].get(name, {})]
    values = [one["value"] for one in found if one["value"] is not None]
    if not values:
        return "-"
    won = sum(one["succeeded"] for one in found)
    mark = " \\*" if won == len(found) else " (\\*)" if won else ""
    return f"{mean(values):.2f}{mark}"


def _chances(runs: dict[str, list[dict[str, Any]]], name: str) -> list[float]:
    found = [a["findings"][name]["unlearned"] for audits in runs.values() for a in audits]
    return [one["chance"] for one in found if one["chance"] is not None]


def defaults(result: dict[str, Any]) -> str:
    """The search behind the default sets."""
    rows = []
    for name, found in result["methods"].items():
        tried = [
            f"{_changed(run)} {run['score']:.3f}" + (" ←" if i == found["best"] else "")
            for i, run in enumerate(found["runs"])
        ]
        rows.append([name, ", ".join(tried)])
    return (
        "## How the default sets were chosen\n\n"
        f"By training signals alone, with seed {result['seed']}, on the bundled model: the "
        "harmonic mean of the share of the forget set that is gone (by greedy or sampled answers, "
        "whichever gives more away) and of the share of 80 kept training records still known. "
        "*As it was* is the default set before the search; it was changed where another was better "
        "by more than 0.02, to the one nearest to it within 0.02 of the best.\n\n"
        f"{table(['method', 'tried (← best)'], rows)}\n\n{where(result['environment'])}\n"
    )


def _changed(run: dict[str, Any]) -> str:
    changed = {**run["method"], **run["training"]}
    return ", ".join(f"{name} {value:g}" for name, value in changed.items()) or "as it was"


def known_truth(result: dict[str, Any]) -> str:
    """Every attack on models whose truth is known."""
    known = attacks()
    parts = []
    for check in result["checks"]:
        rows = [
            [known[name].title.lower(), known[name].card.kind,
             *(_judged(roles[role]) for role in ("original", "retrained", "refusing")),
             f"{sum(one['seconds'] for one in roles.values()):.1f}"]
            for name, roles in check["findings"].items()
        ]  # fmt: skip
        head = ["attack", "kind", "original", "retrained", "only refusing", "seconds (all three)"]
        faults = "; ".join(check["faults"]) or "none"
        parts.append(
            f"### {check['effort'].capitalize()}, seed {check['seed']}\n\n{table(head, rows)}\n\n"
            f"Against what the truth demands: {faults}. The verdict on the model that refuses: "
            f"*{check['headline']}*\n"
        )
    return (
        "## Attacks on models whose truth is known\n\n"
        "The original knows the marked facts, the retrained twin never saw them, and the third "
        "was only taught to refuse. Value, then the level of guessing and how often guessing alone "
        "does as well; \\* where the attack counts as successful.\n\n"
        + "\n".join(parts)
        + f"\n{where(result['environment'])}\n"
    )


def _judged(finding: dict[str, Any]) -> str:
    if finding["value"] is None:
        return "not tested"
    mark = " \\*" if finding["succeeded"] else ""
    if finding["chance"] is None or finding["p"] is None:
        return f"{finding['value']:.2f}{mark}"
    return f"{finding['value']:.2f} ({finding['chance']:.2f}, p {finding['p']:.4f}){mark}"


def tofu(result: dict[str, Any]) -> str:
    """TOFU: before and after."""
    before, after = result["unlearned"]["before"], result["unlearned"]["after"]
    rows = [
        [
            group,
            str(before[group]["records"]),
            *(f"{side[group]['rouge_l_recall']:.3f}" for side in (before, after)),
            *(share(side[group]["fact_recall"]) for side in (before, after)),
            *(f"{side[group]['log_likelihood']:.2f}" for side in (before, after)),
        ]
        for group in ("forget", "neighbours", "retain")
    ]
    head = [
        "group", "questions", "ROUGE-L before", "after", "known before", "after",
        "log-likelihood before", "after",
    ]  # fmt: skip
    leaks = f"{share(before['leak_share'])} → {share(after['leak_share'])}"
    return (
        "## TOFU: two authors unlearned\n\n"
        f"The bundled model was first taught {result['questions']['forget']} questions on two "
        f"authors and {result['questions']['retain']} on others. TOFU has no facts marked, so an "
        "answer counts as known from a ROUGE-L recall of 0.8 on. Log-likelihood in nats per "
        f"token. Leaks among 20 samples: {leaks}.\n\n{table(head, rows)}\n\n"
        f"{where(result['environment'])}\n"
    )


def own_secret(result: dict[str, Any]) -> str:
    """The guided path, walked with several secrets."""
    rows = []
    for name, walk in result["walks"].items():
        taught, after, attacks = walk["after_teaching"], walk["after_forgetting"], walk["attacks"]
        found = (one["known"] for one in (taught, after))
        others = (f"{one['other']} of {one['others']}" for one in (taught, after))
        rows.append(
            [
                name,
                *(f"{known} of {taught['n']}" for known in found),
                *others,
                f"{after['still']} of {after['kept']}",
                f"{attacks['found']} of {attacks['n']}",
                f"{walk['teaching_seconds']['total']:.0f}",
                f"{walk['forgetting_seconds']['total']:.0f}",
            ]
        )
    head = [
        "secret", "known once taught", "after forgetting", "in other words, taught", "after",
        "facts of the bundled people kept", "brought back by an attack", "teaching, s",
        "forgetting, s",
    ]  # fmt: skip
    return (
        "## Your own secret\n\n"
        "Three facts about an invented person, taught, forgotten and looked for, as the guided "
        "path does it. The attacks ask in other words, sample, and begin the answer, so facts that "
        "come back were hidden, not gone.\n\n"
        f"{table(head, rows)}\n\n{where(result)}\n"
    )


def main() -> None:
    """Write the page."""
    parts = [
        ("methods", forgetting),
        ("methods", methods),
        ("methods", attacked),
        ("known_truth", known_truth),
        ("passages", passages),
        ("evaluation", evaluation),
        ("steps", steps),
        ("memory", memory),
        ("defaults", defaults),
        ("pmc", pmc),
        ("sampling", sampling),
        ("columns", columns),
        ("page", page),
        ("tofu", tofu),
        ("own_secret", own_secret),
    ]
    found = [(make, recorded(name)) for name, make in parts]
    PAGE.write_text(
        "\n".join([HEAD, *(make(result) for make, result in found if result)]), encoding="utf-8"
    )
    print(f"{PAGE} has {sum(bool(result) for _, result in found)} of {len(found)} parts.")


if __name__ == "__main__":
    main()
