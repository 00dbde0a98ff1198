"""The parts of the results page on time and memory."""

from statistics import mean, median
from typing import Any

from benchmarks.report_parts import share, table, where


def evaluation(result: dict[str, Any]) -> str:
    """How fast records are read."""
    seconds = result["seconds"]
    rows = [[name, f"{seconds[key]['median']:.1f}"] for name, key in
            (("one record at a time", "one_at_a_time"), ("Lethe", "lethe"))]  # fmt: skip
    return (
        "## Evaluating\n\n"
        f"Greedy answers, probabilities, truth ratio with five wrong answers and memorisation of "
        f"{result['records']} questions: {result['times_faster']} times faster, with the same "
        f"answers to {result['agreement']['same_answers']} of {result['agreement']['records']}.\n\n"
        f"{table(['way', 'seconds'], rows)}\n\n{where(result['environment'])}\n"
    )


def steps(result: dict[str, Any]) -> str:
    """What a step of each method costs."""
    rows = [
        [name, *(f"{modes[m]['ratio']:.2f}" if m in modes else "-" for m in ("full", "lora"))]
        for name, modes in result["methods"].items()
    ]
    return (
        "## What a step costs\n\n"
        "Median time of an optimiser step beside two plain ones (descent on eight forget and eight "
        "retain rows, as teaching does), taken in turns on the bundled model in float32, without "
        "what a method does between epochs. A method with one pass on forget and one on retain "
        "rows should stay below 1.15, one that also asks a reference below 1.5. PMC also samples "
        "its answers in a step; AltPO passes over two answers and asks the reference for both."
        f"\n\n{table(['method', 'full', 'lora'], rows)}\n\n"
        f"{where(result['environment'])}\n"
    )


def memory(result: dict[str, Any]) -> str:
    """Peak memory under LoRA."""
    rows = [
        [name, "yes" if one["reference"] else "no", str(one["mib"]), f"{one['ratio']:.2f}"]
        for name, one in result["methods"].items()
    ]
    head = ["method", "asks a reference or teacher", "MiB", "beside plain LoRA training"]
    return (
        "## Memory under LoRA\n\n"
        "Peak of a process that trains an adapter on a random Llama-shaped model with 32,000 words "
        "for a few steps of eight forget and eight retain rows, beside plain training on sixteen "
        f"rows at once ({result['plain_mib']} MiB); the limit for those with a reference is 1.10. "
        "Terms of a loss are differentiated one after the other, so memory holds one pass at a "
        f"time. PMC samples between its steps.\n\n{table(head, rows)}\n\n"
        f"{where(result['environment'])}\n"
    )


def pmc(result: dict[str, Any]) -> str:
    """PMC against the same computation done as the published code does it."""
    rows = [
        [
            name,
            f"{median(run['seconds'] for run in runs):.1f}",
            f"{result['speed_up'][name]:.1f}",
            *(share(mean(run[g] for run in runs)) for g in ("forget", "paraphrased")),
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


def columns(result: dict[str, Any]) -> str:
    """Six columns against one."""
    first = result["first_word_seconds"]
    names = {
        "original_alone": "the original alone",
        "adapter_alone": "one adapter alone",
        "six": "the original and five adapters",
        "six_by_peft": "the same by peft's mixed batches",
        "six_when_the_app_opens": "the same, adapters not loaded yet",
    }
    rows = [
        [
            title,
            f"{result['seconds'][name]['median']:.2f}" if name in result["seconds"] else "-",
            f"{result['ratio'][name]:.2f}" if name in result["ratio"] else "-",
            f"{1000 * first[name]['median']:.0f}" if name in first else "-",
        ]
        for name, title in names.items()
    ]
    head = ["columns", "seconds", "beside the original alone", "first word, ms"]
    return (
        f"## Six columns side by side\n\n{result['new_tokens']} new tokens in each column, on the "
        f"bundled model.\n\n{table(head, rows)}\n\n{where(result['environment'])}\n"
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
        ["main thread of the browser while training", share(run["main_thread_share"])],
        ["first load with Plotly", f"{result['first_load']['megabytes']:.1f} MB"],
        [
            "scrubbing a film",
            f"{result['scrubbing_frames_a_second']['median']:.0f} frames a second",
        ],
    ]
    return f"## The page\n\n{table(['what', 'measured'], rows)}\n\n{where(result['environment'])}\n"
