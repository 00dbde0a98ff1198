"""What every part of the page shares: the services behind it and the states on it."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import gradio as gr

from unlearn_core.data.records import Corpus, Record
from unlearn_core.data.sources import DataSpec, load_corpus
from unlearn_core.models.card import ModelCard
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.launch import Launcher, described
from unlearn_core.runs.store import Store
from unlearn_core.runs.supervisor import Supervisor
from unlearn_core.settings.config import parse
from unlearn_core.ui.forget.marking import first_wordings
from unlearn_core.ui.shell.settings import AppSettings

if TYPE_CHECKING:
    from unlearn_core.comparison.model_pool import ModelPool

ASSETS = Path(__file__).resolve().parents[3] / "assets"
"""Style sheet, pictures and the bundled model."""

TabId = Literal["model", "forget", "unlearn", "compare", "gone", "runs", "learn"]


@dataclass(frozen=True)
class Services:
    """The services behind the page; one for the whole server.

    Attributes:
        store: Every run, its events and its folder.
        supervisor: Starts and stops the workers.
        settings: How the app is served.
        visited: Set once a browser has opened the page.
    """

    store: Store
    supervisor: Supervisor
    settings: AppSettings = field(default_factory=AppSettings)
    visited: threading.Event = field(default_factory=threading.Event)

    @cached_property
    def launcher(self) -> Launcher:
        """Builds, checks and queues runs; reads models and records once."""
        return Launcher(self.store, _described, lambda spec: _read(spec)[0])

    @cached_property
    def pool(self) -> "ModelPool":
        """Loaded models that answer prompts."""
        from unlearn_core.ui.shell.libraries import ModelPool

        return ModelPool()

    def corpus(self, spec: Mapping[str, Any]) -> Corpus:
        """The corpus of a data spec, read once for each spec.

        Raises:
            InvalidInput: The spec or its source cannot be used.
        """
        return _read(parse(DataSpec, spec, "data"))[0]

    def rows(self, spec: Mapping[str, Any]) -> tuple[Record, ...]:
        """The records of a data spec that can be marked in the table, read once.

        Raises:
            InvalidInput: The spec or its source cannot be used.
        """
        return _read(parse(DataSpec, spec, "data"))[1]


def _described(spec: ModelSpec) -> ModelCard:
    import unlearn_core.ui.shell.libraries  # noqa: F401  # they are all imported by one way

    return described(spec)


def _read(spec: DataSpec) -> tuple[Corpus, tuple[Record, ...]]:
    files = (spec.source, spec.retain, spec.world, spec.holdout)
    return _corpus(spec, tuple(map(_changed, files)))


@lru_cache(maxsize=8)
def _corpus(spec: DataSpec, changed: tuple[int, ...]) -> tuple[Corpus, tuple[Record, ...]]:
    """A corpus and its rows, read again when one of its files has changed."""
    corpus = load_corpus(spec)
    return corpus, first_wordings(corpus)


def _changed(place: str) -> int:
    path = Path(place)
    return path.stat().st_mtime_ns if place and path.is_file() else 0


@dataclass(frozen=True)
class Page:
    """The components and per-visitor states that several tabs read and write.

    The browser knows the watched run as `document.documentElement.dataset.run` (also `?run=` in
    the address), set whenever `run_id` changes; browser-side components read it there.

    Attributes:
        blocks: The page; `page.blocks.load(...)` fills a tab when it is opened or reloaded.
        tabs: The six steps and the lessons; select one with `gr.Tabs(selected="compare")` as an
            output.
        model_source: What `ModelSpec.source` takes: `bundled`, a hub name, a folder, `run:<id>`.
        model_spec: The whole chosen `ModelSpec` as a dict (source, device, dtype).
        data_spec: The chosen `DataSpec` as a dict.
        marked_ids: Ids of the marked rows (first wordings), in corpus order.
        refilled: When data and marks were last set from outside the Forget tab, which then shows
            them anew. Its own edits leave it, so that the table is not redrawn under the hand.
        run_id: The run being watched; empty for none. Tabs react with `.change`.
        compared: Two sources to compare, left and right; empty until two are chosen.
        raced: Ids of the runs of the race that was started last, to be looked at in Runs.
        proposed: A method that a lesson proposes, and when; the Unlearn tab then chooses it.
        fixed: Settings that a link to the page has fixed, as `Fixed` in `lessons/link.py`.
        hidden: Names of what such a link hides.
        steps: Each step from when it is drawn; its `select` fires whenever it comes into view.
            (The `change` of `tabs` fires for all of them, and each answer to it makes Gradio walk
            the whole page, which the change of tabs then waits for.)
    """

    blocks: gr.Blocks
    tabs: gr.Tabs
    steps: dict[TabId, gr.Tab]
    model_source: gr.State
    model_spec: gr.State
    data_spec: gr.State
    marked_ids: gr.State
    refilled: gr.State
    run_id: gr.State
    compared: gr.State
    raced: gr.State
    proposed: gr.State
    fixed: gr.State
    hidden: gr.State
