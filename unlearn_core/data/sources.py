"""Where records come from: the bundled world, a local file, or a data set of the hub."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

from unlearn_core.data.bundled import bundled_corpus
from unlearn_core.data.files import read_rows
from unlearn_core.data.hub import Tables, hub_corpus
from unlearn_core.data.records import Corpus, Record
from unlearn_core.data.rows import records_from_rows
from unlearn_core.settings.config import Config, setting


class DataSpec(Config):
    """Which records, and which of their fields is what."""

    source: str = setting(
        "bundled:people",
        "`bundled:people`, `bundled:passages`, a .jsonl, .json, .csv, .tsv, .parquet or .txt file, "
        "or `hub:` and the name or folder of a Hugging Face data set.",
        label="Data",
    )
    prompt_field: str = setting("", "Field with the question; empty guesses it by its name.")
    answer_field: str = setting("", "Field with the true answer; empty guesses it by its name.")
    subject_field: str = setting(
        "", "Field with what a record is about, such as a person; empty guesses it by its name."
    )
    fact_field: str = setting(
        "",
        "Field with a short string that an answer must contain to count as known; empty guesses "
        "it by its name.",
    )
    retain: str = setting(
        "",
        "A second source whose records are all kept, such as `bundled:people` beside your own "
        "secrets; same forms as the data.",
        label="Data to keep",
    )
    world: str = setting(
        "",
        "File of general knowledge that must be kept; it is measured, never marked or trained on.",
        label="World data",
    )
    holdout: str = setting(
        "",
        "File of records like those to forget that no model ever saw; attacks by membership "
        "compare with them.",
        label="Holdout data",
        advanced=True,
    )
    subset: str = setting(
        "", "Subset of a hub data set; for TOFU the forget subset, such as forget10.", advanced=True
    )
    split: str = setting("", "Split of a hub data set; empty takes train.", advanced=True)
    preset: Literal["auto", "none", "tofu", "muse"] = setting(
        "auto", "Known form of a hub data set; auto goes by its name.", advanced=True
    )
    template: str = setting(
        "",
        "How a question is put to the model, with {prompt} and {answer}; empty takes the model's "
        "chat template, or 'Question: {prompt}\\nAnswer: {answer}' where it has none.",
        label="Prompt template",
        advanced=True,
    )
    max_rows: int = setting(
        200_000, "Rows read from a source; later ones are left out with a warning.", ge=1,
        le=10_000_000, unit="rows", advanced=True,
    )  # fmt: skip


def load_corpus(spec: DataSpec) -> Corpus:
    """Read all records of a source, with its general knowledge and what nobody ever saw.

    Raises:
        InvalidInput: The source is unknown, or cannot be read; the message names the line.
        MissingPrerequisite: The bundled data has not been built.
    """
    corpus = _records(spec)
    if spec.retain:
        second = _records(spec.model_copy(update={"source": spec.retain}))
        warnings = (*corpus.warnings, *second.warnings)
        world = corpus.world or second.world
        kept = _apart(second.records, corpus)
        corpus = replace(corpus, kept=kept, world=world, warnings=warnings)
    if spec.world:
        world, warnings = _file(spec.world, spec, {}, prefix="w")
        corpus = replace(corpus, world=world, warnings=(*corpus.warnings, *warnings))
    if spec.holdout:
        unseen, warnings = _file(spec.holdout, spec, _fields(spec), prefix="h")
        corpus = replace(corpus, holdout=unseen, warnings=(*corpus.warnings, *warnings))
    return corpus


def _apart(records: tuple[Record, ...], corpus: Corpus) -> tuple[Record, ...]:
    """Records whose ids differ from the corpus' own; two files both count from r0001."""
    if not any(record.id in corpus.by_id for record in records):
        return records
    return tuple(record.model_copy(update={"id": f"kept-{record.id}"}) for record in records)


def _fields(spec: DataSpec) -> dict[str, str]:
    """The fields that were named."""
    return {
        "prompt": spec.prompt_field,
        "answer": spec.answer_field,
        "subject": spec.subject_field,
        "fact": spec.fact_field,
    }


def _records(spec: DataSpec) -> Corpus:
    kind, _, name = spec.source.partition(":")
    given = _fields(spec)
    if kind == "bundled":
        return bundled_corpus(name or "people")
    if kind == "hub":
        return hub_corpus(
            Tables(name, spec.max_rows),
            preset=spec.preset,
            subset=spec.subset,
            split=spec.split,
            given=given,
        )
    records, warnings = _file(spec.source, spec, given)
    return Corpus(spec.source, records, warnings=warnings)


def _file(
    source: str, spec: DataSpec, given: dict[str, str], prefix: str = "r"
) -> tuple[tuple[Record, ...], tuple[str, ...]]:
    path = Path(source).expanduser()
    rows, warnings = read_rows(path, spec.max_rows)
    records, notes = records_from_rows(rows, path.name, given, prefix)
    return records, (*warnings, *notes)
