"""`report`, `harness`, `attacks` and `metrics`: what was found, and what can be looked for."""

from pathlib import Path
from typing import Annotated

import typer

from unlearn_core.cli.options import AsJson, Workspace, open_store
from unlearn_core.cli.output import print_json, print_table, stdout_kept_clean
from unlearn_core.errors import InvalidInput

RunIds = Annotated[
    list[str], typer.Argument(help="One run, or several to be laid beside each other.")
]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("report")(report)
    app.command("harness")(harness)
    app.command("attacks")(list_attacks)
    app.command("metrics")(list_metrics)


def report(
    runs: RunIds,
    out: Annotated[Path, typer.Option(help="HTML file to write.")] = Path("report.html"),
    tables: Annotated[
        Path | None, typer.Option(help="Folder for the numbers as CSV files as well.")
    ] = None,
    workspace: Workspace = None,
) -> None:
    """Write one self-contained HTML file about a run, or about several beside each other."""
    from unlearn_core.audits.spec import newest_audit
    from unlearn_core.report.making import csv_files, race_report, run_report
    from unlearn_core.runs.command_line import repeat_lines
    from unlearn_core.runs.history import history_of

    store = open_store(workspace)
    if len(runs) == 1:
        spec = history_of(store, runs[0]).get(runs[0]).spec
        audit = newest_audit(store, runs[0])
        lines = repeat_lines(spec, audit.spec if audit else None)
        text = run_report(store, runs[0], lines)
    else:
        text = race_report(store, runs)
    files = {out: text}
    if tables is not None:
        files |= {tables / name: content for name, content in csv_files(store, runs).items()}
    try:
        for path, content in files.items():
            if path != out:
                path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise InvalidInput(
            f"The report cannot be written to '{out}' ({error.strerror}). Name a file in a folder "
            "that can be written."
        ) from error
    typer.echo(f"Wrote {', '.join(map(str, files))}.")


def harness(
    run: Annotated[str, typer.Argument(help="A run that left weights of its own.")],
    tasks: Annotated[str, typer.Option(help="Tasks of lm-eval, with commas between.")],
    limit: Annotated[
        int | None, typer.Option(help="Most questions of each task; all if not given.", min=1)
    ] = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Measure a run's model by public benchmarks; needs the lm-eval package."""
    from unlearn_core.share.harness import harness_scores

    with stdout_kept_clean(as_json):
        names = [name.strip() for name in tasks.split(",") if name.strip()]
        scores = harness_scores(open_store(workspace), run, names, limit=limit)
    if as_json:
        print_json({"run": run, "tasks": scores})
        return
    rows = [[task, name, f"{v:.4g}"] for task, all_ in scores.items() for name, v in all_.items()]
    print_table(f"Run {run}", ("task", "measure", "value"), rows)


def list_attacks(as_json: AsJson = False) -> None:
    """List the attacks, with what each needs and measures."""
    from unlearn_core.attacks.registry import attacks

    infos = attacks().values()
    if as_json:
        print_json([{"name": i.name, "title": i.title, **vars(i.card)} for i in infos])
        return
    rows = [
        [i.name, i.card.kind, "yes" if i.card.needs_weights else "", i.card.measure, i.card.idea]
        for i in infos
    ]
    print_table("Attacks", ("name", "kind", "needs weights", "measure", "idea"), rows)


def list_metrics(as_json: AsJson = False) -> None:
    """List the metrics, with what each means and which way is better."""
    from unlearn_core.metrics.registry import metrics

    infos = metrics().values()
    if as_json:
        shown = ("name", "title", "family", "help", "formula", "source", "better", "lowest",
                 "highest", "unit")  # fmt: skip
        print_json([{key: getattr(info, key) for key in shown} for info in infos])
        return
    rows = [[i.name, i.family, i.better, i.help] for i in infos]
    print_table("Metrics", ("name", "family", "better on the forget set", "what it is"), rows)
