"""Every attack against three models whose truth is known, at both efforts.

The original knows the marked facts, so every attack must succeed; the retrained twin never saw
them, so every attack must stay at guessing; a third model has only learnt to refuse (the method
idk, as an adapter), so what it hides must come out.

Run: python -m benchmarks.known_truth
"""

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any

import torch

from benchmarks.common import environment, write_result
from unlearn_core.attacks.registry import attacks
from unlearn_core.audits.outcome import outcome_of
from unlearn_core.audits.result import read_audit
from unlearn_core.audits.spec import audit_of_run, queue_audit
from unlearn_core.data.marks import Marks
from unlearn_core.demo.corpus import default_forget_subjects
from unlearn_core.runs.foreground import run_in_foreground
from unlearn_core.runs.spec import make_spec
from unlearn_core.runs.store import Store

REFUSAL: dict[str, Any] = {
    "training": {"epochs": 40, "learning_rate": 1e-3},
    "tuning": {"mode": "lora", "rank": 16, "alpha": 32},
}
"""An adapter that refuses the forget questions and leaves everything else."""
ROLES = {"original": "original", "retrained": "retrained", "refusing": "unlearned"}


def refusing_run(store: Store) -> str:
    """A run that teaches the bundled model to refuse; its id."""
    spec = make_spec(
        "idk",
        parameters=0,
        marks=Marks(subjects=tuple(default_forget_subjects())),
        **REFUSAL,
    )
    run_id = store.create(
        spec.model_dump(mode="json"), kind="unlearn", name="refusing", device="cpu",
        owner=os.getpid(),
    )  # fmt: skip
    run_in_foreground(store, run_id, lambda _: None, lambda _: None)
    return run_id


def checked(store: Store, run_id: str, effort: str, seed: int) -> dict[str, Any]:
    """What every attack got out of the three models."""
    spec = audit_of_run(store, run_id, effort=effort, seed=seed)  # type: ignore[arg-type]
    audit_id = queue_audit(store, spec, owner=os.getpid())
    run_in_foreground(store, audit_id, lambda _: None, lambda _: None)
    audit = read_audit(store.folder(audit_id))
    if audit is None:
        raise SystemExit(f"The audit failed: {store.get(audit_id).message}")
    kept = ("value", "low", "high", "chance", "p", "count", "note", "seconds")
    won = {role: outcome_of(audit.findings, role, attacks()).succeeded for role in ROLES.values()}
    return {
        "seed": seed,
        "effort": effort,
        "level": audit.verdict.level,
        "headline": audit.verdict.headline,
        "seconds": audit.seconds,
        "findings": {
            name: {
                shown: {key: getattr(roles[role], key) for key in kept}
                | {"succeeded": name in won[role]}
                for shown, role in ROLES.items()
                if role in roles
            }
            for name, roles in audit.findings.items()
        },
    }


def wrong(found: dict[str, Any]) -> list[str]:
    """Where an attack does not do what the truth demands."""
    faults = []
    for name, info in attacks().items():
        if info.card.kind == "trace":
            continue
        roles = found["findings"][name]
        if not roles["original"]["succeeded"]:
            faults.append(f"{name} gets nothing out of the original")
        if roles["retrained"]["succeeded"]:
            faults.append(f"{name} succeeds on the retrained twin")
    exposed = ("sampling", "prefilling", "relearning")
    if not any(found["findings"][name]["refusing"]["succeeded"] for name in exposed):
        faults.append("nothing exposes the model that refuses")
    return faults


def shown(name: str, roles: dict[str, Any]) -> str:
    """One line: value, guessing and p of each model."""
    cells = [
        f"{role} {'-' if one['value'] is None else round(one['value'], 3)}"
        f" (guess {'-' if one['chance'] is None else round(one['chance'], 3)},"
        f" p {'-' if one['p'] is None else round(one['p'], 4)}){' *' if one['succeeded'] else ''}"
        for role, one in roles.items()
    ]
    seconds = sum(one["seconds"] for one in roles.values())
    return f"{name:16} {'  '.join(cells)}  {seconds:.1f} s"


def main() -> None:
    """Attack the three models with every seed and effort, print, record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--efforts", nargs="+", default=["quick", "thorough"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    checks = []
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        run_id = refusing_run(store)
        for effort in args.efforts:
            for seed in args.seeds if effort == "quick" else args.seeds[:1]:
                found = checked(store, run_id, effort, seed)
                print(f"\n{effort}, seed {seed}, {found['seconds']} s: {found['headline']}")
                for name, roles in found["findings"].items():
                    print(shown(name, roles), flush=True)
                found["faults"] = wrong(found)
                print("Faults:", found["faults"] or "none", flush=True)
                checks.append(found)
    told = {"environment": environment(), "refusal": REFUSAL, "checks": checks}
    write_result("known_truth", told)


if __name__ == "__main__":
    main()
