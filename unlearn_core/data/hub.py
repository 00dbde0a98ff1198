"""Data sets of the Hugging Face hub or of local folders, and the form of TOFU and MUSE."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from unlearn_core.data.files import READERS, cut_passages, more_rows, read_rows
from unlearn_core.data.records import Corpus, Record
from unlearn_core.data.rows import Row, records_from_rows
from unlearn_core.errors import InvalidInput

TOFU_FORGET = {"forget01": "retain99", "forget05": "retain95", "forget10": "retain90"}
"""Forget subsets of TOFU and the retain subset that goes with each."""

_TOFU_AUTHOR_QUESTIONS = 20

Presets = Mapping[str, Callable[["Tables", str], Corpus]]


@dataclass(frozen=True)
class Tables:
    """The tables of one data set.

    Attributes:
        name: Hub name or local folder.
        max_rows: Most rows read of one table.
    """

    name: str
    max_rows: int

    @property
    def folder(self) -> Path:
        """The local folder of this name, where there is one."""
        return Path(self.name).expanduser()

    def file(self, subset: str) -> Path | None:
        """The file of a local folder that holds a subset."""
        paths = (self.folder / f"{subset}{suffix}" for suffix in READERS)
        return next((path for path in paths if subset and path.is_file()), None)

    def has(self, subset: str) -> bool:
        """Whether there is such a subset; the hub is taken to have what it should have."""
        return not self.folder.is_dir() or self.file(subset) is not None

    def rows(self, subset: str = "", split: str = "") -> tuple[list[Row], tuple[str, ...]]:
        """At most `max_rows` rows of a subset's split, and a warning where there are more.

        Raises:
            InvalidInput: The data set cannot be reached, or has no such subset or split.
        """
        path = self.file(subset)
        if path is not None:
            return read_rows(path, self.max_rows)
        items = self._split(self._load(subset), split)
        rows = [Row(n, item) for n, item in enumerate(islice(items, self.max_rows + 1), 1)]
        if len(rows) <= self.max_rows:
            return rows, ()
        return rows[: self.max_rows], (more_rows(self.name, self.max_rows),)

    def _load(self, subset: str) -> Mapping[str, Any]:
        import datasets
        import huggingface_hub
        from huggingface_hub.errors import HfHubHTTPError

        try:
            if not self.folder.is_dir():
                # Says at once when the hub does not answer; datasets tries for half a minute.
                huggingface_hub.snapshot_download(
                    self.name, repo_type="dataset", allow_patterns=["README.md"]
                )
            return dict(datasets.load_dataset(self.name, subset or None))
        except (OSError, ValueError, datasets.exceptions.DatasetsError, HfHubHTTPError) as error:
            what = f"'{self.name}'" + (f" with subset '{subset}'" if subset else "")
            reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
            raise InvalidInput(
                f"The data set {what} cannot be loaded ({reason}). Check its name, subset and the "
                "connection, or give a local folder or file."
            ) from error

    def _split(self, splits: Mapping[str, Any], split: str) -> Any:
        wanted = split or ("train" if "train" in splits else next(iter(splits), ""))
        if wanted not in splits:
            raise InvalidInput(
                f"The data set '{self.name}' has no split '{wanted}'; it has {', '.join(splits)}."
            )
        return splits[wanted]


def hub_corpus(
    tables: Tables, *, preset: str, subset: str, split: str, given: Mapping[str, str]
) -> Corpus:
    """Read a data set: as TOFU, as MUSE, or as one table.

    Args:
        tables: The data set.
        preset: `tofu`, `muse`, `none`, or `auto`, which goes by the name.
        subset: A configuration of the data set; for TOFU the forget subset.
        split: Of the subset.
        given: Field names by role, for a plain table.

    Raises:
        InvalidInput: The data cannot be reached or read.
    """
    chosen = _by_name(tables.name) if preset == "auto" else preset
    if chosen in PRESETS:
        return PRESETS[chosen](tables, subset)
    rows, warnings = tables.rows(subset, split)
    records, notes = records_from_rows(rows, tables.name, given)
    return Corpus(f"hub:{tables.name}", records, warnings=(*warnings, *notes))


def tofu(tables: Tables, subset: str) -> Corpus:
    """TOFU (Maini et al. 2024): invented authors, real authors and world facts.

    Subjects are the authors by number, twenty questions each; record ids start with their
    subset, so a search for `forget10-` marks the benchmark's forget set.

    Raises:
        InvalidInput: Another forget subset than TOFU has, or data that cannot be read.
    """
    forget = subset or "forget10"
    if forget not in TOFU_FORGET:
        raise InvalidInput(
            f"TOFU has no forget subset '{forget}'; it has {', '.join(TOFU_FORGET)}."
        )
    retain = TOFU_FORGET[forget]
    retain_rows, retain_warnings = tables.rows(retain)
    forget_rows, forget_warnings = tables.rows(forget)
    if tables.has(f"{forget}_perturbed"):
        forget_rows = _joined(forget_rows, tables.rows(f"{forget}_perturbed")[0])
    # In the whole data set the retain authors come first.
    kept, kept_notes = records_from_rows(_with_author(retain_rows, 0), retain, prefix=f"{retain}-")
    numbered = _with_author(forget_rows, len(retain_rows))
    marked, marked_notes = records_from_rows(numbered, forget, prefix=f"{forget}-")
    world = [_plain(tables, name) for name in ("world_facts", "real_authors")]
    return Corpus(
        name=f"TOFU {forget}",
        records=(*marked, *kept),
        world=tuple(record for part in world for record in part),
        warnings=(*forget_warnings, *retain_warnings, *marked_notes, *kept_notes),
    )


def muse(tables: Tables, subset: str) -> Corpus:
    """MUSE (Shi et al. 2024): news or books, cut into passages; the holdout is never trained on.

    Subjects are the texts by split and number; record ids start with their split, so a search for
    `forget-` marks the benchmark's forget set.

    Raises:
        InvalidInput: The data cannot be read.
    """
    forget, kept, holdout = (
        _passages(tables, subset or "raw", split) for split in ("forget", "retain1", "holdout")
    )
    return Corpus(f"MUSE {tables.name}", records=(*forget, *kept), holdout=holdout)


PRESETS: Presets = {"tofu": tofu, "muse": muse}


def _by_name(name: str) -> str:
    known = (("locuslab/TOFU", "tofu"), ("muse-bench/MUSE", "muse"))
    return next((preset for start, preset in known if name.startswith(start)), "none")


def _joined(rows: Sequence[Row], more: Sequence[Row]) -> list[Row]:
    """Rows with the extra fields of the rows that ask the same question."""
    extra = {row.values.get("question"): row.values for row in more}
    return [
        Row(row.line, {**extra.get(row.values.get("question"), {}), **row.values}) for row in rows
    ]


def _with_author(rows: Sequence[Row], first: int) -> list[Row]:
    return [
        Row(row.line, {**row.values, "author": f"author {_author(row, first + n)}"})
        for n, row in enumerate(rows)
    ]


def _author(row: Row, number: int) -> Any:
    return row.values.get("author", number // _TOFU_AUTHOR_QUESTIONS)


def _plain(tables: Tables, subset: str) -> tuple[Record, ...]:
    if not tables.has(subset):
        return ()
    return records_from_rows(tables.rows(subset)[0], subset, prefix=f"{subset}-")[0]


def _passages(tables: Tables, subset: str, split: str) -> tuple[Record, ...]:
    rows, _ = tables.rows(subset, split)
    passages = [
        Row(row.line, {"text": passage, "subject": f"{split} text {row.line}"})
        for row in rows
        for passage in cut_passages(iter(str(row.values.get("text", "")).split("\n\n")))
    ]
    return records_from_rows(passages, f"{split} texts", prefix=f"{split}-")[0]
