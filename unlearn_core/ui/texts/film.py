"""Words of the film: a run's answers at every measured step, played like a film."""

from collections.abc import Mapping

from unlearn_core.ui.texts.charts import Term

FILM = "A run as a film"
PLAY_RUN = "Play as a film"
PLAY_CHOSEN = "Play"
PLAY_RECORDED = "Play a recorded run"
PLAY_RECORDED_HELP = (
    "A run that was recorded on this bundled model: the whole story at once, nothing is computed."
)
RECORDED_BADGE = "Recorded"
RECORDED_RUNS = "Recorded runs: they ship with the app and can be watched, repeated and reported."
RECORDED_SHORT = (
    "Recorded on {date} on the bundled model with seed {seed}, Lethe {lethe} and torch {torch}. "
    "Nothing is computed now."
)
RECORDED_NOTE = (
    "This run was recorded on {date} on the bundled model, with seed {seed}, Lethe {lethe} and "
    "torch {torch}. Nothing of it is computed now, and it has no model to ask. Repeat it in Runs "
    "to get a run of your own."
)

GONE = "The run {run} is not here any more; it may have been deleted. Choose another run above."

TILES: Mapping[str, Term] = {
    "collapse/leak": Term("Samples that leak", "goal 0\u00a0%"),
    "collapse/similarity": Term("Likeness", "ROUGE\u2011L of 0 to 1, lower is further away"),
    "loss/total": Term("Loss in training", "made smaller by the method"),
}
"""Numbers of the current step beside the curves, and the direction each should take."""
TEACH_TILES: Mapping[str, Term] = {
    "loss/total": Term("Loss in training", "made smaller by the method"),
}

CURVES: Mapping[str, Term] = {
    "known": Term(
        "Facts still known",
        "Share of questions whose most likely answer holds the fact. To forget should fall, to "
        "keep should stay.",
    ),
    "surprise": Term(
        "Surprise at the true answers",
        "Mean loss on true answers, in nats per token. To forget should rise, to keep should stay "
        "low; where both rise, the model breaks.",
    ),
}
UNITS: Mapping[str, str] = {"known": "%", "surprise": "nats"}

WORDS: Mapping[str, str] = {
    "title": FILM,
    "run": "Run",
    "runHelp": "The run that is played.",
    "beside": "Beside it",
    "besideHelp": "A second run, played in step with the first.",
    "choose": "choose a run",
    "nothing": "no other run",
    "recorded": RECORDED_BADGE,
    "recordedShort": RECORDED_SHORT,
    "copy": "Copy link",
    "copied": "Link copied",
    "copyHelp": "Copies a link that opens the film at this very step.",
    "copyByHand": "The browser does not let the page copy. Copy the link from this field.",
    "close": "Close",
    "closeHelp": "Back to the page (Escape).",
    "loading": "Loading the film …",
    "noFrames": "Nothing was measured in this run yet, so there is nothing to play.",
    "lost": "The server does not answer. Check that the app still runs, then choose the run again.",
    "question": "Watched question",
    "answers": "Sampled answers to one question",
    "answersHelp": "The model answers the same question many times. A longer bar means more of the "
    "answers; hatched orange ones give the true answer away.",
    "trueAnswer": "True answer",
    "noQuestions": "This run watched no questions.",
    "probes": "The answers it would give",
    "probesHelp": "The most likely answer to fixed questions, asked again at every measured step.",
    "leak": "leak",
    "true": "true answer",
    "lost_fact": "fact lost",
    "empty": "(empty answer)",
    "otherLeaks": "others that leak, such as",
    "others": "others, such as",
    "forgetLine": "to forget",
    "keepLine": "to keep",
    "taughtLine": "taught",
    "was": "was",
    "play": "Play",
    "pause": "Pause",
    "previous": "Step back",
    "next": "Step on",
    "speed": "Speed",
    "speedHelp": "How fast the film plays.",
    "align": "Align by",
    "alignHelp": "Same step: both after as many changes of the weights. Share of the run: both "
    "equally far, also where one has more steps.",
    "byStep": "same step",
    "byShare": "share of the run",
    "scrub": "Step shown",
    "keys": "Keys: left and right for a step, Home and End, space to play.",
    "playing": "Playing.",
    "paused": "Paused at",
    "ended": "End of the film.",
    "step": "step",
    "of": "of",
    "stage": "What the model says at this step",
}
