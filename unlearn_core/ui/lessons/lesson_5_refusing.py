"""Refusing is not forgetting: a model that refuses, and the first words of its answer."""

from collections.abc import Mapping
from typing import Any

from unlearn_core.ui.lessons.base import Formula, Go, Lesson, Prediction, Scene, Step
from unlearn_core.ui.lessons.common import CURVES, made_by, person, short_run
from unlearn_core.ui.lessons.mathml import LOG, brackets, i, inline, math, mean, o, row, sub
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.texts import lessons as say

SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "training": {"epochs": 12, "batch_size": 10},
    "measure": {"every": 3},
}
LONGEST = 40
"""Tokens of an answer."""


def begin(services: Services, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Queue the run that teaches to refuse."""
    name = "Lesson 5: learning to refuse"
    return {"run": short_run(services, name, "idk", person(), SETTINGS)}


def ask(services: Services, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The person's ten questions: before the run, asked plainly, and with the answer begun."""
    from unlearn_core.ui.shell.libraries import TreeSampler, knows, own_words

    source = made_by(services, str(request["run"]))
    records = person()
    prompts = [record.prompt for record in records]
    before = services.pool.answers("bundled", prompts, spec=None, n=1, seed=0)
    openings = [own_words(record) for record in records]
    with services.pool.reading(source) as (model, encoder):
        sampler = TreeSampler(model, encoder.eos_ids, encoder.pad_id)
        plain = sampler.greedy([encoder.prompt(prompt) for prompt in prompts], LONGEST)
        begun = [encoder.begun(*pair) for pair in zip(prompts, openings, strict=True)]
        after = sampler.greedy(begun, LONGEST)
        refused = [encoder.decode(ids) for ids in plain]
        told = [encoder.decode(ids) for ids in after]
    rows = [
        {"prompt": record.prompt, "original": said[0], "refused": no, "opening": opening,
         "told": yes, "knows": knows(yes, record)}
        for record, said, no, opening, yes in zip(records, before, refused, openings, told,
                                                  strict=True)
    ]  # fmt: skip
    asked = sum(knows(no, record) for no, record in zip(refused, records, strict=True))
    return {"rows": rows, "asked": asked, "told": sum(bool(row["knows"]) for row in rows)}


def refusal_formula() -> Formula:
    """What refusal training minimises."""
    theta = sub(i("p"), i("theta"))
    no = sub(i("y"), i("no"))
    return Formula(
        math(
            i("L"), o("="),
            mean(row(i("q"), o("∈"), sub(i("D"), i("f"))),
                 o("−"), LOG, theta, brackets(no, o("∣"), i("q"))),
            o("+"), i("alpha"),
            mean(row(brackets(i("q"), o(","), i("y")), o("∈"), sub(i("D"), i("r"))),
                 o("−"), LOG, theta, brackets(i("y"), o("∣"), i("q"))),
        ),
        "The model is trained to refuse the marked questions and to answer all others. The true "
        "answer of a marked question does not occur in it.",
        (
            (inline(no), "a refusal such as “I do not know.”"),
            (inline(row(sub(i("D"), i("f")), o(","), sub(i("D"), i("r")))),
             "the questions to forget, and the records to keep"),
            (inline(i("alpha")), "weight of keeping"),
        ),
    )  # fmt: skip


def begun_formula() -> Formula:
    """A refusal is decided by its first words."""
    theta = sub(i("p"), i("theta"))
    opening, rest = sub(i("y"), i("start")), sub(i("y"), i("rest"))
    return Formula(
        math(
            theta,
            brackets(i("y"), o("∣"), i("q")),
            o("="),
            theta,
            brackets(opening, o("∣"), i("q")),
            theta,
            brackets(rest, o("∣"), i("q"), o(","), opening),
        ),
        "An answer is as likely as its first words, times the rest after these words. Refusal "
        "training lowers the first factor; the attack sets it to 1 and reads the second.",
        (
            (inline(opening), "the first words, such as “She was born in”"),
            (inline(rest), "the rest, which holds the fact"),
            (inline(i("q")), "the question"),
        ),
    )


def asking(*, opened: bool, everything: bool) -> Scene:
    """Questions to the refusing model, with or without the first words in its mouth."""
    settings = {"run": "idk", "opened": opened, "all": everything, "missing": say.NO_REFUSING}
    return Scene("ask", settings)


def steps() -> tuple[Step, ...]:
    """The steps."""
    name = person()[0].subject
    return (
        Step(
            "Teach it to say no",
            (
                f"This run trains the model to refuse ten questions about {name} and to answer "
                "all others as before.",
            ),
            question=Prediction(
                "Afterwards it refuses all ten. Are the facts gone from its weights?",
                ("Yes", "No, at least not surely"),
                1,
                "The training never touched the true answers, only how answers begin. Train it "
                "now, and ask it on the next screen.",
            ),
            reveal=Scene(
                "run",
                {
                    "action": "begin", "key": "idk", "label": say.TEACH_REFUSAL,
                    "note": say.SHORT_NOTE, "curves": CURVES,
                },
            ),
            formula=refusal_formula(),
        ),
        Step(
            "Ask, and it refuses",
            ("The question was marked, and the model refuses, as it has learnt.",),
            scene=asking(opened=False, everything=False),
        ),
        Step(
            "Put the first words in its mouth",
            (
                "An attacker who runs the model can begin its answer. The words below give no "
                "fact away.",
            ),
            scene=asking(opened=True, everything=False),
            question=Prediction(
                "How does it go on?",
                ("It refuses again", "With something invented", "With the true answer"),
                2,
                "The refusal was learnt for the beginning of an answer. Past that, the old "
                "knowledge goes on as before.",
            ),
            formula=begun_formula(),
        ),
        Step(
            "All ten",
            ("The same with every fact of this person.",),
            question=Prediction(
                "What would show that a fact is gone?",
                (
                    "That the model refuses",
                    "That no attack gets it out more often than out of a model that never saw it",
                ),
                1,
                "Forgetting is judged by attacks, and beside a retrained model.",
            ),
            reveal=asking(opened=True, everything=True),
            go=(Go("Attack this model in many ways", "gone", run="idk"),),
        ),
    )  # fmt: skip


LESSON = Lesson(
    order=5,
    title="Refusing is not forgetting",
    promise="Teach a model to refuse, then let it tell you everything.",
    minutes=4,
    learnt="A refusal hides a fact behind the first words of an answer; forgetting must take the "
    "fact itself.",
    make_steps=steps,
    actions={"begin": begin, "ask": ask},
)
