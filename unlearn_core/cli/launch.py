"""`run` and `teach`: from flags to a finished run."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from unlearn_core.cli.flags import gather, with_flags
from unlearn_core.cli.options import AsJson, Workspace, open_store
from unlearn_core.cli.output import (
    hide_library_progress,
    print_json,
    print_table,
    result_rows,
    stdout_kept_clean,
)
from unlearn_core.cli.progress import follow
from unlearn_core.runs.command_line import run_flags
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.launch import Launcher
from unlearn_core.runs.result import read_result
from unlearn_core.runs.spec import RunKind
from unlearn_core.wording.numbers import seconds

FAILED, INTERRUPTED = 1, 130


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


def _launch(
    kind: RunKind, method_name: str, values: Mapping[str, Any], name: str, seed: str,
    workspace: Path | None, as_json: bool,
) -> None:  # fmt: skip
    hide_library_progress()
    with stdout_kept_clean(as_json):
        given = gather(run_flags(kind), values, method_name)
        launcher = Launcher(store := open_store(workspace))
        spec = launcher.spec(method_name, given, kind=kind, name=name, seed=seed)
        run_id = launcher.start(spec, owner=os.getpid())
        info = follow(store, run_id, shown=not as_json)
    _report(info, store.folder(run_id), as_json)


def _report(info: RunInfo, folder: Path, as_json: bool) -> None:
    """Print the result; leave with the exit code that `main` lists."""
    result = read_result(folder)
    if result is not None:
        if as_json:
            print_json({**result.as_json(), "run": info.id, "folder": str(folder)})
        else:
            columns = ("group", "measure", "before", "after")
            print_table(f"Run {info.id}", columns, result_rows(result))
            typer.echo(f"\nSaved in {folder} after {seconds(result.seconds['total'])}.")
    if info.state != "done":
        typer.echo(f"Run {info.id} ({info.state}): {info.message}", err=True)
        raise typer.Exit(INTERRUPTED if info.state == "stopped" else FAILED)
