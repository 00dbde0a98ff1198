"""`compare`: the same prompts, to two to six models, with the same seed."""

from collections.abc import Mapping, Sequence
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
from unlearn_core.models.name import BUNDLED, name_of_run, run_of
from unlearn_core.runs.store import Store

RecordGroup = Literal["forget", "paraphrased", "neighbours", "retain", "world"]

ORIGINAL = "original"
MODELS_HELP = (
    "Two to six of: original (what the first run named began with), a run's id, bundled, "
    "bundled:retrained, a folder or a hub name. One alone is compared with its original."
)
MOST_MODELS = 6


def add_command(app: typer.Typer) -> None:
    """Add `compare`."""
    app.command("compare")(compare)


def compare(
    models: Annotated[list[str], typer.Argument(help=MODELS_HELP, show_default=False)],
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
    """Ask two to six models the same prompts, greedy and sampled."""
    with stdout_kept_clean(as_json):
        named = _named(models)
        store = open_store(workspace)
        specs = {run.id: run.spec for run in store.runs()}
        first = next((specs[name] for name in map(_run_id, named) if name in specs), None)
        records = _records(first, prompt or [], group, limit)
        sources = {name: _source(store, name, specs, first) for name in named}
        template = str(first["data"].get("template", "")) if first else ""
        rows = _answers(sources, records, samples, temperature, seed, template)
    if as_json:
        print_json({"models": named, "seed": seed, "prompts": rows})
        return
    for row in rows:
        _print_prompt(row, named)


def _named(models: Sequence[str]) -> list[str]:
    """The models, each once, in their order."""
    named = list(dict.fromkeys(models))
    if len(named) == 1 and named != [ORIGINAL]:
        named = [ORIGINAL, *named]
    if not 2 <= len(named) <= MOST_MODELS:
        raise InvalidInput(
            f"{len(named)} different models are named, but 2 to {MOST_MODELS} can be compared, as "
            "in `compare original RUN bundled:retrained`."
        )
    return named


def _run_id(name: str) -> str:
    return run_of(name) or name


def _source(
    store: Store, name: str, specs: Mapping[str, Any], first: Mapping[str, Any] | None
) -> str:
    """What the pool takes for a model."""
    if name == ORIGINAL:
        return str(first["model"]["source"]) if first else BUNDLED
    from unlearn_core.runs.checks import place_of

    return place_of(name_of_run(name) if name in specs else name, store)


def _records(
    run: Mapping[str, Any] | None, prompts: Sequence[str], group: RecordGroup | None, limit: int
) -> list[Record]:
    typed = [Record(id=f"prompt-{i}", prompt=text, answer="") for i, text in enumerate(prompts, 1)]
    if group is None:
        if not typed:
            raise InvalidInput(
                "There is nothing to ask. Give --prompt TEXT, or --group forget, paraphrased, "
                "neighbours, retain or world."
            )
        return typed
    return typed + _group_records(run, group)[:limit]


def _group_records(run: Mapping[str, Any] | None, group: RecordGroup) -> list[Record]:
    from unlearn_core.data.marks import Marks, neighbours, split_corpus
    from unlearn_core.data.sources import DataSpec, load_corpus
    from unlearn_core.demo.corpus import default_forget_subjects

    data = DataSpec.model_validate(run["data"]) if run else DataSpec()
    marks = Marks.model_validate(run["marks"]) if run else Marks(subjects=default_forget_subjects())
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
    sources: Mapping[str, str],
    records: Sequence[Record],
    samples: int,
    temperature: float,
    seed: int,
    template: str,
) -> list[dict[str, Any]]:
    """For each prompt what each model says, or its problem."""
    from unlearn_core.comparison.model_pool import ModelPool
    from unlearn_core.comparison.samples import samples_of
    from unlearn_core.metrics.differences import answer_histogram
    from unlearn_core.settings.sampling import SamplingSpec

    hide_library_progress()
    pool = ModelPool()
    places, prompts = list(sources.values()), [record.prompt for record in records]
    drawn = {"greedy": pool.answers_of(places, prompts, spec=None, n=1, seed=seed,
                                       template=template)}  # fmt: skip
    if samples:
        spec = SamplingSpec(temperature=temperature)
        drawn["sampled"] = samples_of(pool, places, prompts, spec=spec, n=samples, seed=seed,
                                      template=template)  # fmt: skip
    rows: list[dict[str, Any]] = [
        {"id": r.id, "prompt": r.prompt, "true": r.answer, "greedy": {}, "sampled": {},
         "problems": {}}
        for r in records
    ]  # fmt: skip
    for kind, of_models in drawn.items():
        for name, answers in zip(sources, of_models, strict=True):
            for i, row in enumerate(rows):
                if isinstance(answers, str):
                    row["problems"][name] = answers
                else:
                    said = answers[i]
                    row[kind][name] = said[0] if kind == "greedy" else answer_histogram(said)
    return rows


def _print_prompt(row: dict[str, Any], models: Sequence[str]) -> None:
    lines = [["true answer", row["true"]]] if row["true"] else []
    for name in models:
        lines.append([name, row["greedy"].get(name) or row["problems"].get(name, "")])
        sampled = row["sampled"].get(name, [])
        total = sum(count for _, count in sampled)
        lines += [[f"{count} of {total}", text] for text, count in sampled[:5]]
    print_table(row["prompt"], ("", "answer"), lines)
    typer.echo()
