"""What a model remembers: memorisation of single passages."""

from collections.abc import Mapping
from typing import Any

from unlearn_core.ui.lessons.base import Formula, Go, Lesson, Prediction, Scene, Step
from unlearn_core.ui.lessons.common import PASSAGES, passages, remembered
from unlearn_core.ui.lessons.mathml import brackets, frac, i, inline, math, n, o, row, sub, under
from unlearn_core.ui.shell.services import Services

FIRST = ("passage-50", "passage-22", "passage-02")
THREE = ("passage-14", "passage-42", "passage-06")
"""Seen 4, 24 and 2 times."""
BEST = tuple(f"passage-{number}" for number in range(57, 65))


def tokens(services: Services, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Some passages token by token under the bundled model."""
    found = passages(tuple(map(str, request["ids"])))
    return {"passages": remembered(services, "bundled", found)}


def scatter(services: Services, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Memorisation accuracy of all passages, and how often each was seen."""
    rows = remembered(services, "bundled", passages())
    names = ("label", "seen", "accuracy")
    return {"points": [{name: row[name] for name in names} for row in rows]}


def accuracy_formula() -> Formula:
    """MA of one passage."""
    x = i("x")
    theta = sub(i("p"), i("theta"))
    earlier = row(sub(x, n("1")), o("…"), sub(x, i("t")))
    best = row(under(o("arg max"), i("v")), theta, brackets(i("v"), o("∣"), earlier))
    hit = row(best, o("="), sub(x, row(i("t"), o("+"), n("1"))))
    last = row(i("T"), o("−"), n("1"))
    total = f"<munderover>{o('∑')}{row(i('t'), o('='), n('1'))}{last}</munderover>"
    return Formula(
        math(i("MA"), brackets(x), o("="), frac(n("1"), last), total, n("𝟙"),
             brackets(hit, kind="[]", tall=True)),
        "Memorisation accuracy is the share of tokens that are the model's first choice, when it "
        "is given all true tokens before them.",
        (
            (inline(x), "the passage, a row of tokens (pieces of words)"),
            (inline(i("T")), "how many tokens it has, with the one that ends it"),
            (inline(theta), "the model's probabilities for the next token"),
            (inline(i("v")), "any token of the vocabulary; arg max takes the most likely one"),
            (inline(n("𝟙")), "counts 1 where the statement holds, else 0"),
        ),
    )  # fmt: skip


def steps() -> tuple[Step, ...]:
    """The steps."""
    return (
        Step(
            "One passage, token by token",
            (
                "The bundled model was trained on 64 nonsense passages. Nobody could guess the "
                "next word of such a text; a model that says it has memorised it.",
                "It reads along with the true text and is asked at each place what comes next. "
                "Choose another passage, and hold the pointer over a token.",
            ),
            scene=Scene("tokens", {"ids": FIRST, "choose": True, "seen": True}),
            formula=accuracy_formula(),
        ),
        Step(
            "Which of three was seen most often?",
            ("One of these passages was shown to the model more often than the others.",),
            scene=Scene("tokens", {"ids": THREE, "choose": False, "seen": False}),
            question=Prediction(
                "Which one?",
                ("The first", "The second", "The third"),
                1,
                "It was seen 24 times, the others 4 times and twice. What was repeated is "
                "remembered word by word.",
            ),
        ),
        Step(
            "All 64 of them",
            ("The passages were seen from once to 64 times, all in the same training.",),
            question=Prediction(
                "A passage was seen 16 times. How much of it does the model say by itself?",
                ("About a quarter", "About half", "Nearly all of it"),
                2,
                "Sixteen looks are enough for nearly all of it; more often adds little. A passage "
                "seen once already leaves a trace in places.",
            ),
            reveal=Scene("scatter"),
            go=(Go("Mark the eight best known passages", "forget", data=PASSAGES, marked=BEST),),
        ),
    )


LESSON = Lesson(
    order=1,
    title="What a model remembers",
    promise="Read along with a model and see which words it knows by heart.",
    minutes=3,
    learnt="A model remembers single texts, the more so the more often it saw them, and how well "
    "can be measured.",
    make_steps=steps,
    actions={"tokens": tokens, "scatter": scatter},
)
