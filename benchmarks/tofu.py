"""Two authors of TOFU unlearned by PMC from a small model that was first taught them.

TOFU's questions are not bundled: `--data` names a folder with its `forget10.jsonl` and
`retain90.jsonl` (fields question, answer, author). The bundled model is taught the authors, since
no larger one can be assumed; a GPU and another `--model` take the same path.

Run: python -m benchmarks.tofu --data FOLDER
"""

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import torch

from benchmarks.common import environment, write_result
from unlearn_core.data.marks import Marks
from unlearn_core.data.sources import DataSpec
from unlearn_core.models.describing import describe
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.foreground import run_in_foreground
from unlearn_core.runs.spec import RunSpec, make_spec
from unlearn_core.runs.store import Store

FORGOTTEN = 2
"""Authors that are unlearned."""


def authors(folder: Path, name: str, count: int) -> list[dict[str, Any]]:
    """All questions on the first authors of one of TOFU's files."""
    rows = [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]
    chosen = list(dict.fromkeys(row["author"] for row in rows))[:count]
    return [{**row, "author": f"author {row['author']}"} for row in rows if row["author"] in chosen]


def run(store: Store, spec: RunSpec) -> tuple[str, dict[str, Any]]:
    """Do one run here; its id and result."""
    run_id = store.create(
        spec.model_dump(mode="json"),
        kind=spec.kind,
        name="TOFU",
        device=spec.model.device,
        owner=os.getpid(),
    )
    info = run_in_foreground(store, run_id, lambda _: None, lambda _: None)
    if info.state not in ("done", "stopped"):
        raise SystemExit(f"The run ended as {info.state}: {info.message}")
    return run_id, json.loads((store.folder(run_id) / "result.json").read_text(encoding="utf-8"))


def main() -> None:
    """Teach, unlearn, print both tables, record them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", default="bundled")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--retain-authors", type=int, default=10)
    parser.add_argument("--teach-epochs", type=int, default=60)
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--learning-rate", type=float, default=4e-4)
    parser.add_argument("--tokens", type=int, default=160)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    forget = authors(args.data, "forget10.jsonl", FORGOTTEN)
    retain = authors(args.data, "retain90.jsonl", args.retain_authors)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "workspace")
        file = Path(folder) / "tofu.jsonl"
        lines = [json.dumps(row, ensure_ascii=False) for row in (*forget, *retain)]
        file.write_text("\n".join(lines), encoding="utf-8")
        data = DataSpec(source=str(file), subject_field="author")
        measure = {"max_new_tokens": args.tokens, "leak_samples": 20, "live_records": 8}
        model = ModelSpec(source=args.model, device=args.device)
        common = {
            "parameters": describe(model).parameters,
            "data": data,
            "measure": measure,
            "seed": args.seed,
        }
        taught_id, taught = run(
            store,
            make_spec(
                "teach",
                kind="teach",
                model=model,
                training={"epochs": args.teach_epochs, "batch_size": 16, "target_recall": None},
                **common,
            ),
        )
        print("taught", json.dumps(taught["after"]), taught["seconds"], flush=True)
        names = tuple(dict.fromkeys(row["author"] for row in forget))
        _, unlearned = run(
            store,
            make_spec(
                "pmc",
                model=ModelSpec(source=f"run:{taught_id}", device=args.device),
                marks=Marks(subjects=names),
                method_config={"max_new_tokens": args.tokens},
                training={"epochs": args.epochs, "learning_rate": args.learning_rate},
                **common,
            ),
        )
    print("before", json.dumps(unlearned["before"]))
    print("after ", json.dumps(unlearned["after"]), unlearned["seconds"])
    for result in (taught, unlearned):
        # The file lived in a temporary folder.
        result["spec"]["data"]["source"] = "tofu.jsonl"
    here = environment()
    write_result(
        "tofu",
        {
            "environment": {**here, "command": here["command"].replace(str(args.data), "FOLDER")},
            "questions": {"forget": len(forget), "retain": len(retain)},
            "taught": taught,
            "unlearned": unlearned,
        },
    )


if __name__ == "__main__":
    main()
