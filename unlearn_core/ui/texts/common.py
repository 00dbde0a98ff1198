"""All words of the page in one place: titles, sentences, and one help line for each term."""

from collections.abc import Iterable, Mapping
from html import escape

from unlearn_core.wording.groups import GROUPS, TAUGHT
from unlearn_core.wording.numbers import seconds, size

__all__ = ["GROUPS", "TAUGHT", "seconds", "size"]

TITLE = "Lethe"
SUBTITLE = "Watch a language model forget"
LANGUAGE = "Language"
PAGE_LOST = (
    "A part of this page could not be loaded or does not work. Reload the page; if this stays, "
    "start the app again."
)
OWN_NAME = "The name of this language"
"""What a catalog says to this is how the language is called in itself."""

HERO = (
    "A small language model on this computer knows eighty invented people by heart. Press the "
    "button: it forgets four of them and keeps the rest, while you watch. Or take the six steps "
    "below yourself."
)
HERO_BUTTON = "Watch it forget"
HERO_NOTE = (
    "About 40 seconds on two cores. Nothing leaves this computer; the original model is kept."
)

STEPS: Mapping[str, tuple[str, str]] = {
    "model": ("1 · Model", "Choose the language model that shall forget."),
    "forget": ("2 · Forget", "Mark what it must forget. Everything else is kept."),
    "unlearn": ("3 · Unlearn", "Choose a method, start it, and watch it work."),
    "compare": ("4 · Compare", "Ask the model before and after the same questions."),
    "gone": (
        "5 · Is it gone?",
        "Attack the unlearned model in many ways: is the knowledge gone, or only hidden?",
    ),
    "runs": ("6 · Runs", "Everything you have run, with its settings and results."),
    "learn": ("Learn", "Six short lessons on the live app: guess first, then see."),
}

TERMS: Mapping[str, str] = {
    "forget set": "The records to remove from the model.",
    "retain set": "The records to keep; the run trains on them so that they stay known.",
    "neighbours": "Kept records most like the marked ones; they suffer first.",
    "world": "General knowledge that has nothing to do with the marked records.",
    "original": "The model before the run.",
    "unlearned": "The model after the run.",
    "retrained": "A model trained from the start without the marked records: the ideal to reach.",
    "reference answer": "What the original model itself answers when it does not guess.",
    "true answer": "The right answer by the data; Partial Model Collapse never trains on it.",
    "collapse": "The answers to a forget question shrink to a few that give nothing away.",
    "leak": "A sampled answer that still gives the true answer away. Lower is better.",
    "fact recall": "Share of questions whose answer contains the fact. For the forget set lower is "
    "better, for everything else higher.",
    "loss": "How surprised the model is by an answer it is trained on, in nats per token.",
    "run": "One execution of a method, with its settings, history and result.",
    "step": "One change of the model's weights.",
    "epoch": "One pass over the forget set.",
    "subject": "Who or what a record is about.",
    "paraphrased": "The same fact asked in other words; never trained on.",
}

STATES: Mapping[str, str] = {
    "queued": "Waiting",
    "loading": "Loading the model",
    "running": "Running",
    "stopping": "Stopping",
    "paused": "Paused",
    "stopped": "Stopped, result kept",
    "done": "Done",
    "failed": "Failed",
    "discarded": "Discarded",
}

PHASES: Mapping[str, str] = {
    "load": "Loading the model",
    "measure_before": "Measuring what the model knows before",
    "train": "Forgetting",
    "measure_after": "Measuring what is left",
    "save": "Saving the unlearned model",
}
TEACHING: Mapping[str, str] = {
    **PHASES,
    "train": "Learning",
    "measure_after": "Measuring what was learnt",
    "save": "Saving the taught model",
}

RACE_TITLE = "Race: the same marks through several methods"
RACE = (
    "Each method runs with its own default settings, measured as set above, one after the other. "
    "Step 6 then shows all of them together: what was forgotten, what was kept, and the curves."
)

GONE_EMPTY = (
    "There is no unlearned model to attack yet. Unlearn something first; then this step asks, "
    "tricks, trains and opens up the model to see what is left of it."
)
GONE_UNTRIED = (
    "Nothing has attacked this model yet. Start the attacks: the verdict, and every text that they "
    "get out of the model, appear here."
)
REFERENCE = (
    "A folder or hub name of a model that never saw the forget set; empty takes the bundled twin "
    "or a run of the method retrain."
)
EMBEDDING = "A folder or hub name of an embedding model, for similarity in meaning; may stay empty."
GONE_BUTTON = "Is it gone?"
ATTACKING = "Under attack"
EFFORT = (
    "On the bundled model quick takes about 20 s, the first time twice as long; thorough several "
    "minutes."
)
RETRAIN_BUTTON = "Retrain to compare"
RETRAIN_QUEUED = (
    "Retraining is in the queue as “{name}”. When it is done, start the attacks again, and they "
    "compare with it."
)

QUESTION = "Question"
TRUE_ANSWER = "True answer"
RECORDS = "Records"
YES, NO = "yes", "no"
COUNTED: Mapping[str, tuple[str, str]] = {
    "attack": ("{n:,} attack", "{n:,} attacks"),
    "comparison is": ("{n:,} comparison is", "{n:,} comparisons are"),
    "epoch": ("{n:,} epoch", "{n:,} epochs"),
    "fact": ("{n:,} fact", "{n:,} facts"),
    "question": ("{n:,} question", "{n:,} questions"),
    "record": ("{n:,} record", "{n:,} records"),
    "record to keep is": ("{n:,} record to keep is", "{n:,} records to keep are"),
    "row": ("{n:,} row", "{n:,} rows"),
    "step": ("{n:,} step", "{n:,} steps"),
    "thread": ("{n:,} thread", "{n:,} threads"),
}
MORE_SETTINGS = "More settings"
SEED = "Seed"
DEVICE = "Device"
SETTINGS_OF_RUN = "Settings of this run"

WAITING = "Waiting, place {place} in the queue"
STARTING = "Starting"
ABOUT_LEFT = ", about {time} left"
ONE_A_LINE = "{help} One a line."
EMPTY_OFF = "; empty: off"
BUNDLED = "Bundled model"
TWIN = "Bundled model, retrained"
RESULT_OF = "Result of {run}"
RUN_GONE = "The run {run} is not here any more; it may have been deleted."
WAITING_FOR_RUN = "Waiting until its run has ended"
STEP_OF = "step {step} of {total}{left}"
AFTER_STEP = "after step {step} of {total}"
NO_RUN = "No run in progress."
MORE_WAITING = "{n} more waiting"
OF = "{part} of {whole}"
STEPS_IN = "{steps} in {time}"
PROGRESS = "Progress"
SHOW_RUN = "Show this run"
MEMORY_IN_USE = "Memory in use"
MODEL = "Model"
SIZE = "Size"
MILLION_PARAMETERS = "{n:,.1f} M parameters"
GPU_MEMORY = "GPU memory"


def count(value: int, noun: str) -> str:
    """A counted noun: `1 record`, `1,200 records`."""
    one, many = COUNTED[noun]
    return (one if value == 1 else many).format(n=value)


def term(name: str, shown: str = "") -> str:
    """A term as HTML that shows its help line on hover and focus."""
    return (
        f'<span class="lethe-term" tabindex="0" title="{escape(TERMS[name])}">'
        f"{escape(shown or name)}</span>"
    )


def glossary(names: Iterable[str]) -> str:
    """Terms with their help lines as an HTML definition list."""
    rows = "".join(f"<dt>{escape(n)}</dt><dd>{escape(TERMS[n])}</dd>" for n in names)
    return f'<dl class="lethe-glossary">{rows}</dl>'


def facts(rows: Iterable[tuple[str, str]]) -> str:
    """Names and values as an HTML list; both are escaped."""
    body = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    return f'<dl class="lethe-facts">{body}</dl>'


def quoted(words: str) -> str:
    """Words of a model, a record or a person as HTML, never translated; empty for none."""
    return f'<bdi translate="no">{escape(words)}</bdi>' if words else ""


def problem(message: str) -> str:
    """An error sentence as HTML, shown where the person looks; empty for no error."""
    if not message:
        return ""
    return f'<div class="lethe-problem" role="alert">{escape(message)}</div>'


def note(message: str) -> str:
    """A quiet sentence as HTML; empty for none."""
    return f'<div class="lethe-note">{escape(message)}</div>' if message else ""


def page_head(step: str) -> str:
    """The heading of a tab: what this step is for, in one sentence."""
    return f'<p class="lethe-lead">{escape(STEPS[step][1])}</p>'
