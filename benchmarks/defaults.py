"""The search behind the default sets for the bundled model: on training signals alone.

Each method runs with its default set and with twice its learning rate; where that is better also
with four times, else with half of it; and where another setting decides how far it goes, with other
values of that. A run is judged by the records it trained on:
the harmonic mean of the share of the forget set that is gone (by greedy or by sampled answers,
whichever gives more away) and of the share of kept records that is still known. Neither other
phrasings nor neighbours, world, unseen people or the twin are looked at. A default set is changed
only for a gain of more than 0.02: this is one seed.

Run: python -m benchmarks.defaults, or in parts with --methods and --record
"""

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any

import torch

from benchmarks.common import environment, write_result
from unlearn_core.data.marks import Marks
from unlearn_core.demo.corpus import default_forget_subjects
from unlearn_core.methods import registry
from unlearn_core.methods.base import MethodInfo
from unlearn_core.models.describing import describe
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.foreground import run_in_foreground
from unlearn_core.runs.result import read_result
from unlearn_core.runs.spec import make_spec
from unlearn_core.runs.store import Store

SEED = 7
"""None of those whose results are recorded."""
MEASURED = {"final_records": 80, "leak_samples": 5, "cost_share": 0.02, "probes": 0, "watched": 1}
DIALS: dict[str, tuple[str, tuple[float, ...]]] = {
    "task-vector": ("alpha", (8.0, 12.0)),
    "ta": ("coefficient", (-1.5, -6.0)),
    "tau": ("coefficient", (-2.0, -4.0)),
    "whp-decoding": ("alpha", (6.0, 24.0)),
    "flat": ("retain_weight", (0.5,)),
}
UNTRAINED = ("in-context", "retrain")
Candidate = tuple[dict[str, Any], dict[str, Any]]
"""Settings of the method and of training that differ from its default set."""


def search(store: Store, info: MethodInfo, device: str) -> list[dict[str, Any]]:
    """The default set first, then what is tried beside it."""
    rate = info.small.training["learning_rate"]

    def at(factor: float) -> dict[str, Any]:
        return tried(store, info, ({}, {"learning_rate": float(f"{factor * rate:.3g}")}), device)

    runs = [tried(store, info, ({}, {}), device), at(2)]
    runs.append(at(4) if runs[1]["score"] > runs[0]["score"] else at(0.5))
    name, values = DIALS.get(info.name, ("", ()))
    return runs + [tried(store, info, ({name: value}, {}), device) for value in values]


def tried(store: Store, info: MethodInfo, candidate: Candidate, device: str) -> dict[str, Any]:
    """One run and its score."""
    model, (method, training) = ModelSpec(device=device), candidate
    spec = make_spec(
        info.name,
        parameters=describe(model).parameters,
        model=model,
        marks=Marks(subjects=tuple(default_forget_subjects())),
        method_config=method,
        training=training,
        measure=MEASURED,
        seed=SEED,
    )
    run_id = store.create(
        spec.model_dump(mode="json"), kind="unlearn", name=info.name, device=device,
        owner=os.getpid(),
    )  # fmt: skip
    run_in_foreground(store, run_id, lambda _: None, lambda _: None)
    result = read_result(store.folder(run_id))
    told = {"method": method, "training": training}
    store.delete(run_id)
    if result is None:
        return {**told, "score": 0.0, "failed": True}
    after = result.after
    gone = 1 - max(after.groups["forget"].fact_recall, after.leak_share or 0.0)
    kept = after.groups["retain"].fact_recall
    score = 2 * gone * kept / (gone + kept) if gone + kept else 0.0
    return {**told, "gone": gone, "kept": kept, "steps": result.steps, "score": score}


def main() -> None:
    """Search for every method, print a line each, record."""
    known = [name for name in registry.methods() if name not in UNTRAINED]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--methods", nargs="+", default=known)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--record", default="defaults", help="name under benchmarks/results")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    searched: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        for name in args.methods:
            info = registry.method(name)
            runs = search(store, info, args.device)
            best = max(range(len(runs)), key=lambda i: (round(runs[i]["score"], 3), -i))
            searched[name] = {"runs": runs, "best": best}
            shown = [f"{r['method'] or r['training'] or 'default'} {r['score']:.3f}" for r in runs]
            print(f"{name:16} best {best}: {', '.join(shown)}", flush=True)
            told = {"environment": environment(args.device), "seed": SEED, "measured": MEASURED}
            write_result(args.record, {**told, "methods": searched})


if __name__ == "__main__":
    main()
