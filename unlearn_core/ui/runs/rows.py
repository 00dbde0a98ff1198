"""Runs in words: the rows of the list, a run's own settings, and what it measured."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, get_origin

from unlearn_core.methods.base import MethodInfo
from unlearn_core.methods.registry import method
from unlearn_core.runs.history import history_of, known_runs
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.recorded import is_recorded
from unlearn_core.runs.result import RunResult, read_result
from unlearn_core.runs.spec import RunSpec
from unlearn_core.runs.store import Store
from unlearn_core.settings.config import Config, Setting, settings_of
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import runs as say
from unlearn_core.ui.texts.common import GROUPS, STATES, facts, seconds, size

MOST_NAMES = 2
SCORES = (
    ("fact_recall", say.FACTS, say.FACTS_HELP, 100),
    ("rouge_l_recall", say.ROUGE, say.ROUGE_HELP, 100),
    ("log_likelihood", say.LOGLIK, say.LOGLIK_HELP, 1),
)  # fmt: skip


def rows(store: Store) -> list[dict[str, Any]]:
    """Every run, newest first, then the recorded ones, as the list in the browser shows it."""
    return [row(store, info) for info in known_runs(store)]


def row(store: Store, info: RunInfo) -> dict[str, Any]:
    """One run, JSON-ready."""
    result = read_result(history_of(store, info.id).folder(info.id))
    return {
        "id": info.id,
        "name": info.name,
        "state": info.state,
        "recorded": is_recorded(info.id),
        "words": state_words(info),
        "method": method_title(info),
        "marks": marks_words(info.spec.get("marks", {})),
        "started": info.started or info.created,
        "took": seconds(info.took) if info.took else "",
        "forget": recall_words(result, "forget"),
        "retain": recall_words(result, "retain"),
    }


def state_words(info: RunInfo) -> str:
    """The state, with the step while it goes and the place while it waits."""
    word = STATES[info.state]
    if info.state == "queued" and info.place:
        return say.PLACE.format(state=word, place=info.place)
    if info.active and info.total:
        return say.STEP_OF.format(state=word, step=info.step, total=info.total)
    return word


def method_title(info: RunInfo) -> str:
    """The method as people call it."""
    return _method(info).title


def _method(info: RunInfo) -> MethodInfo:
    return method(str(info.spec["method"]), "teach" if info.kind == "teach" else "unlearn")


def marks_words(marks: Mapping[str, Any]) -> str:
    """What is to be forgotten, on one line."""
    parts = list(marks.get("subjects") or ())
    words = ", ".join(parts[:MOST_NAMES])
    if len(parts) > MOST_NAMES:
        words = say.AND_MORE.format(names=words, n=len(parts) - MOST_NAMES)
    found = [words] if words else []
    ids = len(marks.get("ids") or ())
    if ids:
        found.append(texts.count(ids, "record"))
    if marks.get("search"):
        found.append(say.ALL_WITH.format(text=marks["search"]))
    if marks.get("random"):
        found.append(say.AT_RANDOM.format(n=marks["random"]))
    return ", ".join(found) or say.EVERY_RECORD


def recall_words(result: RunResult | None, group: str) -> str:
    """Fact recall of a group before and after, in per cent; empty when not measured."""
    both = result.both(group) if result else None
    return " → ".join(f"{score.fact_recall * 100:.0f} %" for score in both) if both else ""


def result_html(result: RunResult | None) -> str:
    """Before and after of every group as a table, with what the run cost."""
    if not result:
        return f'<p class="lethe-note">{say.NOT_MEASURED}</p>'
    head = "".join(
        f'<th scope="col" title="{escape(help)}">{escape(label)}{" (%)" if scale > 1 else ""}</th>'
        for _, label, help, scale in SCORES
    )
    body = "".join(_score_row(result, group) for group in result.after.groups if group in GROUPS)
    table = (
        f'<table class="lethe-table"><thead><tr><th scope="col">{say.GROUP}</th>'
        f'<th scope="col">{texts.RECORDS}</th>{head}</tr></thead><tbody>{body}</tbody></table>'
    )
    return table + facts(_costs(result))


def _score_row(result: RunResult, group: str) -> str:
    both = result.both(group)
    if not both:
        return ""
    label, help = GROUPS[group]
    cells = "".join(
        f"<td>{' → '.join(f'{getattr(score, name) * scale:.1f}' for score in both)}</td>"
        for name, _, _, scale in SCORES
    )
    title = f'<td title="{escape(help)}">{escape(label)}</td>'
    return f"<tr>{title}<td>{both[1].records}</td>{cells}</tr>"


def _costs(result: RunResult) -> Iterable[tuple[str, str]]:
    before, after = result.before.leak_share, result.after.leak_share
    if before is not None and after is not None:
        yield say.LEAKS, f"{before * 100:.1f} % → {after * 100:.1f} %"
    yield say.WHOLE_RUN, seconds(result.seconds["total"])
    yield say.STEPS, str(result.steps)
    if result.peak_memory_bytes:
        yield say.MEMORY, size(result.peak_memory_bytes)
    if result.stopped_because:
        yield say.ENDED_EARLY, result.stopped_because


def settings_html(info: RunInfo) -> str:
    """The settings this run has or had, not those of any form; group by group."""
    spec = info.spec
    chosen = _method(info)
    parts = [_group(say.RUN, [(say.RUN, info.id), (texts.SEED, str(spec.get("seed", 0))),
                            (texts.DEVICE, info.device)])]  # fmt: skip
    parts.append(_config_group(say.METHOD_OF.format(title=chosen.title), chosen.config,
                               spec.get("method_config", {})))  # fmt: skip
    for name, field in RunSpec.model_fields.items():
        config = field.annotation
        if get_origin(config) is None and isinstance(config, type) and issubclass(config, Config):
            parts.append(_config_group(name.capitalize(), config, spec.get(name, {})))
    return "".join(parts)


def _config_group(title: str, config: type[Config], values: Mapping[str, Any]) -> str:
    shown = [
        (item.label, _value(item, values[item.name]))
        for item in settings_of(config)
        if item.name in values and values[item.name] not in ("", None, [], ())
    ]
    return _group(title, shown)


def _value(item: Setting, value: Any) -> str:
    if isinstance(value, bool):
        return texts.YES if value else texts.NO
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{text} {item.unit}" if item.unit else text


def _group(title: str, shown: list[tuple[str, str]]) -> str:
    return f"<h4>{escape(title)}</h4>{facts(shown)}" if shown else ""
