"""`attack` and `evaluate`: is it really gone?"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from unlearn_core.attacks.registry import attack as attack_named
from unlearn_core.attacks.registry import attacks as all_attacks
from unlearn_core.audits.attack_settings import read_assignments
from unlearn_core.audits.outcome import outcome_of
from unlearn_core.audits.result import AuditResult, TimedFinding, read_audit
from unlearn_core.audits.spec import (
    AuditSpec,
    audit_of_run,
    find_retrained,
    queue_audit,
)
from unlearn_core.cli.flags import gather, with_flags
from unlearn_core.cli.launch import FAILED, INTERRUPTED
from unlearn_core.cli.options import AsJson, Workspace, open_store
from unlearn_core.cli.output import (
    hide_library_progress,
    number,
    print_json,
    print_table,
    stdout_kept_clean,
)
from unlearn_core.cli.progress import follow
from unlearn_core.data.marks import Marks
from unlearn_core.data.sources import DataSpec
from unlearn_core.demo.corpus import default_forget_subjects
from unlearn_core.errors import InvalidInput
from unlearn_core.metrics.registry import metrics
from unlearn_core.models.name import BUNDLED, ModelName
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.checks import resolve_run
from unlearn_core.runs.command_line import GROUPS
from unlearn_core.runs.store import Store
from unlearn_core.settings.config import parse
from unlearn_core.settings.flags import Flag
from unlearn_core.wording.numbers import seconds

RunId = Annotated[
    str, typer.Argument(help="A run's id; without one, the model that --model names.")
]
Retrained = Annotated[
    str,
    typer.Option(
        help="A model that never saw the forget set: run:ID, a folder, or bundled:retrained; found "
        "by itself for a run, where there is one."
    ),
]
Original = Annotated[
    str, typer.Option(help="The model before unlearning; of a run, and of bundled models, known.")
]
Embedding = Annotated[
    str,
    typer.Option(
        help="A folder or hub name of an embedding model, for similarity in meaning; none is "
        "shipped."
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="ATTACK.SETTING=VALUE",
        help="A setting of an attack, such as sampling.samples=50; lists with commas between. "
        "`docs/attacks.md` has all of them. May be repeated.",
    ),
]
Seed = Annotated[str, typer.Option(help="Decides every random choice.")]


def add_commands(app: typer.Typer) -> None:
    """Add `attack` and `evaluate`."""

    def attack(
        run: RunId = "",
        attacks: Annotated[str, typer.Option(help="Attacks, with commas between; or all.")] = "all",
        effort: Annotated[str, typer.Option(help="quick or thorough.")] = "quick",
        settings: Settings = None,
        retrained: Retrained = "",
        original: Original = "",
        embedding: Embedding = "",
        seed: Seed = "0",
        workspace: Workspace = None,
        as_json: AsJson = False,
        **values: Any,
    ) -> None:
        """Try to get back what a model should have forgotten, and give a verdict."""
        chosen = "" if attacks.strip() == "all" else attacks
        names = [attack_named(part.strip()).name for part in chosen.split(",") if part.strip()]
        given = {"effort": effort, "attacks": names, "seed": seed, "retrained": retrained,
                 "attack_configs": read_assignments(settings or [])}  # fmt: skip
        given["embedding"] = embedding
        _audit(run, given, original, values, open_store(workspace), as_json)

    def evaluate(
        run: RunId = "",
        effort: Annotated[str, typer.Option(help="quick or thorough.")] = "quick",
        retrained: Retrained = "",
        original: Original = "",
        embedding: Embedding = "",
        seed: Seed = "0",
        workspace: Workspace = None,
        as_json: AsJson = False,
        **values: Any,
    ) -> None:
        """Measure a model by every metric, beside the original and a retrained one."""
        given = {"effort": effort, "attacking": False, "seed": seed, "retrained": retrained}
        given["embedding"] = embedding
        _audit(run, given, original, values, open_store(workspace), as_json)

    app.command("attack")(with_flags(attack, model_flags()))
    app.command("evaluate")(with_flags(evaluate, model_flags()))


def model_flags() -> list[Flag]:
    """Flags that name a model, data and marks where no run is given."""
    wanted = ("model", "data", "marks")
    return [flag for group in GROUPS if group.name in wanted for flag in group.flags()]


def _audit(
    run: str, given: Mapping[str, Any], original: str, values: Mapping[str, Any], store: Store,
    as_json: bool,
) -> None:  # fmt: skip
    hide_library_progress()
    with stdout_kept_clean(as_json):
        spec = _spec(run, given, original, gather(model_flags(), values), store)
        audit_id = queue_audit(store, spec, owner=os.getpid())
        info = follow(store, audit_id, shown=not as_json)
        audit = read_audit(store.folder(audit_id))
    if audit is not None:
        _print(audit, as_json, store.folder(audit_id))
    if info.state != "done":
        typer.echo(f"Audit {info.id} ({info.state}): {info.message}", err=True)
        raise typer.Exit(INTERRUPTED if info.state == "stopped" else FAILED)


def _spec(
    run: str, given: Mapping[str, Any], original: str, settings: Mapping[str, Any], store: Store
) -> AuditSpec:
    # What a run does not decide is checked first, in the words of the settings.
    checked = parse(AuditSpec, given, "audit")
    if run:
        if settings or original:
            raise InvalidInput(
                f"Run {run} brings its model, data, marks and original with it. Leave these flags "
                "out, or name no run."
            )
        spec = audit_of_run(
            store, run, effort=checked.effort, attacks=checked.attacks, seed=checked.seed,
            attack_configs=checked.attack_configs, retrained=checked.retrained,
            attacking=checked.attacking,
        )  # fmt: skip
        return spec.model_copy(update={"embedding": checked.embedding})
    model = parse(ModelSpec, settings.get("model", {}), "model")
    resolve_run(model, store)
    about: dict[str, Any] = {
        "model": model,
        "original": original or _bundled_original(model),
        "data": parse(DataSpec, settings.get("data", {}), "data"),
    }
    about["marks"] = _marks(about["data"], settings.get("marks", {}))
    like_a_run = {
        "model": {"source": about["original"]},
        "data": about["data"].model_dump(mode="json"),
        "marks": about["marks"].model_dump(mode="json"),
    }
    about["retrained"] = checked.retrained or find_retrained(store, like_a_run)
    return checked.model_copy(update=about)


def _bundled_original(model: ModelSpec) -> str:
    if ModelName.parse(model.source).kind != "bundled":
        raise InvalidInput(
            f"It is not said what '{model.source}' was before it unlearned. Name that model with "
            "--original."
        )
    return BUNDLED


def _marks(data: DataSpec, given: Mapping[str, Any]) -> Marks:
    if not given and data.source.startswith("bundled:people"):
        return Marks(subjects=default_forget_subjects())
    if not given:
        raise InvalidInput(
            "It is not said what should have been forgotten. Mark records, with --forget-subject, "
            "--forget-ids, --forget-search or --forget-random."
        )
    return parse(Marks, given, "marks")


def _print(audit: AuditResult, as_json: bool, folder: Path) -> None:
    if as_json:
        print_json({**audit.as_json(), "folder": str(folder)})
        return
    if audit.findings:
        _print_findings(audit)
        verdict = audit.verdict
        typer.echo(f"\n{verdict.headline}\n")
        for line in verdict.lines:
            typer.echo(f"- {line.kind}: {line.text}")
        if verdict.quote:
            typer.echo(f"\nAsked: {verdict.quote.prompt}\nIt said: {verdict.quote.text}")
    else:
        _print_metrics(audit)
    typer.echo(f"\nSaved in {folder} after {seconds(audit.seconds)}.")


def _print_findings(audit: AuditResult) -> None:
    known, roles = all_attacks(), [model.role for model in audit.models]
    won = {role: outcome_of(audit.findings, role, known).succeeded for role in roles}
    rows = [
        [known[name].title, known[name].card.measure,
         *(_finding(found.get(role), name in won[role]) for role in roles),
         number(found["unlearned"].chance)]
        for name, found in audit.findings.items()
        if "unlearned" in found
    ]  # fmt: skip
    columns = ("attack", "measure", *roles, "guessing")
    print_table("What the attacks got (* more than guessing)", columns, rows)


def _finding(finding: TimedFinding | None, won: bool) -> str:
    if finding is None or finding.value is None:
        return "-"
    return number(finding.value) + (" *" if won else "")


def _print_metrics(audit: AuditResult) -> None:
    known, roles, rows = metrics(), [model.role for model in audit.models], []
    for name, groups in audit.metrics.items():
        for group, found in groups.items():
            values = [found[role].value if role in found else None for role in roles]
            if any(value is not None for value in values):
                rows.append([known[name].title, group, *map(number, values)])
    print_table("Metrics", ("metric", "records", *roles), rows)
