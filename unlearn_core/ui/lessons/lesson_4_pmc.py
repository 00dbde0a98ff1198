"""PMC on the bundled model, a single training step at a time."""

from collections.abc import Mapping
from typing import Any

from unlearn_core.ui.lessons.base import Formula, Go, Lesson, Prediction, Scene, Step
from unlearn_core.ui.lessons.common import person, short_run
from unlearn_core.ui.lessons.mathml import (
    LOG,
    brackets,
    hat,
    i,
    inline,
    math,
    mean,
    n,
    o,
    row,
    sub,
    under,
    words,
)
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.texts import lessons as say

SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "method_config": {"samples": 8},
    "training": {"epochs": 16, "batch_size": 10, "warmup_epochs": 0},
    "measure": {"watched": 1, "samples": 20, "every": 1, "probes": 0, "live_records": 2},
}
RUN: Mapping[str, Any] = {
    "action": "begin", "key": "pmc", "label": say.FIRST_STEP,
    "note": say.FIRST_STEP_NOTE,
}  # fmt: skip


def begin(services: Services, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Queue a run that begins paused, and ask it for its first step."""
    run_id = short_run(services, "Lesson 4: PMC step by step", "pmc", person(), SETTINGS)
    services.store.send(run_id, "pause")
    services.store.advance(run_id)
    return {"run": run_id}


def pmc_formula() -> Formula:
    """What PMC picks and what it minimises."""
    theta = sub(i("p"), i("theta"))
    picked, answer = hat(i("x")), sub(i("x"), i("k"))
    original = sub(i("y"), i("orig"))
    forget, retain = sub(i("D"), i("f")), sub(i("D"), i("r"))

    def surprise(text: str) -> str:
        return row(o("−"), LOG, theta, brackets(text, o("∣"), i("q")))

    return Formula(
        math(
            picked, o("="),
            under(o("arg min"), row(sub(i("x"), n("1")), o("…"), sub(i("x"), i("n")))),
            words("ROUGE-L"), brackets(answer, o(","), original),
        )
        + math(
            i("L"), o("="), mean(row(i("q"), o("∈"), forget), surprise(picked)),
            o("+"), i("lambda"),
            mean(row(brackets(i("q"), o(","), i("x")), o("∈"), retain), surprise(i("x"))),
        ),
        "Of n sampled answers the one least like the original answer is picked; the model is "
        "trained to give it, and beside it trained on what it shall keep.",
        (
            (inline(answer), "one of n answers sampled from the model as it is now; here n = 8"),
            (inline(original), "the reference answer: what the original model said by itself"),
            (inline(words("ROUGE-L")), "share of the reference answer's words that come back in "
             "the same order, from 0 to 1"),
            (inline(picked), "the picked answer; the true answer is never used"),
            (inline(row(forget, o(","), retain)), "the questions to forget, and the records to "
             "keep"),
            (inline(i("lambda")), "weight of keeping against forgetting"),
        ),
    )  # fmt: skip


def steps() -> tuple[Step, ...]:
    """The steps."""
    name = person()[0].subject
    return (
        Step(
            "Draw, compare, pick",
            (
                f"The model shall forget ten facts about {name}. In each training step it "
                "answers each of the ten questions eight times.",
            ),
            question=Prediction(
                "Which of its eight answers is it trained on?",
                (
                    "The one most like its first answer",
                    "The one least like its first answer",
                    "The true answer, made less likely",
                ),
                1,
                "It learns from its own words that are least like what it used to say. Take the "
                "first step and look at the picked one.",
            ),
            reveal=Scene("pmc", RUN),
            formula=pmc_formula(),
        ),
        Step(
            "Step by step",
            (
                "Each press of One step is one change of the weights: draw, pick, train, and ask "
                "twenty times again.",
            ),
            question=Prediction(
                "After ten such steps, what are most answers to the question?",
                (
                    "Still the true one",
                    "All different: the model is confused",
                    "A few that give nothing away",
                ),
                2,
                "The answers contract: this is the collapse. Step on until the leaking answers "
                "are gone, or let it go on to the end.",
            ),
            reveal=Scene("pmc", RUN),
        ),
        Step(
            "Why the true answer is not needed",
            (
                "The picked answers come from the model, the reference answer too. Nothing of "
                "what is to be forgotten is shown to the training, only its questions.",
            ),
            question=Prediction(
                "The picked answer shares no word with the reference answer. What happens next?",
                (
                    "It is kept, and trained on in the following steps",
                    "New answers are drawn until one is even worse",
                ),
                0,
                "A similarity of 0 cannot be beaten, so nothing more is drawn for this question; "
                "this makes late steps quick.",
            ),
            go=(Go("Watch this run, with all its charts", "unlearn", run="pmc"),),
        ),
    )


LESSON = Lesson(
    order=4,
    title="PMC, step by step",
    promise="Press a button for each training step and see which answer the model learns from.",
    minutes=5,
    learnt="PMC lets a model forget by learning from its own most different answers, until "
    "nothing of the old one is left to choose.",
    make_steps=steps,
    actions={"begin": begin},
)
