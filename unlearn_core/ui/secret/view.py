"""Where a secret's path stands, read from the store alone, so that a reload finds it again."""

from collections.abc import Mapping
from statistics import fmean
from typing import Any, Literal

from unlearn_core.models.name import run_of
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.store import Store
from unlearn_core.ui.secret.keeping import find, runs_of
from unlearn_core.ui.shell.progress import share
from unlearn_core.ui.texts import secret as words
from unlearn_core.ui.texts.common import seconds

Json = dict[str, Any]
Step = Literal["tell", "teach", "check", "forget", "attack"]


def look(store: Store, token: str) -> Json:
    """The step a secret has reached, and what there is to say of its runs.

    Returns:
        `step`, `name`, `facts`, and the runs `teach` and `unlearn` (None where there is none)
        with `id`, `state`, `going`, `done`, `percent`, `words` and `problem`.

    Raises:
        InvalidInput: There is no such secret.
    """
    secret = find(store, token)
    taught, forgot = newest(store, token)
    return {
        "step": _step(store, taught, forgot),
        "name": secret.name,
        "facts": [[fact.topic, fact.value] for fact in secret.facts],
        "teach": _run(store, taught),
        "unlearn": _run(store, forgot),
    }


def newest(store: Store, token: str) -> tuple[RunInfo | None, RunInfo | None]:
    """The newest run that teaches, and the newest that forgets what that one taught."""
    taught = next(iter(runs_of(store, token, "teach")), None)
    if taught is None:
        return None, None
    after = (
        run
        for run in runs_of(store, token, "unlearn")
        if run_of(run.source) == taught.id and run.state != "discarded"
    )
    return taught, next(after, None)


def made_model(store: Store, run: RunInfo | None) -> bool:
    """Whether a run has come to its end and left a model."""
    return run is not None and store.has_model(run)


def verdict_on_check(counted: Mapping[str, Any], kind: str) -> str:
    """What a check found, in one or two sentences."""
    known, n = counted["known"], counted["n"]
    if kind == "teach":
        sentence = (
            words.TAUGHT_ALL if known == n else words.TAUGHT_SOME if known else words.TAUGHT_NONE
        )
    else:
        sentence = words.FORGOT_SOME if known or counted["other"] else words.FORGOT_ALL
    return sentence.format(**counted)


def verdict_on_attack(found: Mapping[str, Any]) -> str:
    """What the attacks brought back, in a sentence."""
    sentence = words.SOME_BACK if found["found"] else words.NOTHING_BACK
    values = {**found, "attacks": len(found["attacks"])}
    return sentence.format(**values)


def _step(store: Store, taught: RunInfo | None, forgot: RunInfo | None) -> Step:
    if not made_model(store, taught):
        return "teach"
    if forgot is None:
        return "check"
    return "attack" if made_model(store, forgot) else "forget"


def _run(store: Store, run: RunInfo | None) -> Json | None:
    if run is None:
        return None
    done = made_model(store, run)
    failed = words.FAILED[run.spec["kind"]]
    return {
        "id": run.id,
        "state": run.state,
        "going": not run.finished,
        "done": done,
        "percent": round(100 * share(run)),
        "words": "" if run.finished else _going(run),
        "leaking": _leaking(store, run),
        "problem": f"{failed} {run.message}".strip() if run.finished and not done else "",
    }


def _going(run: RunInfo) -> str:
    percent = f"{100 * share(run):.0f} %"
    if run.state == "queued" and run.place and run.place > 1:
        return words.GOING["queued"].format(place=run.place)
    if run.state in ("queued", "loading"):
        return words.GOING["loading"]
    if run.state == "running" and run.seconds_left:
        return words.GOING["left"].format(percent=percent, left=seconds(run.seconds_left))
    key = "stopping" if run.state == "stopping" else "running"
    return words.GOING[key].format(percent=percent)


def _leaking(store: Store, run: RunInfo) -> str:
    """How many of the sampled answers give a fact away, now and when forgetting began."""
    if run.spec["kind"] != "unlearn":
        return ""
    by_step: dict[int, list[float]] = {}
    for event in store.events(run.id, kinds=("answers",)):
        told = set(event.payload["leaks"])
        leaks = sum(count for text, count in event.payload["answers"] if text in told)
        by_step.setdefault(event.step, []).append(leaks / event.payload["n"])
    if not by_step:
        return ""
    shares = [f"{100 * fmean(values):.0f} %" for _, values in sorted(by_step.items())]
    return words.LEAKING.format(now=shares[-1], first=shares[0])
