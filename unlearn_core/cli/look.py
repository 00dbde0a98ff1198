"""`methods`, `runs`, `show` and `export`: looking at what there is, and taking it along."""

import time
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from unlearn_core.cli.options import AsJson, Workspace, open_store
from unlearn_core.cli.output import (
    print_json,
    print_table,
    result_rows,
    stdout_kept_clean,
)
from unlearn_core.runs.history import history_of
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.recorded import RecordedRuns
from unlearn_core.runs.result import read_result
from unlearn_core.wording.numbers import seconds

RunId = Annotated[str, typer.Argument(help="A run's id, as `runs` or `runs --recorded` lists it.")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("methods")(list_methods)
    app.command("runs")(list_runs)
    app.command("show")(show)
    app.command("export")(export)


def list_methods(as_json: AsJson = False) -> None:
    """List the methods, with what each needs."""
    from unlearn_core.methods.base import Need
    from unlearn_core.methods.registry import methods

    infos = methods().values()
    if as_json:
        print_json([{"name": info.name, "title": info.title, **vars(info.card)} for info in infos])
        return
    needs = get_args(Need)
    rows = [
        [info.name, *("yes" if need in info.card.needs else "" for need in needs), info.card.idea]
        for info in infos
    ]
    print_table("Methods", ("name", *needs, "idea"), rows)


def list_runs(
    recorded: Annotated[
        bool, typer.Option("--recorded", help="List the recorded runs that ship with the app.")
    ] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """List the runs of a workspace, the newest first."""
    runs = RecordedRuns().runs() if recorded else open_store(workspace).runs()
    if as_json:
        print_json([_summary(run) for run in runs])
        return
    rows = [
        [run.id, run.name, run.kind, run.state, f"{run.step}/{run.total}", _when(run), run.message]
        for run in runs
    ]
    print_table("Runs", ("id", "name", "kind", "state", "step", "created", "message"), rows)


def show(run: RunId, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Show a run's settings, its result and the command that repeats it."""
    from unlearn_core.runs.command_line import command_line

    history = history_of(open_store(workspace), run)
    info, folder = history.get(run), history.folder(run)
    result = read_result(folder)
    command = command_line(info.spec)
    if as_json:
        whole = {"spec": info.spec, "result": result and result.as_json(), "command": command}
        print_json({**_summary(info), **whole, "folder": str(folder)})
        return
    typer.echo(f"{info.id}  {info.state}  {info.message}\n{folder}\n")
    print_table("Settings", ("setting", "value"), _flat(info.spec))
    if result:
        typer.echo()
        print_table("Result", ("group", "measure", "before", "after"), result_rows(result))
    typer.echo(f"\nRepeat it with:\n{command}")


def export(
    run: RunId,
    out: Annotated[Path, typer.Option(help="Folder to write to; it must not exist yet.")],
    merged: Annotated[
        bool, typer.Option("--merged", help="Merge an adapter into whole weights.")
    ] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Copy a run's model out of the workspace, as adapter or as whole weights."""
    from unlearn_core.runs.command_line import command_line
    from unlearn_core.share.export import export_model

    with stdout_kept_clean(as_json):
        store = open_store(workspace)
        command = command_line(store.get(run).spec)
        folder = export_model(store, run, out, command=command, merged=merged)
    if as_json:
        print_json({"run": run, "folder": str(folder)})
    else:
        typer.echo(f"Saved in {folder}.")


def _summary(run: RunInfo) -> dict[str, Any]:
    return {name: value for name, value in vars(run).items() if name != "spec"}


def _when(run: RunInfo) -> str:
    moment = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.created))
    return f"{moment} ({seconds(run.took)})" if run.took else moment


def _flat(spec: dict[str, Any]) -> list[list[str]]:
    rows = []
    for name, value in spec.items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        rows += [[f"{name}.{part}".rstrip("."), str(inner)] for part, inner in parts]
    return rows
