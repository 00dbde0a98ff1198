"""Words of the charts, of Compare and of Runs: one line of help for each term."""

from collections.abc import Mapping
from typing import NamedTuple


class Term(NamedTuple):
    """A term's name on screen, and what a person should know to read it."""

    label: str
    help: str


SCALARS: Mapping[str, Term] = {
    "loss/total": Term(
        "Total", "What training makes smaller: the method's loss and the retain loss together."
    ),
    "loss/forget": Term(
        "Forget",
        "How surprised the model is by the true answers it should forget. Higher means forgotten.",
    ),
    "loss/collapse": Term(
        "Collapse",
        "How surprised the model is by the answer picked from its own samples. It falls as the "
        "answers contract.",
    ),
    "loss/retain": Term(
        "Retain", "How surprised the model is by true answers it should keep. Lower is better."
    ),
    "collapse/distinct": Term(
        "Distinct answers",
        "How many different answers one watched question gets when it is sampled many times. "
        "Lower means more collapsed.",
    ),
    "collapse/entropy": Term(
        "Entropy",
        "Spread of the sampled answers in bits: 0 means always the same answer. Lower means more "
        "collapsed.",
    ),
    "collapse/top_share": Term(
        "Share of the top answer",
        "Share of samples that are the most common answer. Higher means more collapsed.",
    ),
    "collapse/picked_score": Term(
        "Score of the picked answer",
        "How much of the original model's answer the picked answer still holds (ROUGE-L, 0 to 1). "
        "Lower means further away.",
    ),
    "collapse/similarity": Term(
        "Similarity to the reference",
        "How much sampled answers resemble the original model's own answer (ROUGE-L, 0 to 1). "
        "Lower means further away.",
    ),
    "collapse/leak": Term(
        "Leaks",
        "Share of sampled answers that give the true answer away. Lower is better; 0 is the goal.",
    ),
    "collapse/loglik": Term(
        "Log-likelihood of the true answer",
        "Mean log-probability of a token of the true answer, in nats. Lower means forgotten.",
    ),
    "utility/forget_recall": Term(
        "Forget",
        "Share of forget questions whose most likely answer still gives the fact. The goal is 0 %.",
    ),
    "utility/paraphrased_recall": Term(
        "Forget, other words",
        "The same for forget questions in words the run never trained on. The goal is 0 %.",
    ),
    "utility/retain_recall": Term(
        "Retain", "Share of kept questions still answered correctly. The goal is to stay high."
    ),
    "utility/world_recall": Term(
        "World", "Share of general-knowledge questions still answered. The goal is to stay high."
    ),
}

FORGET_LOGGED = Term(
    "Forget (logged, not trained)",
    SCALARS["loss/forget"].help + " This method never trains on it.",
)

PANELS: Mapping[str, Term] = {
    "losses": Term(
        "Losses", "What training makes smaller at each step, in nats per token. Lower is better, "
        "except for the forget loss."
    ),
    "collapse": Term(
        "Collapse",
        "Watched forget questions are sampled many times. Collapse is the answers contracting "
        "onto a few that no longer give the truth away.",
    ),
    "utility": Term(
        "What the model still knows",
        "Share of questions whose most likely answer holds the true fact. Forget should fall, the "
        "others should stay.",
    ),
    "others": Term(
        "Other numbers of the training",
        "Everything else that the method and its training write down at each step.",
    ),
}  # fmt: skip

VALUE = "value"
OTHER_CURVE = "Written down by the method under this name."
"""Help of a curve that has no words of its own."""

ANSWERS = Term(
    "How the answers to one question shift",
    "Share of each distinct answer among the samples at each measurement. Hatched orange answers "
    "give the true answer away.",
)
PROBES = Term(
    "The same questions, asked again and again",
    "Fixed prompts answered greedily at every measurement. Drag the slider to replay the run.",
)
RECORDS = Term(
    "Each forget record, epoch by epoch",
    "A row of dots for each record and a dot for each time it was measured, coloured by the value; "
    "the method trained on the ringed ones. Hold the pointer over a dot for its numbers.",
)

TILES: Mapping[str, Term] = {
    "utility/forget_recall": Term("Forget facts still known", "goal 0 %"),
    "collapse/leak": Term("Sampled answers that leak", "goal 0 %"),
    "collapse/distinct": Term("Distinct answers a question", "fewer: more collapsed"),
    "utility/retain_recall": Term("Kept facts still known", "goal: as before"),
    "utility/world_recall": Term("World facts still known", "goal: as before"),
}
"""The numbers shown large, and the direction each should take."""

TEACH_TILES: Mapping[str, Term] = {
    "utility/forget_recall": Term("Taught facts known", "goal 100 %"),
    "utility/retain_recall": Term("Other facts still known", "goal: as before"),
    "utility/world_recall": Term("World facts still known", "goal: as before"),
}
"""The same for a run that teaches: what it teaches takes the place of the forget set."""

OVERLAY: Mapping[str, Term] = {
    "utility/forget_recall": Term("Forget facts still known (%)", "Goal: 0 %."),
    "utility/retain_recall": Term("Kept facts still known (%)", "Goal: stays as it was."),
    "utility/world_recall": Term("World facts still known (%)", "Goal: stays as it was."),
    "collapse/leak": Term("Sampled answers that leak (%)", "Goal: 0 %."),
    "collapse/distinct": Term("Distinct answers a question", "Fewer means more collapsed."),
    "loss/total": Term("Total loss (nats)", "Each method has its own: only shapes compare."),
}
"""What is drawn of several runs on one axis each."""

RACE_CHART = Term(
    "Forgetting against what is kept",
    "One point a run, after its end: best is the top right corner, where all marked facts are "
    "forgotten and all others kept. The dotted line joins the runs that no other run beats in "
    "both. Below: means over seeds with half of their 95 % interval.",
)
RACE_AXES = ("marked facts forgotten (%)", "kept facts still known (%)")

EMPTY_LIVE = (
    "No run yet. When one starts, this place shows its losses, its collapse and what the model "
    "still knows, step by step, with the same questions asked again and again."
)

EMPTY_RUNS = (
    "No run yet. Start one in step 3; it will be listed here with its settings and results."
)
RUN_COLUMNS: tuple[tuple[str, str], ...] = (
    ("", ""),
    ("Name", ""),
    ("State", ""),
    ("Method", "How the model was made to forget."),
    ("Forgets", "The subjects or records that were marked."),
    ("Started", ""),
    ("Took", "From its start to its end, loading and measuring included."),
    ("Forget facts", "Share of forget questions still answered, before → after. Goal: 0 %."),
    ("Kept facts", "Share of kept questions still answered, before → after. Goal: no change."),
)
"""Heading and help of each column of the list of runs."""

NATS_PER_TOKEN = "nats per token"
ANSWERS_BITS = "answers · bits"
SHARE = "share, 0 to 1"
PERCENT_OF_QUESTIONS = "% of questions"
