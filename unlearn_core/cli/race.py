"""`race`: one forget set through several methods and seeds, one run after the other."""

import os
from typing import Annotated, Any

import typer

from unlearn_core.audits.result import AuditResult, read_audit
from unlearn_core.audits.spec import audit_of_run, queue_audit
from unlearn_core.cli.flags import gather, with_flags
from unlearn_core.cli.launch import FAILED
from unlearn_core.cli.options import AsJson, Workspace, open_store
from unlearn_core.cli.output import (
    hide_library_progress,
    print_json,
    print_table,
    stdout_kept_clean,
)
from unlearn_core.cli.progress import follow
from unlearn_core.errors import InvalidInput
from unlearn_core.methods.registry import method, methods
from unlearn_core.runs.checks import Plan
from unlearn_core.runs.command_line import shared_flags
from unlearn_core.runs.launch import Launcher
from unlearn_core.runs.race import MEASURES, Outcome, as_json, by_method, outcome, shown
from unlearn_core.runs.result import read_result
from unlearn_core.runs.store import Store


def add_command(app: typer.Typer) -> None:
    """Add `race`, with a flag for every setting that all methods have."""

    def race(
        methods: Annotated[str, typer.Option(help="Methods, with commas between; or all.")] = "all",
        seeds: Annotated[str, typer.Option(help="Seeds, with commas between.")] = "0",
        attack: Annotated[
            bool, typer.Option("--attack", help="Attack every result, at the quick effort.")
        ] = False,
        workspace: Workspace = None,
        as_json: AsJson = False,
        **values: Any,
    ) -> None:
        """Run several methods on one forget set and compare what they reach."""
        _race(methods, seeds, values, open_store(workspace), as_json, attack)

    app.command("race")(with_flags(race, shared_flags()))


def chosen_methods(text: str) -> list[str]:
    """The methods that a list with commas names, each once.

    Raises:
        InvalidInput: One of them does not exist, or there is none.
    """
    if text.strip() == "all":
        return list(methods("unlearn"))
    names = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not names:
        raise InvalidInput("No method is named. Name some with --methods, or all.")
    return [method(name).name for name in names]


def chosen_seeds(text: str) -> list[int]:
    """The seeds that a list with commas names, each once.

    Raises:
        InvalidInput: One of them is not a whole number from 0.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    wrong = next((part for part in parts if not part.isdecimal()), None)
    if wrong is not None or not parts:
        raise InvalidInput(
            f"The seeds are '{text}', but must be whole numbers from 0 with commas between, such "
            "as 0,1,2."
        )
    return list(dict.fromkeys(map(int, parts)))


def _race(
    methods: str, seeds: str, values: dict[str, Any], store: Store, json: bool, attacked: bool
) -> None:
    hide_library_progress()
    names, numbers = chosen_methods(methods), chosen_seeds(seeds)
    with stdout_kept_clean(json):
        launcher = Launcher(store)
        plans = launcher.race(names, numbers, gather(shared_flags(), values))
        outcomes = [found for plan in plans if (found := _run(plan, launcher, not json))]
        audits = [_attack(store, one.run, not json) for one in outcomes] if attacked else []
    if json:
        attacks = {"audits": [audit and audit.as_json() for audit in audits]} if attacked else {}
        print_json({**as_json(outcomes), **attacks})
    else:
        _print(outcomes)
        for one, audit in zip(outcomes, audits, strict=False):
            told = audit.verdict.headline if audit else "The attacks failed."
            typer.echo(f"{one.method}, seed {one.seed}: {told}")
    if len(outcomes) < len(plans):
        typer.echo(f"{len(plans) - len(outcomes)} of {len(plans)} runs left no result.", err=True)
        raise typer.Exit(FAILED)


def _run(plan: Plan, launcher: Launcher, visible: bool) -> Outcome | None:
    store, run_id = launcher.store, launcher.queue(plan, owner=os.getpid())
    typer.echo(plan.spec.name, err=True)
    info = follow(store, run_id, shown=visible)
    result = read_result(store.folder(run_id))
    if result is None:
        typer.echo(f"Run {run_id} ({info.state}): {info.message}", err=True)
        return None
    return outcome(run_id, result)


def _attack(store: Store, run_id: str, visible: bool) -> AuditResult | None:
    """The audit of a run's result; None where it failed, which is told."""
    audit_id = queue_audit(store, audit_of_run(store, run_id), owner=os.getpid())
    info = follow(store, audit_id, shown=visible)
    if info.state != "done":
        typer.echo(f"Audit {info.id} ({info.state}): {info.message}", err=True)
    return read_audit(store.folder(audit_id))


def _print(outcomes: list[Outcome]) -> None:
    rows = [
        [name, *(shown(m, means[m.key]) if m.key in means else "-" for m in MEASURES)]
        for name, means in by_method(outcomes).items()
    ]
    title = "After unlearning: mean ± half of the 95 % interval over seeds"
    print_table(title, ("method", *(measure.label for measure in MEASURES)), rows)
