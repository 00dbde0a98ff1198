"""`run` and `teach`: from flags to a finished run."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from unlearn_core.cli.flags import gather, with_flags
from unlearn_core.cli.options import AsJson, Workspace, open_store
from unlearn_core.cli.output import (
    duration,
    hide_library_progress,
    print_json,
    print_table,
    result_rows,
    stdout_kept_clean,
)
from unlearn_core.cli.progress import follow
from unlearn_core.cli.settings import RunKind, run_flags
from unlearn_core.data.marks import Marks
from unlearn_core.data.sources import DataSpec, load_corpus
from unlearn_core.demo.corpus import default_forget_subjects
from unlearn_core.methods.registry import method
from unlearn_core.models.describing import describe
from unlearn_core.models.devices import resolve_device
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.launch import Plan, make_plan, resolve_run
from unlearn_core.runs.spec import RunSpec, make_spec
from unlearn_core.runs.store import Store
from unlearn_core.settings.config import parse
from unlearn_core.settings.specs import MeasureSpec

FAILED, INTERRUPTED = 1, 130
BUNDLED_DATA = str(DataSpec().source)


def add_commands(app: typer.Typer) -> None:
    """Add `run` and `teach`, with a flag for every setting of every method."""

    def run(
        method: Annotated[str, typer.Option(help="How to unlearn; see `methods`.")] = "pmc",
        name: Annotated[str, typer.Option(help="A name to find the run by.")] = "",
        seed: Annotated[str, typer.Option(help="Decides every random choice.")] = "0",
        workspace: Workspace = None,
        as_json: AsJson = False,
        **values: Any,
    ) -> None:
        """Make a model forget, and measure it before and after."""
        _launch("unlearn", method, values, name, seed, workspace, as_json)

    def teach(
        name: Annotated[str, typer.Option(help="A name to find the run by.")] = "",
        seed: Annotated[str, typer.Option(help="Decides every random choice.")] = "0",
        workspace: Workspace = None,
        as_json: AsJson = False,
        **values: Any,
    ) -> None:
        """Teach a model records until it knows them; the marks choose which."""
        _launch("teach", "teach", values, name, seed, workspace, as_json)

    app.command("run")(with_flags(run, run_flags("unlearn")))
    app.command("teach")(with_flags(teach, run_flags("teach")))


def build_spec(
    kind: RunKind, method_name: str, given: Mapping[str, Mapping[str, Any]], store: Store,
    **rest: Any,
) -> RunSpec:  # fmt: skip
    """A spec from the settings that were given, by group, and defaults for all others.

    Raises:
        LetheError: A value is out of range, or a model or file cannot be used.
    """
    method(method_name, kind)
    model = parse(ModelSpec, given.get("model", {}), "model")
    data = parse(DataSpec, given.get("data", {}), "data")
    card = describe(resolve_run(model, store))
    return make_spec(
        method_name,
        kind=kind,
        parameters=card.parameters,
        method_config=given.get("method_config"),
        training=given.get("training"),
        tuning=given.get("tuning"),
        measure=parse(MeasureSpec, given.get("measure", {}), "measure"),
        model=model,
        data=data,
        marks=_marks(kind, data, given.get("marks", {})),
        **rest,
    )


def _marks(kind: RunKind, data: DataSpec, given: Mapping[str, Any]) -> Marks:
    if given:
        return parse(Marks, given, "marks")
    if data.source == BUNDLED_DATA:
        return Marks(subjects=default_forget_subjects())
    if kind == "teach":
        return Marks(ids=tuple(record.id for record in load_corpus(data).records))
    return Marks()


def _launch(
    kind: RunKind, method_name: str, values: Mapping[str, Any], name: str, seed: str,
    workspace: Path | None, as_json: bool,
) -> None:  # fmt: skip
    hide_library_progress()
    with stdout_kept_clean(as_json):
        given = gather(run_flags(kind), values, method_name)
        store = open_store(workspace)
        spec = build_spec(kind, method_name, given, store, name=name, seed=seed)
        plan = make_plan(spec)
        spec = spec.model_copy(update={"name": name or name_of(plan)})
        run_id = store.create(
            spec.model_dump(mode="json"),
            kind=kind,
            name=spec.name,
            device=str(resolve_device(spec.model.device)),
            owner=os.getpid(),
        )
        info = follow(store, run_id, shown=not as_json)
    _report(info, store.folder(run_id), as_json)


def name_of(plan: Plan) -> str:
    """A run's name from its method and what it forgets or learns."""
    subjects = list(dict.fromkeys(r.subject for r in plan.split.forget if r.subject))
    what = ", ".join(subjects) if 0 < len(subjects) <= 4 else f"{len(plan.split.forget)} records"
    return f"{plan.info.title.partition(' (')[0]}: {what}"


def _report(info: RunInfo, folder: Path, as_json: bool) -> None:
    """Print the result; leave with the exit code that `main` lists."""
    path = folder / "result.json"
    if path.exists():
        result = json.loads(path.read_text(encoding="utf-8"))
        if as_json:
            print_json({**result, "run": info.id, "folder": str(folder)})
        else:
            columns = ("group", "measure", "before", "after")
            print_table(f"Run {info.id}", columns, result_rows(result))
            typer.echo(f"\nSaved in {folder} after {duration(result['seconds']['total'])}.")
    if info.state != "done":
        typer.echo(f"Run {info.id} ({info.state}): {info.message}", err=True)
        raise typer.Exit(INTERRUPTED if info.state == "stopped" else FAILED)
