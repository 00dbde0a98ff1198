"""Each sequence its own: SGA and TAU on passages that are memorised more or less well."""

from collections.abc import Mapping
from typing import Any

from unlearn_core.ui.lessons.base import Formula, Go, Lesson, Prediction, Scene, Step
from unlearn_core.ui.lessons.common import PASSAGES, made_by, passages, remembered, short_run
from unlearn_core.ui.lessons.mathml import (
    LOG,
    brackets,
    i,
    inline,
    math,
    mean,
    n,
    o,
    row,
    sub,
    words,
)
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.texts import lessons as say

CHOSEN = tuple(f"passage-{number}" for number in ("02", "14", "22", "34", "42", "50", "58", "64"))
"""Seen 1, 4, 8, 16, 24, 32, 48 and 64 times."""
BRIEF: Mapping[str, Any] = {"probes": 0, "live_records": 2, "final_records": 2, "every": 1000}
SGA: Mapping[str, Mapping[str, Any]] = {
    "training": {"epochs": 12, "batch_size": 8, "stop_forget_recall": None,
                 "stop_retain_recall": None},
    "measure": BRIEF,
}  # fmt: skip
TAU: Mapping[str, Mapping[str, Any]] = {
    "training": {"epochs": 12, "batch_size": 8, "stop_retain_recall": None},
    "measure": BRIEF,
}
TITLES = {"sga": say.AFTER_SGA, "tau": say.AFTER_TAU}


def begin_sga(services: Services, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Queue the run of SGA."""
    name = "Lesson 6: SGA on eight passages"
    return {"run": short_run(services, name, "sga", passages(CHOSEN), SGA, PASSAGES)}


def begin_tau(services: Services, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Queue the run of TAU."""
    name = "Lesson 6: TAU on eight passages"
    return {"run": short_run(services, name, "tau", passages(CHOSEN), TAU, PASSAGES)}


def memory(services: Services, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Memorisation of the passages under the original and under the models of finished runs."""
    runs = {key: str(run) for key, run in dict(request["runs"]).items() if key in TITLES}
    ended = {key: run for key, run in runs.items()
             if services.store.state(run) in ("done", "stopped")}  # fmt: skip
    sources = {say.BEFORE: "bundled"}
    sources |= {TITLES[key]: made_by(services, run) for key, run in ended.items()}
    found = [remembered(services, source, passages(CHOSEN)) for source in sources.values()]
    rows = [
        {"label": same[0]["label"], "seen": same[0]["seen"],
         "values": [one["accuracy"] for one in same]}
        for same in zip(*found, strict=True)
    ]  # fmt: skip
    waiting = say.COLUMN_LATER if len(ended) < len(runs) else ""
    return {"columns": list(sources), "rows": rows, "waiting": waiting}


def select_formula() -> Formula:
    """Which passages SGA trains on."""
    x, data = i("x"), sub(i("D"), i("f"))
    theta = sub(i("p"), i("theta"))
    accuracy = row(i("MA"), brackets(x))
    return Formula(
        math(
            i("S"), o("="),
            brackets(x, o("∈"), data, o(":"), accuracy, o("≥"), i("gamma"), kind="{}"),
            o("∪"), brackets(words("arg max "), accuracy, kind="{}"),
        )
        + math(
            i("L"), o("="), mean(row(x, o("∈"), i("S")), LOG, theta, brackets(x)),
        ),
        "SGA trains backwards on the passages that are memorised to at least the threshold, and "
        "always on the best memorised one; it measures anew before each pass.",
        (
            (inline(accuracy), "memorisation accuracy of a passage, as in lesson 1"),
            (inline(i("gamma")), "the threshold, 0.7"),
            (inline(i("S")), "the passages trained on in this pass"),
            (inline(data), "the forget set: eight passages"),
        ),
    )  # fmt: skip


def arithmetic_formula() -> Formula:
    """TAU's task arithmetic."""
    start, tuned = sub(i("theta"), i("SGA")), sub(i("theta"), i("ft"))
    return Formula(
        math(
            i("theta"),
            o("="),
            start,
            o("+"),
            i("c"),
            brackets(tuned, o("−"), start),
            o(","),
            words("  "),
            i("c"),
            o("<"),
            n("0"),
        ),
        "After the first passes TAU trains forwards on all passages, and then moves the weights "
        "the opposite way.",
        (
            (inline(start), "the weights when SGA gave way"),
            (inline(tuned), "these weights trained further on all passages, the ordinary way"),
            (inline(i("c")), "how far to go against it; negative, so that relearning is undone"),
        ),
    )


def run_scene(key: str, label: str) -> Scene:
    """The strip of dots of one run."""
    return Scene("strip", {"action": f"begin_{key}", "key": key, "label": label,
                           "note": say.SHORT_NOTE})  # fmt: skip


def steps() -> tuple[Step, ...]:
    """The steps."""
    return (
        Step(
            "Eight passages, known unequally",
            (
                "These passages shall be forgotten. Some the model knows by heart, one it has "
                "hardly kept.",
            ),
            scene=Scene("memory", {"runs": ()}),
            question=Prediction(
                "Selective gradient ascent measures each one first. Which will it train on?",
                (
                    "All eight alike",
                    "Those of which the model says 70 % or more by itself",
                    "Those it knows least, since they are easiest to forget",
                ),
                1,
                "What is hardly memorised needs no unlearning, and pushing it down would only do "
                "harm and make it stand out.",
            ),
            formula=select_formula(),
        ),
        Step(
            "SGA at work",
            (
                "Each row is a passage, each column a pass; ringed ones are trained on in that "
                "pass.",
            ),
            question=Prediction(
                "What will happen to the rings as it goes on?",
                (
                    "They stay on the same passages",
                    "They become fewer, and end with the best known ones",
                    "They spread to all passages",
                ),
                1,
                "A passage that falls below the threshold is left alone, so that nothing is "
                "forgotten harder than needed.",
            ),
            reveal=run_scene("sga", say.START_SGA),
        ),
        Step(
            "TAU: then against relearning",
            (
                "TAU begins like SGA. Once enough is gone it learns the passages again for a "
                "moment, to find the way relearning would go, and moves the weights against it.",
            ),
            question=Prediction(
                "In its second part, on which passages does TAU train?",
                ("On the best known ones only", "On all eight"),
                1,
                "The way of relearning is that of the whole forget set. Look for the pass in "
                "which every dot is ringed.",
            ),
            reveal=run_scene("tau", say.START_TAU),
            formula=arithmetic_formula(),
        ),
        Step(
            "Before and after, passage by passage",
            (
                "Memorisation accuracy of each passage, in per cent; lower means less of it is "
                "known. Even a model that never saw a passage says some of its tokens.",
            ),
            scene=Scene("memory", {"runs": ("sga", "tau")}),
            go=(
                Go("Set up SGA on these passages", "unlearn", method="sga", data=PASSAGES,
                   marked=CHOSEN),
                Go("Set up TAU on these passages", "unlearn", method="tau", data=PASSAGES,
                   marked=CHOSEN),
            ),
        ),
    )  # fmt: skip


LESSON = Lesson(
    order=6,
    title="Each sequence its own",
    promise="Eight passages, known unequally, and two methods that treat each by its need.",
    minutes=5,
    learnt="What is memorised more must be unlearned more; measuring each text keeps the rest "
    "from harm.",
    make_steps=steps,
    actions={"begin_sga": begin_sga, "begin_tau": begin_tau, "memory": memory},
)
