"""What several lessons ask of the app: a short run, its news, what a model says by itself."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from unlearn_core.data.bundled import bundled_corpus
from unlearn_core.data.records import Record
from unlearn_core.demo.corpus import default_forget_subjects, passages_seen
from unlearn_core.errors import InvalidInput, LetheError
from unlearn_core.models.spec import ModelSpec
from unlearn_core.ui.charts import feed
from unlearn_core.ui.forget.marking import first_wordings
from unlearn_core.ui.lessons.base import Action
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.texts import lessons as say
from unlearn_core.ui.unlearn.start import Choice, build_spec

PEOPLE, PASSAGES = "bundled:people", "bundled:passages"
BRIEF: Mapping[str, Any] = {
    "watched": 0, "probes": 1, "live_records": 10, "final_records": 4, "leak_samples": 0,
}  # fmt: skip
"""Measuring that a room of people can wait for."""
CURVES: Sequence[Mapping[str, str]] = (
    {"name": "utility/forget_recall", "label": say.TO_FORGET, "colour": "forget"},
    {"name": "utility/retain_recall", "label": say.TO_KEEP, "colour": "retain", "dash": "dash"},
    {"name": "utility/world_recall", "label": say.GENERAL, "colour": "world",
     "dash": "dot"},
)  # fmt: skip


def person() -> tuple[Record, ...]:
    """The rows about the person whom the lessons forget: the first of the default ones."""
    name = default_forget_subjects()[0]
    return tuple(r for r in first_wordings(bundled_corpus("people")) if r.subject == name)


def short_run(
    services: Services,
    name: str,
    method: str,
    records: Sequence[Record],
    groups: Mapping[str, Mapping[str, Any]],
    data: str = PEOPLE,
) -> str:
    """Put a lesson's run on the bundled model in the queue; gives its id.

    Args:
        services: Of the page.
        name: Shown wherever runs are listed.
        method: A registered method.
        records: What it shall forget.
        groups: Settings by group that differ from the method's defaults and from `BRIEF`.
        data: Where the records come from.

    Raises:
        LetheError: It could never work.
    """
    settings = {**groups, "measure": {**BRIEF, **groups.get("measure", {})}}
    model = ModelSpec().model_dump(mode="json")
    marked = [record.id for record in records]
    choice = Choice(model, {"source": data}, marked, method, settings, name)
    return services.launcher.start(build_spec(services, choice))


def poll(services: Services, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is new of a run since the cursor: the charts' rows, and what a step chose from."""
    run_id, cursor = str(request["run"]), int(request["cursor"])
    news = feed.poll(services.store, run_id, cursor)
    if "gone" in news:
        return news
    drawn = services.store.events(run_id, after=cursor, kinds=("candidates",))
    found = [{"step": event.step, **event.payload} for event in drawn]
    last = max([news["cursor"], *(event.seq for event in drawn)])
    return {**news, "candidates": found, "cursor": last, "problem": services.supervisor.trouble}


def step(services: Services, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Let a paused run take one step."""
    services.store.advance(str(request["run"]))
    return {}


def resume(services: Services, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Let a paused run go on to its end."""
    services.store.resume(str(request["run"]))
    return {}


SHARED: Mapping[str, Action] = {"poll": poll, "step": step, "resume": resume}
"""Actions of every lesson."""


def made_by(services: Services, run_id: str) -> str:
    """The model that a run made, as the pool takes it.

    Raises:
        InvalidInput: There is no such run, or it has not made one yet.
    """
    if services.store.state(run_id) in ("queued", "loading", "running", "stopping", "paused"):
        raise InvalidInput(say.NOT_ENDED)
    with suppress(LetheError):
        return str(services.store.model_folder(run_id))
    raise InvalidInput(say.NO_MODEL)


def passages(ids: Sequence[str] = ()) -> tuple[Record, ...]:
    """The bundled passages, all or the named ones in that order."""
    by_id = {record.id: record for record in bundled_corpus("passages").records}
    return tuple(by_id[i] for i in ids) if ids else tuple(by_id.values())


def remembered(services: Services, source: str, records: Sequence[Record]) -> list[dict[str, Any]]:
    """Each passage with its tokens and memorisation accuracy under a model, JSON-ready."""
    from unlearn_core.ui.shell.libraries import accuracy, token_recall

    with services.pool.reading(source) as (model, encoder):
        found = token_recall(model, encoder, records)
    seen = passages_seen()
    return [
        {
            "id": record.id,
            "label": record.subject,
            "seen": seen[record.id],
            "accuracy": accuracy(tokens),
            "hits": sum(token.hit for token in tokens),
            "tokens": [[t.text, t.hit, t.guess, t.probability] for t in tokens],
        }
        for record, tokens in zip(records, found, strict=True)
    ]
