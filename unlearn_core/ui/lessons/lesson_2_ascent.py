"""Why ascent breaks things: gradient ascent with its stop rule off."""

from collections.abc import Mapping
from typing import Any

from unlearn_core.ui.lessons.base import Formula, Go, Lesson, Prediction, Scene, Step
from unlearn_core.ui.lessons.common import CURVES, PEOPLE, person, short_run
from unlearn_core.ui.lessons.mathml import LOG, brackets, i, inline, math, mean, o, row, sub
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.texts import lessons as say

SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "training": {
        "epochs": 12, "batch_size": 10, "learning_rate": 8e-4, "schedule": "constant",
        "stop_forget_recall": None, "stop_retain_recall": None,
    },
    "measure": {"every": 2},
}  # fmt: skip


def begin(services: Services, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Queue the run whose stop rules are off."""
    name = "Lesson 2: ascent without a stop"
    return {"run": short_run(services, name, "gradient-ascent", person(), SETTINGS)}


def ascent_formula() -> Formula:
    """What gradient ascent minimises."""
    theta = sub(i("p"), i("theta"))
    likely = row(LOG, theta, brackets(i("y"), o("∣"), i("q")))
    data = sub(i("D"), i("f"))
    return Formula(
        math(
            i("L"), o("="), mean(row(brackets(i("q"), o(","), i("y")), o("∈"), data), likely),
            o("→"), o("−"), i("∞"),
        ),
        "The loss is the mean log-probability of the true answers, and training lowers it without "
        "end: a probability can always become ten times smaller.",
        (
            (inline(data), "the forget set: questions with their true answers"),
            (inline(brackets(i("q"), o(","), i("y"))), "a question and its true answer"),
            (inline(theta), "the probability that the model gives to an answer"),
            (inline(i("L")), "the loss; ordinary training has a minus sign here, and ends at 0"),
        ),
    )  # fmt: skip


def steps() -> tuple[Step, ...]:
    """The steps."""
    name = person()[0].subject
    return (
        Step(
            "Training run backwards",
            (
                "The plainest way to unlearn is to run training backwards: every step makes the "
                "true answers a little less likely. This is called gradient ascent.",
                "Ordinary training ends when the right answers have probability 1; then there is "
                "nothing left to gain.",
            ),
            question=Prediction(
                "Where does training end when it is run backwards?",
                (
                    "When the answers are as likely as any other",
                    "When the facts are forgotten",
                    "Nowhere: it can always go on",
                ),
                2,
                "The loss has no floor. Once the facts are gone, each step still finds something "
                "to make less likely, and it takes that from everything the model can do.",
            ),
            formula=ascent_formula(),
        ),
        Step(
            "Twelve steps with no one to stop them",
            (
                f"This run makes the bundled model forget ten facts about {name}, an invented "
                "person, with the stop rules turned off. The app would stop it in time.",
            ),
            question=Prediction(
                "What happens to the facts to keep, about 79 other people?",
                (
                    "They stay: nothing was done to them",
                    "They go too, and the sentences break",
                    "The model refuses to answer them",
                ),
                1,
                "All facts share the same weights. Start the run, and read what the model says "
                "as it goes.",
            ),
            reveal=Scene(
                "run",
                {
                    "action": "begin", "key": "ascent", "label": say.START_RUN,
                    "note": say.START_RUN_NOTE,
                    "curves": CURVES,
                },
            ),
        ),
        Step(
            "What keeps it in check",
            (
                "Methods of today add a floor, or train on what is to be kept beside it, or stop "
                "in time. The app's own gradient ascent stops once the marked facts are "
                "forgotten, or half of the kept ones are lost.",
            ),
            question=Prediction(
                "Gradient ascent stops in time. Are the facts surely gone from the weights?",
                ("Yes", "No: stopping early says nothing about what is hidden"),
                1,
                "Only attacks can tell. Lesson 5 shows a model that looks as if it had forgotten.",
            ),
            go=(
                Go("Set up gradient ascent with its stop rules", "unlearn",
                   method="gradient-ascent", data=PEOPLE,
                   marked=tuple(record.id for record in person())),
                Go("Look at this lesson's run", "unlearn", run="ascent"),
            ),
        ),
    )  # fmt: skip


LESSON = Lesson(
    order=2,
    title="Why ascent breaks things",
    promise="Run training backwards and watch a whole model fall apart.",
    minutes=4,
    learnt="A loss without a floor takes everything with it; forgetting needs an end that is "
    "worth reaching.",
    make_steps=steps,
    actions={"begin": begin},
)
