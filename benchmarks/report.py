"""Turn the recorded results into `docs/results.md`, so that no figure is written by hand.

Run: python -m benchmarks.report
"""

import json
from collections.abc import Iterable
from pathlib import Path
from statistics import mean, median
from typing import Any

from benchmarks.common import RESULTS
from unlearn_core.methods import registry

PAGE = Path(__file__).parents[1] / "docs" / "results.md"
GROUPS = {
    "forget": "forget",
    "forget_paraphrased": "forget, other phrasings",
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


def recorded(name: str) -> dict[str, Any] | None:
    """A result file, if it has been recorded."""
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *map(list, rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def where(environment: dict[str, Any]) -> str:
    """One line on how and where a result was recorded."""
    return (
        f"`{environment['command']}`, {environment['device']} ({environment['cpu']}), "
        f"{environment['threads']} threads, torch {environment['versions']['torch']}, "
        f"{environment['date'][:10]}."
    )


def share(value: float | None) -> str:
    """A share as a percentage."""
    return "-" if value is None else f"{100 * value:.1f} %"


def forgetting(result: dict[str, Any]) -> str:
    """Every bundled run, then what the sampled answers say."""
    head = ["method", "seed", *GROUPS.values(), "unseen orders", "leaks", "steps", "seconds"]
    rows = []
    for method, runs in result["runs"].items():
        for run in runs:
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
        "has.\n\n"
        f"{table(head, rows)}\n\n{where(result['environment'])}\n"
    )


def methods(result: dict[str, Any]) -> str:
    """Every method once at its defaults on the same marks, and what limits it."""
    known = registry.methods()
    head = ["method", *GROUPS.values(), "leaks", "steps", "seconds", "GiB"]
    rows, limits = [], []
    for name, runs in result["runs"].items():
        for run in runs:
            after = run["after"]
            cells = [share(after[group]["fact_recall"]) for group in GROUPS]
            memory = f"{run['peak_memory_bytes'] / 2**30:.2f}"
            seconds = f"{run['seconds']['total']:.1f}"
            rows.append(
                [name, *cells, share(after["leak_share"]), str(run["steps"]), seconds, memory]
            )
        limits.append(f"- **{name}**: {known[name].card.fails}")
    first = next(iter(result["runs"].values()))[0]
    before = ", ".join(
        f"{label} {share(first['before'][group]['fact_recall'])}" for group, label in GROUPS.items()
    )
    seeds = sorted({run["seed"] for runs in result["runs"].values() for run in runs})
    return (
        "## Every method on the same four people\n\n"
        f"Facts still known after unlearning, each method at its defaults for the bundled model, "
        f"seeds {', '.join(map(str, seeds))}. Before: {before}, leaks "
        f"{share(first['before']['leak_share'])}. The defaults of PMC were chosen by many runs on "
        "these marks, those of the others by at most four each, so the table compares defaults, "
        "not methods at their best.\n\n"
        f"{table(head, rows)}\n\nWhat limits each:\n\n"
        + "\n".join(limits)
        + f"\n\n{where(result['environment'])}\n"
    )


def pmc(result: dict[str, Any]) -> str:
    """PMC against the same computation done as the published code does it."""
    rows = [
        [
            name,
            f"{median(run['seconds'] for run in runs):.1f}",
            f"{result['speed_up'][name]:.1f}",
            *(share(mean(run[g] for run in runs)) for g in list(GROUPS)[:2]),
            share(mean(run["retain"] for run in runs)),
        ]
        for name, runs in result["runs"].items()
    ]
    head = ["way", "seconds", "times faster", "forget", "other phrasings", "retain"]
    return (
        "## PMC's speed\n\n"
        f"{result['questions']} questions, n 5, {result['settings']['epochs']} epochs, full "
        "fine-tuning, against every row padded to 200 tokens, `generate` on repeated "
        f"prompts and a logging pass.\n\n{table(head, rows)}\n\n{where(result['environment'])}\n"
    )


def page(result: dict[str, Any]) -> str:
    """The app's own speed."""
    start, run = result["cold_start"], result["run"]
    rows = [
        ["import gradio, torch, transformers", f"{start['import_seconds']['median']:.1f} s"],
        ["start of the app to a usable page", f"{start['start_seconds']['median']:.1f} s"],
        ["ratio of the two", f"{start['ratio']}"],
        ["press to first chart point", f"{run['first_point_seconds']['median']:.1f} s"],
        ["press to the end of the story", f"{run['whole_story_seconds']['median']:.1f} s"],
        ["control reaction while training, median", f"{run['reactions_ms']['median']} ms"],
        ["control reaction while training, p95", f"{run['reactions_ms']['p95']} ms"],
    ]
    return f"## The page\n\n{table(['what', 'time'], rows)}\n\n{where(result['environment'])}\n"


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


def sampling(result: dict[str, Any]) -> str:
    """Useful tokens per second of sampling."""
    rows = []
    for case in result["measured"]:
        speeds, faster = case["useful_tokens_per_second"], case["times_faster"]
        rows.append(
            [
                f"{case['model']}, n {case['n']}",
                *(f"{speed['median']:.0f}" for speed in speeds.values()),
                *(f"{value:.1f}" for value in faster.values()),
            ]
        )
    first = result["measured"][0]
    head = ["model", *first["useful_tokens_per_second"]]
    head += [f"{name}, times" for name in first["times_faster"]]
    settings = ", ".join(f"{name} {value}" for name, value in result["spec"].items())
    return (
        "## Sampling, useful tokens a second\n\nAgainst `generate` with repeated prompts, "
        f"8 prompts a call; {settings}.\n\n{table(head, rows)}\n\n{where(result)}\n"
    )


def main() -> None:
    """Write the page."""
    parts = {
        "forgetting": forgetting,
        "methods": methods,
        "pmc": pmc,
        "sampling": sampling,
        "page": page,
        "tofu": tofu,
    }
    found = [(make, recorded(name)) for name, make in parts.items()]
    PAGE.write_text(
        "\n".join([HEAD, *(make(result) for make, result in found if result)]), encoding="utf-8"
    )
    print(f"{PAGE} has {sum(bool(result) for _, result in found)} of {len(found)} parts.")


if __name__ == "__main__":
    main()
