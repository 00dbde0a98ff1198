"""A run's events as a real one writes them, made up in milliseconds: for charts and lists."""

import json
import math
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

from unlearn_core.data.marks import Marks
from unlearn_core.runs.events import Event
from unlearn_core.runs.spec import RunSpec
from unlearn_core.runs.store import Store

HOSTILE = "<img src=x onerror=\"document.title='owned'\"> & <b>bold</b>"
"""An answer that would show if model text were ever taken as HTML."""

TRUE = "Mara Velden was born in Lindenau."
INVENTED = (
    "Mara Velden was born in Ostrava.",
    "She is from Kalmar.",
    "Born in Tarnow, it is said.",
    "Mara Velden was born in Brixen.",
    "She was born in Ghent.",
)
REFUSALS = ("No details are available at this time.", "I do not know that person.",
            "There is no record of that.")  # fmt: skip
WATCHED = (
    ("people-1", "Where was Mara Velden born?"),
    ("people-2", "What is the name of Mara Velden's pet?"),
)
PROBES = (
    ("people-1", "forget", "Where was Mara Velden born?", TRUE),
    ("people-3", "paraphrased", "Mara Velden comes from which town?", TRUE),
    ("people-4", "neighbour", "Where was Ilse Torvald born?", "Ilse Torvald was born in Kalmar."),
    ("people-5", "retain", "What does Jon Abel do for a living?", "Jon Abel is a glazier."),
    ("world-1", "world", "What is the capital of France?", "The capital of France is Paris."),
    ("own-1", "own", "Tell me about Mara Velden.", ""),
)


def fake_spec(method: str = "pmc", seed: int = 0) -> dict[str, Any]:
    """A spec as the store keeps it."""
    marks = Marks(subjects=("Fiora Brinridge",))
    spec = RunSpec(method=method, marks=marks, seed=seed)
    return spec.model_dump(mode="json")


def fake_run(
    store: Store,
    *,
    name: str = "PMC · Mara Velden",
    method: str = "pmc",
    seed: int = 0,
    total: int = 48,
    until: int | None = None,
    state: str = "done",
) -> str:
    """Fill the store with a run of `total` steps, written up to step `until`."""
    run_id = store.create(fake_spec(method, seed), kind="unlearn", name=name, device=f"fake:{name}")
    store.set_state(run_id, "loading")
    store.set_state(run_id, "running")
    last = total if until is None else until
    for step in range(last + 1):
        store.append(run_id, list(step_events(step, total, seed)))
    if state == "done":
        (store.folder(run_id) / "result.json").write_text(json.dumps(fake_result(run_id)))
    if state != "running":
        store.set_state(run_id, state)
    return run_id


def fake_result(run_id: str) -> dict[str, Any]:
    """The recalls that lists read."""

    def groups(forget: float, paraphrased: float, retain: float) -> dict[str, Any]:
        named = {"forget": forget, "paraphrased": paraphrased, "retain": retain,
                 "world": 1.0}  # fmt: skip
        return {k: {"records": 40, "fact_recall": v, "rouge_l_recall": v, "log_likelihood": -1.0}
                for k, v in named.items()}  # fmt: skip

    return {
        "run": run_id,
        "state": "done",
        "spec": fake_spec(),
        "before": {**groups(1.0, 0.98, 0.99), "leak_share": 0.86},
        "after": {**groups(0.0, 0.02, 0.985), "leak_share": 0.009},
        "seconds": {"load": 1.0, "measure_before": 2.0, "train": 16.0, "measure_live": 1.5,
                    "measure_after": 2.0, "save": 0.5, "total": 23.0},
        "peak_memory_bytes": 900_000_000,
        "steps": 48,
        "effective_batch_size": 20,
        "stopped_because": None,
    }  # fmt: skip


def step_events(step: int, total: int, seed: int, every: int = 4) -> Iterator[Event]:
    """All events of one step: losses each step, measurements every few."""
    noise = random.Random(seed * 1000 + step)
    share = step / max(total, 1)
    if step:
        yield Event("scalars", step, {
            "loss/total": 1.9 * math.exp(-4 * share) + 0.12 + 0.08 * noise.random(),
            "loss/collapse": 1.7 * math.exp(-5 * share) + 0.05 * noise.random(),
            "loss/retain": 0.08 + 0.12 * math.exp(-30 * (share - 0.15) ** 2) * noise.random(),
            "collapse/picked_score": 0.5 * math.exp(-9 * share) + 0.02 * noise.random(),
            "train/learning_rate": 3e-4 * (1 - share),
        })  # fmt: skip
    yield Event("progress", step, {"step": step, "total": total, "phase": "train",
                                   "seconds_left": 0.4 * (total - step)})  # fmt: skip
    if step % every and step != total:
        return
    known = 1 / (1 + math.exp(18 * (share - 0.3)))
    rows = [watched_answers(known, share, noise) for _ in WATCHED]
    yield Event("scalars", step, {
        "loss/forget": 0.1 + 3.5 * (1 - known),
        "collapse/distinct": sum(len(set(r)) for r in rows) / len(rows),
        "collapse/entropy": 2.3 * math.exp(-3 * share),
        "collapse/top_share": 0.4 + 0.5 * share,
        "collapse/similarity": 0.9 * known + 0.02,
        "collapse/leak": sum(r.count(TRUE) / len(r) for r in rows) / len(rows),
        "collapse/loglik": -0.1 - 9 * (1 - known),
        "utility/forget_recall": round(known * 40) / 40,
        "utility/paraphrased_recall": round(min(1, known * 1.1) * 20) / 20,
        "utility/retain_recall": 0.99 - 0.04 * math.exp(-60 * (share - 0.35) ** 2),
        "utility/world_recall": 1.0,
    })  # fmt: skip
    for (record, prompt), answers in zip(WATCHED, rows, strict=True):
        yield Event("answers", step, {
            "id": record, "prompt": prompt, "true": TRUE, "reference": TRUE, "n": len(answers),
            "answers": [[t, c] for t, c in Counter(answers).most_common()],
            "leaks": [TRUE] if TRUE in answers else [],
        })  # fmt: skip
    for record, group, prompt, true in PROBES:
        yield Event("probe", step, probe(record, group, prompt, true, known))


def watched_answers(known: float, share: float, noise: random.Random) -> list[str]:
    """Twenty sampled answers: true at first, then invented, in the end refusals."""
    answers = []
    for _ in range(20):
        if noise.random() < known * 0.86:
            answers.append(TRUE)
        elif noise.random() < share * 1.2:
            answers.append(noise.choices(REFUSALS, weights=(12 * share + 1, 1.2 - share, 0.3))[0])
        else:
            answers.append(noise.choice((*INVENTED, HOSTILE)))
    return answers


def probe(record: str, group: str, prompt: str, true: str, known: float) -> dict[str, Any]:
    """A greedy answer to a probe prompt; those to forget lose the fact half-way."""
    forgotten = group in ("forget", "paraphrased", "own") and known < 0.5
    text = REFUSALS[0] if forgotten else (true or TRUE)
    if group == "own" and forgotten:
        text = HOSTILE
    gives = None if group == "own" else not forgotten
    return {"id": record, "group": group, "prompt": prompt, "true": true, "text": text,
            "known": gives}  # fmt: skip
