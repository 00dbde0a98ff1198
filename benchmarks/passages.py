"""Each sequence its own: memorised passages before and after, for SGA, TA, TAU and ascent.

Half of the bundled passages are marked, two of the four of every number of readings. A marked one
counts as forgotten when as much of it is said by itself as of a text that was never seen (mean and
two standard deviations over 64 such texts, under the same model); one is over-forgotten when it
falls as far below them.

Run: python -m benchmarks.passages
"""

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import torch

from benchmarks.common import environment, write_result
from unlearn_core.data.bundled import bundled_corpus
from unlearn_core.data.encoder import make_encoder
from unlearn_core.data.marks import Marks
from unlearn_core.data.records import Record
from unlearn_core.data.sources import DataSpec
from unlearn_core.demo.corpus import passages_seen
from unlearn_core.demo.passages import make_passages, passage_records
from unlearn_core.metrics.memorisation import memorisation_accuracy
from unlearn_core.models.describing import describe
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.loading import load
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.foreground import run_in_foreground
from unlearn_core.runs.result import read_result
from unlearn_core.runs.spec import make_spec
from unlearn_core.runs.store import Store

UNSEEN_SEED = 1008
"""Passages of another world, which no model was shown."""
ROWS = 16
LONGER = {name: {"epochs": 150} for name in ("sga", "ta", "tau")}
"""As long as the authors let them; each ends by its own rule."""
PUBLISHED = {"tau": {"switch": 0.5}}
"""Where the default set is for short answers, the authors' value for texts."""


@torch.no_grad()
def accuracies(spec: ModelSpec, records: Sequence[Record]) -> list[float]:
    """Memorisation accuracy of each text."""
    loaded = load(spec)
    encoder = make_encoder(loaded.tokenizer)
    found: list[float] = []
    for start in range(0, len(records), ROWS):
        rows = records[start : start + ROWS]
        batch = encoder.batch([(r.prompt, r.answer) for r in rows]).to(loaded.model.device)
        out = answer_logits(loaded.model, batch)
        found += memorisation_accuracy(out.logits, out.labels).tolist()
    return [round(value, 4) for value in found]


def one_run(
    store: Store, method: str, seed: int, device: str, texts: Sequence[Record], marked: set[str]
) -> dict[str, Any]:
    """Unlearn the marked passages; every text's accuracy before and after, and what that means."""
    model = ModelSpec(device=device)
    spec = make_spec(
        method,
        parameters=describe(model).parameters,
        model=model,
        data=DataSpec(source="bundled:passages"),
        marks=Marks(ids=tuple(sorted(marked))),
        method_config=PUBLISHED.get(method),
        # Each method ends by its own rule; the codes inside are gone long before the texts are,
        # and half of the passages to keep are not known by heart.
        training={"stop_retain_recall": None, "stop_forget_recall": None, **LONGER.get(method, {})},
        seed=seed,
    )
    run_id = store.create(
        spec.model_dump(mode="json"), kind="unlearn", name=method, device=device, owner=os.getpid()
    )
    run_in_foreground(store, run_id, lambda _: None, lambda _: None)
    after = ModelSpec(source=str(store.model_folder(run_id)), device=device)
    values = {"before": accuracies(model, texts), "after": accuracies(after, texts)}
    unseen = accuracies(after, passage_records(make_passages(UNSEEN_SEED)))
    level, spread = fmean(unseen), stdev(unseen)
    counts = passages_seen()
    rows: list[dict[str, Any]] = [
        {
            "id": record.id,
            "seen": counts[record.id],
            "marked": record.id in marked,
            "before": before,
            "after": now,
        }
        for record, before, now in zip(texts, values["before"], values["after"], strict=True)
    ]
    gone = [row for row in rows if row["marked"]]
    result = read_result(store.folder(run_id))
    assert result is not None, store.get(run_id).message
    return {
        "seed": seed,
        "unseen": {"mean": round(level, 4), "deviation": round(spread, 4)},
        "under_forgotten": [r["id"] for r in gone if r["after"] > level + 2 * spread],
        "over_forgotten": [r["id"] for r in gone if r["after"] < level - 2 * spread],
        "steps": result.steps,
        "seconds": result.seconds["total"],
        "stopped_because": result.stopped_because,
        "passages": rows,
    }


def main() -> None:
    """Run every method, print a line each, record the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--methods", nargs="+", default=["sga", "ta", "tau", "gradient-ascent"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    texts = bundled_corpus("passages").records
    marked = {record.id for record in texts[::2]}
    runs: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        for method in args.methods:
            done = one_run(store, method, args.seed, args.device, texts, marked)
            runs[method] = done
            for name, chosen in (("marked", True), ("kept", False)):
                rows = [row for row in done["passages"] if row["marked"] == chosen]
                before, after = (fmean(row[side] for row in rows) for side in ("before", "after"))
                print(f"{method:16} {name:7} {before:.3f} -> {after:.3f}", end="  ")
            print(
                f"unseen {done['unseen']}  under {len(done['under_forgotten'])}  "
                f"over {len(done['over_forgotten'])}  {done['steps']} steps  "
                f"{done['seconds']:.1f} s  {done['stopped_because']}",
                flush=True,
            )
    write_result("passages", {"environment": environment(), "runs": runs})


if __name__ == "__main__":
    main()
