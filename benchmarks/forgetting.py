"""The recorded bundled runs: four people forgotten by each method at its defaults, three seeds.

With --attack every result is attacked as well, by all attacks at the quick effort.

Run: python -m benchmarks.forgetting --attack, or in parts with --seeds, --methods and --add
"""

import argparse
import json
import math
import os
import tempfile
from pathlib import Path
from statistics import fmean
from typing import Any

import torch
from torch.special import entr

from benchmarks.common import RESULTS, environment, write_result
from unlearn_core.attacks.registry import attacks
from unlearn_core.audits.outcome import outcome_of
from unlearn_core.audits.result import read_audit
from unlearn_core.audits.spec import audit_of_run, queue_audit
from unlearn_core.audits.verdict import STILL_KNOWN
from unlearn_core.data.batches import IGNORED
from unlearn_core.data.bundled import bundled_corpus
from unlearn_core.data.encoder import make_encoder
from unlearn_core.data.marks import Marks
from unlearn_core.demo.corpus import bundled_folder, default_forget_subjects, read_records
from unlearn_core.evaluation.evaluator import Evaluator
from unlearn_core.evaluation.readings import read_records as read_all
from unlearn_core.methods import registry
from unlearn_core.metrics.leak import knows
from unlearn_core.models.describing import describe
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.loading import load_answering
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.foreground import run_in_foreground
from unlearn_core.runs.spec import make_spec
from unlearn_core.runs.store import Store
from unlearn_core.sampling.tree import TreeSampler

LONG = ("retrain",)
"""Methods that take many minutes; recorded when asked for by name."""
SHOWN = ("forget", "paraphrased", "neighbours", "retain", "world")


def one_run(
    store: Store, method: str, seed: int, device: str, attacked: bool = False
) -> dict[str, Any]:
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
    distance = {"before": twin_distance(model), "after": twin_distance(after)}
    found = {**result, "unseen_wording": unseen, "twin_distance": distance}
    return {**found, "audit": audited(store, run_id, result)} if attacked else found


def audited(store: Store, run_id: str, result: dict[str, Any]) -> dict[str, Any]:
    """The verdict on a run's model, and what every attack got out of it.

    The run has been measured, so the audit only attacks; what is simply asked it takes from there.
    """
    spec = audit_of_run(store, run_id).model_copy(update={"measuring": False})
    audit_id = queue_audit(store, spec, owner=os.getpid())
    run_in_foreground(store, audit_id, lambda _: None, lambda _: None)
    audit = read_audit(store.folder(audit_id))
    if audit is None:
        raise SystemExit(f"The audit of {run_id} failed: {store.get(audit_id).message}")
    kept = ("value", "low", "high", "chance", "p", "count", "note")
    known = result["after"]["forget"]["fact_recall"] >= STILL_KNOWN
    roles = [model.role for model in audit.models]
    won = {role: outcome_of(audit.findings, role, attacks()).succeeded for role in roles}
    return {
        "level": "known" if known else audit.verdict.level,
        "findings": {
            name: {
                role: {key: getattr(finding, key) for key in kept}
                | {"succeeded": name in won[role], "seconds": finding.seconds}
                for role, finding in roles.items()
            }
            for name, roles in audit.findings.items()
        },
    }


def unseen_wording_recall(spec: ModelSpec) -> float:
    """Fact recall on the marked people in the wording that is no part of the corpus."""
    asked = load_answering(spec)
    encoder = make_encoder(asked.tokenizer, preface=asked.preface)
    sampler = TreeSampler(asked.model, encoder.eos_ids, encoder.pad_id)
    evaluator = Evaluator(asked.model, encoder, sampler, asked.model.device, 48)
    people = default_forget_subjects()
    records = read_records(bundled_folder() / "unseen_wordings.jsonl")
    chosen = [record for record in records if record.subject in people]
    readings = read_all(evaluator, chosen, others=False)
    return fmean(knows(one.answer, one.record) for one in readings)


def twin_distance(spec: ModelSpec) -> float:
    """How far a model's words are from the retrained twin's where the marked facts are asked.

    Mean Jensen-Shannon divergence, in bits (0 alike, 1 nothing in common), between the two
    distributions of the next token, over the tokens of the true answers.
    """
    ours = answer_probabilities(spec)
    theirs = answer_probabilities(ModelSpec(source="bundled:retrained", device=spec.device))
    middle = (ours + theirs) / 2
    divergence = (entr(middle) - (entr(ours) + entr(theirs)) / 2).sum(dim=-1) / math.log(2)
    return round(float(divergence.mean()), 4)


@torch.no_grad()
def answer_probabilities(spec: ModelSpec) -> torch.Tensor:
    """(tokens of all true answers, V) distribution of the next token before each."""
    asked = load_answering(spec)
    encoder = make_encoder(asked.tokenizer, preface=asked.preface)
    people = set(default_forget_subjects())
    records = [r for r in bundled_corpus("people").records if r.subject in people]
    first = [r for r in records if r.id.count("-") == 1]
    batch = encoder.batch([(r.prompt, r.answer) for r in first]).to(asked.model.device)
    out = answer_logits(asked.model, batch)
    return out.logits[out.labels != IGNORED].double().softmax(dim=-1)


def row(result: dict[str, Any]) -> str:
    """One line of the table: fact recall before and after, leaks, seconds."""
    before, after = result["before"], result["after"]
    recalls = "  ".join(
        f"{name} {100 * before[name]['fact_recall']:.1f} -> {100 * after[name]['fact_recall']:.1f}"
        for name in SHOWN
    )
    return (
        f"{recalls}  leaks {100 * before['leak_share']:.1f} -> {100 * after['leak_share']:.1f} %  "
        f"from the twin {result['twin_distance']['after']:.3f}  {result['steps']} steps  "
        f"{result['seconds']['total']:.1f} s"
    )


def merged(runs: dict[str, list[dict[str, Any]]], name: str) -> dict[str, list[dict[str, Any]]]:
    """New runs together with those of an earlier recording, which they replace."""
    path = RESULTS / f"{name}.json"
    old = json.loads(path.read_text(encoding="utf-8"))["runs"] if path.exists() else {}
    done = {(method, run["seed"]) for method in runs for run in runs[method]}
    for method, earlier in old.items():
        kept = [run for run in earlier if (method, run["seed"]) not in done]
        runs[method] = sorted([*kept, *runs.get(method, [])], key=lambda run: int(run["seed"]))
    return {name: runs[name] for name in registry.methods() if name in runs}


def recorded_command(name: str) -> str:
    """What an earlier recording was made by."""
    told = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))["environment"]
    return str(told["command"])


def main() -> None:
    """Run every method with every seed, print a table, record the results."""
    known = [name for name in registry.methods() if name not in LONG]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--methods", nargs="+", default=known)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--record", default="methods", help="name under benchmarks/results")
    parser.add_argument("--attack", action="store_true", help="attack every result")
    parser.add_argument("--add", action="store_true", help="keep the other runs of the record")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    runs: dict[str, list[dict[str, Any]]] = {}
    commands = environment()["command"]
    if args.add:
        commands = f"{recorded_command(args.record)}, then {commands}"
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        for seed in args.seeds:
            for method in args.methods:
                result = one_run(store, method, seed, args.device, args.attack)
                level = result["audit"]["level"] if args.attack else ""
                print(f"{method:16} seed {seed}  {row(result)}  {level}", flush=True)
                runs.setdefault(method, []).append({"seed": seed, **result})
                together = merged(dict(runs), args.record) if args.add else runs
                told = {**environment(), "command": commands}
                write_result(args.record, {"environment": told, "runs": together})


if __name__ == "__main__":
    main()
