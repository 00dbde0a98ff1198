"""`compare`: the same prompts, to two models, with the same seed."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import typer

from unlearn_core.cli.options import AsJson, Workspace, open_store
from unlearn_core.cli.output import (
    hide_library_progress,
    print_json,
    print_table,
    stdout_kept_clean,
)
from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput
from unlearn_core.runs.store import Store

RecordGroup = Literal["forget", "paraphrased", "neighbours", "retain", "world"]

SIDE_HELP = (
    "original (what the other side's run began with), a run's id, bundled, bundled:retrained, "
    "a folder or a hub name."
)


def add_command(app: typer.Typer) -> None:
    """Add `compare`."""
    app.command("compare")(compare)


def compare(
    right: Annotated[str, typer.Option(help=f"One side: {SIDE_HELP}")],
    left: Annotated[str, typer.Option(help=f"The other side: {SIDE_HELP}")] = "original",
    prompt: Annotated[list[str] | None, typer.Option(help="A prompt; may be repeated.")] = None,
    group: Annotated[
        RecordGroup | None, typer.Option(help="Ask the questions of a group of the run.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Most questions of the group.", min=1)] = 10,
    samples: Annotated[
        int, typer.Option(help="Sampled answers to each prompt; 0 for the greedy one only.", min=0)
    ] = 0,
    temperature: Annotated[float, typer.Option(help="Spread of the sampled answers.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Of the sampled answers.", min=0)] = 0,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Ask two models the same prompts, greedy and sampled."""
    with stdout_kept_clean(as_json):
        store = open_store(workspace)
        records = _records(store, prompt or [], group, limit, (left, right))
        sides = {side: _source(store, side, right) for side in (left, right)}
        rows = _answers(sides, records, samples, temperature, seed)
    if as_json:
        print_json({"left": left, "right": right, "seed": seed, "prompts": rows})
        return
    for row in rows:
        _print_prompt(row, (left, right))


def _source(store: Store, side: str, other: str) -> str:
    """What the bench takes for a side."""
    specs = {run.id: run.spec for run in store.runs()}
    if side == "original":
        side = str(specs[other]["model"]["source"]) if other in specs else "bundled"
    run_id = side.removeprefix("run:")
    if run_id in specs or run_id != side:
        return str(store.model_folder(run_id))
    return side


def _records(
    store: Store, prompts: Sequence[str], group: RecordGroup | None, limit: int,
    sides: Sequence[str],
) -> list[Record]:  # fmt: skip
    typed = [Record(id=f"prompt-{i}", prompt=text, answer="") for i, text in enumerate(prompts, 1)]
    if group is None:
        if not typed:
            raise InvalidInput(
                "There is nothing to ask. Give --prompt TEXT, or --group forget, paraphrased, "
                "neighbours, retain or world."
            )
        return typed
    return typed + _group_records(store, group, sides)[:limit]


def _group_records(store: Store, group: RecordGroup, sides: Sequence[str]) -> list[Record]:
    from unlearn_core.data.marks import Marks, neighbours, split_corpus
    from unlearn_core.data.sources import DataSpec, load_corpus
    from unlearn_core.demo.corpus import default_forget_subjects

    specs = [run.spec for run in store.runs() if run.id in sides]
    data = DataSpec.model_validate(specs[0]["data"]) if specs else DataSpec()
    marks = (
        Marks.model_validate(specs[0]["marks"])
        if specs
        else Marks(subjects=default_forget_subjects())
    )
    split = split_corpus(load_corpus(data), marks)
    groups = {
        "forget": split.forget,
        "paraphrased": split.paraphrased,
        "neighbours": neighbours(split, 40),
        "retain": split.retain,
        "world": split.world,
    }
    return list(groups[group])


def _answers(
    sides: dict[str, str], records: Sequence[Record], samples: int, temperature: float, seed: int
) -> list[dict[str, Any]]:
    from unlearn_core.comparison import Bench
    from unlearn_core.differences import answer_histogram
    from unlearn_core.specs import SamplingSpec

    hide_library_progress()
    bench = Bench()
    prompts = [record.prompt for record in records]
    spec = SamplingSpec(temperature=temperature)
    rows: list[dict[str, Any]] = [
        {"id": r.id, "prompt": r.prompt, "true": r.answer, "greedy": {}, "sampled": {}}
        for r in records
    ]
    for side, source in sides.items():
        greedy = bench.answers(source, prompts, spec=None, n=1, seed=seed)
        for row, answers in zip(rows, greedy, strict=True):
            row["greedy"][side] = answers[0]
        if not samples:
            continue
        sampled = bench.answers(source, prompts, spec=spec, n=samples, seed=seed)
        for row, answers in zip(rows, sampled, strict=True):
            row["sampled"][side] = answer_histogram(answers)
    return rows


def _print_prompt(row: dict[str, Any], sides: Sequence[str]) -> None:
    lines = [["true answer", row["true"]]] if row["true"] else []
    for side in sides:
        lines.append([side, row["greedy"][side]])
        sampled = row["sampled"].get(side, [])
        total = sum(count for _, count in sampled)
        lines += [[f"{count} of {total}", text] for text, count in sampled[:5]]
    print_table(row["prompt"], ("", "answer"), lines)
    typer.echo()
