"""Collapse by hand: an urn of coloured balls."""

from unlearn_core.ui.lessons.base import Formula, Go, Lesson, Prediction, Scene, Step
from unlearn_core.ui.lessons.common import PEOPLE, person
from unlearn_core.ui.lessons.mathml import (
    brackets,
    frac,
    i,
    inline,
    math,
    n,
    o,
    power,
    row,
    sub,
)
from unlearn_core.ui.texts import lessons as say

H, N, M, P, Q, R, W, T = (i(name) for name in ("H", "N", "M", "p", "q", "r", "w", "t"))
NEXT = row(T, o("+"), n("1"))


def expected(*parts: str) -> str:
    """An expectation over all urns."""
    return row(i("𝔼"), brackets(*parts, kind="[]"))


def drift_formula() -> Formula:
    """Wright-Fisher restocking loses diversity at a fixed rate."""
    return Formula(
        math(
            expected(sub(H, NEXT)), o("="),
            brackets(n("1"), o("−"), frac(n("1"), N), tall=True), expected(sub(H, T)),
        ),
        "On average each restocking takes one part in N of the diversity, until one colour is "
        "left.",
        (
            (inline(H), "diversity: the chance that two balls drawn have different colours"),
            (inline(N), "how many balls the urn holds; here 40"),
            (inline(T), "how often it was restocked"),
            (inline(i("𝔼")), "the mean over all urns that begin like this one"),
        ),
    )  # fmt: skip


def kept_formula() -> Formula:
    """With kept balls the urn goes to their shares."""
    power_of = power(brackets(n("1"), o("−"), W), T)
    return Formula(
        math(
            expected(sub(P, T)), o("="), power_of, sub(P, n("0")), o("+"),
            brackets(n("1"), o("−"), power_of), R,
        )
        + math(
            W, o("="), frac(M, row(N, o("+"), M)),
        ),
        "On average the shares move from those of the first urn to those of the kept balls, by the "
        "same part of the way each time.",
        (
            (inline(sub(P, T)), "share of a colour after t restockings"),
            (inline(R), "its share among the kept balls; 0 for a colour that is not kept"),
            (inline(M), "how many kept balls are put back each time"),
            (inline(W), "the kept balls' share of the urn; 1 − w is 1/(1 + α) with α = M/N, the "
             "weight of retained data in the paper on PMC"),
        ),
    )  # fmt: skip


def preference_formula() -> Formula:
    """Best of n."""
    return Formula(
        math(
            expected(sub(Q, NEXT), o("∣"), sub(Q, T)), o("="), power(sub(Q, T), i("n")),
        )
        + math(
            expected(sub(P, NEXT), o("∣"), sub(P, T)), o("="), n("1"), o("−"),
            power(brackets(n("1"), o("−"), sub(P, T)), i("n")),
        ),
        "A ball of the avoided colour is put back only if all n drawn have it; all the others "
        "together grow by as much. In a very large urn t restockings leave of A its first share "
        "to the power of n to the t.",
        (
            (inline(Q), "share of the avoided colour A; with kept balls the left side is its share "
             "among the newly drawn ones"),
            (inline(P), "share of all other colours together, 1 − q"),
            (inline(i("n")), "how many balls are drawn to pick one from"),
        ),
    )  # fmt: skip


def urn(counts: tuple[int, ...], **more: object) -> Scene:
    """The urn with some settings."""
    diversity = more.get("measure") != "avoided"
    return Scene(
        "urn",
        {
            "counts": counts, "kept": 0, "keptShares": (0.0,) * len(counts), "n": 1, "seed": 1,
            "sliders": (), "times": 60, "measure": "diversity",
            "measureWords": say.DIVERSITY if diversity else say.COLOUR_A,
            "axis": say.DIVERSITY_AXIS if diversity else say.COLOUR_A_AXIS,
            "chartLabel": say.URN_CHART,
            **more,
        },
    )  # fmt: skip


def steps() -> tuple[Step, ...]:
    """The steps."""
    return (
        Step(
            "Sample and restock",
            (
                "An urn holds forty balls of five colours. Draw one, note its colour, put it back; "
                "do this forty times. Then fill a new urn with forty balls of the noted colours.",
                "A model that is trained on its own answers does the same: answers are the "
                "colours, sampling is the drawing, training is the new urn.",
            ),
            question=Prediction(
                "No colour is favoured. What is in the urn after very many restockings?",
                ("Still all five colours", "Balls of a single colour", "The same five, equally"),
                1,
                "A colour that was not drawn never comes back. Chance alone takes them one by one.",
            ),
            reveal=urn((8, 8, 8, 8, 8)),
            formula=drift_formula(),
        ),
        Step(
            "Put some back every time",
            (
                "Now some balls of colours B and C are put back at each restocking, whatever was "
                "drawn: they stand for retained data, mixed into every training step.",
            ),
            question=Prediction(
                "Which colours are left in the end?",
                ("One colour", "B and C", "All five"),
                1,
                "What is put back every time never dies out; every other colour does. Retained "
                "data keep what is retained, and nothing else.",
            ),
            reveal=urn((8, 8, 8, 8, 8), kept=10, keptShares=(0, 0.6, 0.4, 0, 0),
                       sliders=("kept",),
                       keptHelp=say.KEPT_B_AND_C),
            formula=kept_formula(),
        ),
        Step(
            "Add a preference",
            (
                "Colour A is the answer to be forgotten, and 90 % of the balls have it. For each "
                "new ball draw several and take one that is not A, if there is any; of those the "
                "latest letter. Partial Model Collapse does so: of n answers it trains on the one "
                "least like the original.",
            ),
            question=Prediction(
                "Five are drawn for each new ball. How soon is colour A all but gone?",
                ("After 3 restockings", "After about 15", "After about 50"),
                0,
                "0.9 to the power of 5 is 0.59; that to the power of 5 is 0.07; and once more is "
                "0.000002. The preference makes collapse quick, and gives it a direction.",
            ),
            reveal=urn((36, 1, 1, 1, 1), n=5, measure="avoided", times=12, kept=0,
                       keptShares=(0.5, 0.5, 0, 0, 0), sliders=("n", "kept"),
                       keptHelp=say.KEPT_A_AND_B),
            formula=preference_formula(),
        ),
        Step(
            "From the urn to the model",
            (
                "A colour is an answer. The urn is the model's answers to one question. Drawing "
                "is sampling. Restocking is a training step. Kept balls are the retain set. The "
                "preference is the distance from the original answer.",
                "A real model is no urn: a training step moves it only a part of the way, and all "
                "questions share the same weights. So its collapse is slower, and must be watched.",
            ),
            question=Prediction(
                "All samples of a model are alike. What can PMC do?",
                ("Nothing: it needs answers to choose from", "Collapse it at once"),
                0,
                "With q = 1 the formula gives 1 again. A spread of answers is needed, which is "
                "why PMC samples at a high temperature.",
            ),
            go=(Go("Set up PMC for one person", "unlearn", method="pmc", data=PEOPLE,
                   marked=tuple(record.id for record in person())),),
        ),
    )  # fmt: skip


LESSON = Lesson(
    order=3,
    title="Collapse by hand",
    promise="Restock an urn until its colours die out, then steer which ones.",
    minutes=5,
    learnt="Sampling and retraining collapses whatever is not put back, and a preference decides "
    "where to.",
    make_steps=steps,
)
