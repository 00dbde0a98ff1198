"""The recorded bundled runs: four people forgotten by each method at its defaults, three seeds.

Run: python -m benchmarks.forgetting
"""

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import torch

from benchmarks.common import environment, write_result
from unlearn_core.data.encoding import make_encoder
from unlearn_core.data.marks import Marks
from unlearn_core.demo.corpus import bundled_folder, default_forget_subjects, read_records
from unlearn_core.evaluation import Evaluator
from unlearn_core.models.describing import describe
from unlearn_core.models.loading import load
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.foreground import run_in_foreground
from unlearn_core.runs.spec import make_spec
from unlearn_core.runs.store import Store
from unlearn_core.sampling import CachedSampler

SHOWN = ("forget", "forget_paraphrased", "neighbours", "retain", "world")


def one_run(store: Store, method: str, seed: int, device: str) -> dict[str, Any]:
    """Run a method at its defaults on the default marks; the whole result."""
    model = ModelSpec(device=device)
    spec = make_spec(
        method,
        parameters=describe(model).parameters,
        model=model,
        marks=Marks(subjects=tuple(default_forget_subjects())),
        seed=seed,
    )
    run_id = store.create(
        spec.model_dump(mode="json"),
        kind="unlearn",
        name=f"{method} {seed}",
        device=device,
        owner=os.getpid(),
    )
    run_in_foreground(store, run_id, lambda _: None, lambda _: None)
    path = store.folder(run_id) / "result.json"
    result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    after = ModelSpec(source=str(store.model_folder(run_id)), device=device)
    unseen = {"before": unseen_wording_recall(model), "after": unseen_wording_recall(after)}
    return {**result, "unseen_wording": unseen}


def unseen_wording_recall(spec: ModelSpec) -> float:
    """Fact recall on the marked people in the wording that is no part of the corpus."""
    loaded = load(spec)
    encoder = make_encoder(loaded.tokenizer)
    sampler = CachedSampler(loaded.model, encoder.eos_ids, encoder.pad_id)
    evaluator = Evaluator(loaded.model, encoder, sampler, loaded.model.device, 48)
    people = default_forget_subjects()
    records = read_records(bundled_folder() / "unseen_wordings.jsonl")
    score = evaluator.score([record for record in records if record.subject in people])
    assert score is not None
    return score.fact_recall


def row(result: dict[str, Any]) -> str:
    """One line of the table: fact recall before and after, leaks, seconds."""
    before, after = result["before"], result["after"]
    recalls = "  ".join(
        f"{name} {100 * before[name]['fact_recall']:.1f} -> {100 * after[name]['fact_recall']:.1f}"
        for name in SHOWN
    )
    return (
        f"{recalls}  leaks {100 * before['leak_share']:.1f} -> {100 * after['leak_share']:.1f} %  "
        f"{result['steps']} steps  {result['seconds']['total']:.1f} s"
    )


def main() -> None:
    """Run every method with every seed, print a table, record the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--methods", nargs="+", default=["pmc", "gradient-ascent", "npo"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--record", default="forgetting", help="name under benchmarks/results")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    runs: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        for method in args.methods:
            for seed in args.seeds:
                result = one_run(store, method, seed, args.device)
                print(f"{method:16} seed {seed}  {row(result)}", flush=True)
                runs.setdefault(method, []).append({"seed": seed, **result})
    write_result(args.record, {"environment": environment(), "runs": runs})


if __name__ == "__main__":
    main()
