"""Make the recorded runs that ship with the app, by the app itself, on the bundled model.

Each is a real run with seed 0 that is measured after every step; the first is attacked as well.
Settings, versions, machine and date are kept in each folder of `assets/recorded`.

Run: python -m tools.recordings [NAME ...]
"""

import argparse
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from unlearn_core.audits.recorded import write_recorded_audit
from unlearn_core.audits.result import read_audit
from unlearn_core.audits.spec import audit_of_run, queue_audit
from unlearn_core.data.marks import Marks
from unlearn_core.demo.corpus import default_forget_subjects
from unlearn_core.models.describing import describe
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.foreground import run_in_foreground
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.recorded import RECORDED_FOLDER, write_recording
from unlearn_core.runs.spec import RunSpec, make_spec
from unlearn_core.runs.store import Store
from unlearn_core.settings.measuring import MeasureSpec

SEED = 0
MEASURE = MeasureSpec(every=1, live_records=40)


@dataclass(frozen=True)
class Recipe:
    """A run to be recorded: a method on the four default people, and what differs from defaults."""

    method: str
    name: str
    training: Mapping[str, Any] = field(default_factory=dict)
    attacked: bool = False


RECIPES = {
    "pmc": Recipe("pmc", "Partial Model Collapse on four people", attacked=True),
    "gradient-ascent": Recipe(
        "gradient-ascent",
        "Gradient ascent without its stop rule: the model breaks",
        {
            "stop_forget_recall": None,
            "stop_retain_recall": None,
            "learning_rate": 3e-4,
            "epochs": 16,
        },
    ),
    "idk": Recipe("idk", "Taught to refuse, on four people"),
}


def spec_of(recipe: Recipe) -> RunSpec:
    """The recipe's whole run."""
    model = ModelSpec(device="cpu")
    return make_spec(
        recipe.method,
        parameters=describe(model).parameters,
        training=recipe.training,
        measure=MEASURE,
        model=model,
        marks=Marks(subjects=default_forget_subjects()),
        name=recipe.name,
        seed=SEED,
    )


def done(store: Store, run_id: str) -> RunInfo:
    """Do a queued run here, to its end."""
    info = run_in_foreground(store, run_id, lambda _: None, lambda _: None)
    if info.state != "done":
        raise SystemExit(f"{info.name} ended as {info.state}: {info.message}")
    return info


def record(name: str, recipe: Recipe, store: Store) -> None:
    """Run, attack where wanted, and write the recording."""
    spec = spec_of(recipe)
    run_id = store.create(
        spec.model_dump(mode="json"),
        kind=spec.kind,
        name=spec.name,
        device=spec.model.device,
        owner=os.getpid(),
    )
    info = done(store, run_id)
    target = RECORDED_FOLDER / name
    write_recording(info, store.events(run_id), store.folder(run_id), target)
    if recipe.attacked:
        audit_id = queue_audit(store, audit_of_run(store, run_id), owner=os.getpid())
        done(store, audit_id)
        audit = read_audit(store.folder(audit_id))
        if audit is None:
            raise SystemExit(f"{recipe.name}: the attacks found nothing to record.")
        write_recorded_audit(audit, target)
    size = sum(path.stat().st_size for path in target.iterdir())
    print(f"{target}: {info.step} steps, {size / 1000:.0f} kB", flush=True)


def main() -> None:
    """Record all, or the named ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(RECIPES)}; all if none is named")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        for name in args.names or RECIPES:
            record(name, RECIPES[name], store)
        store.close()


if __name__ == "__main__":
    main()
