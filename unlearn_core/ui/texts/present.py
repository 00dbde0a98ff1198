"""All words of the full-screen presentation: slides, speaker notes, and the controls' help."""

from collections.abc import Mapping

BUTTON = "Present"
BUTTON_HELP = "Shows this run full screen, in large type, for a room of people."

HEADS: Mapping[str, str] = {
    "title": "A language model is asked to forget",
    "before": "Before",
    "after": "After",
    "collapse": "The answers collapse",
    "kept": "What was kept",
    "verdict": "Is it gone?",
    "cost": "What it cost",
}
TITLE_END = "and to keep everything else."
ASKED = "Somebody asks"
SAID = {"before": "The model answered", "after": "Now it answers"}
GIVES = "gives the true answer away"
WITHHOLDS = "does not give the true answer"
NOTHING = "(nothing)"
PASSAGE = "(a passage, without a question)"
LEAKING = "give the true answer away"
REST = "all other answers"
DISTINCT = "different answers"
COLLAPSE_LEAD = "The same question, asked {n} times:"
STEP = "Step"
THEN, NOW = "Before", "Now"
TRUE = "True answer"
STILL_KNOWN = "Still known"
NO_LONGER = "No longer known"
STILL_SAID = "What it still said"
BY_ATTACK = "under the attack"

NOT_TESTED = "Not tested"
NOT_TESTED_HEADLINE = (
    "Nobody has attacked this model yet, so nobody knows whether the knowledge is gone or hidden."
)
NOT_TESTED_NEXT = "Step 5 of the app, Is it gone?, attacks it and gives a verdict."

COSTS: Mapping[str, tuple[str, str]] = {
    "time": ("for the whole run", "Loading, measuring and forgetting; less is better."),
    "retain": ("of the facts to keep are still known", "Higher is better."),
    "neighbours": ("of the closest neighbours are still known", "Higher is better."),
    "world": ("of general knowledge is still known", "Higher is better."),
}
WAS = "{before} before"
SMALL_COST = "{steps} steps on {device}"
MEMORY = "at most {memory} of memory"

NOTES: Mapping[str, tuple[str, ...]] = {
    "title": (
        "Every text and number that follows was written by this run itself; nothing is staged.",
        "The rest of what the model knows must stay: forgetting everything would be easy.",
    ),
    "before": (
        "This is the model's most likely answer before the run.",
        "The model learnt this by heart; nobody gave it the answer with the question.",
    ),
    "after": (
        "The same model, the same question, after the run.",
        "One answer proves little: the next slide asks many times, and a later one attacks.",
    ),
    "collapse": (
        "Each bar is the share of sampled answers that say this. The orange, hatched bar gives "
        "the true answer away.",
        "At first the model says the truth in many forms. Step by step its answers shrink to a "
        "few that give nothing away: this is the collapse.",
    ),
    "kept": (
        "A neighbour is a kept fact most like the forgotten ones: it suffers first.",
        "Look for answers that changed although they should not have.",
    ),
    "verdict": (
        "The verdict follows stated rules: an attack counts only where guessing does clearly "
        "worse.",
        "No verdict proves that nothing is left; it says what these attacks found.",
    ),
    "cost": (
        "The price is paid in time, and in kept knowledge that got lost.",
        "The original model is untouched, so the run can be repeated with other settings.",
    ),
}
METHOD_NOTE = "Method: {method}."

CONTROLS: Mapping[str, tuple[str, str]] = {
    "back": ("‹ Back", "The slide before (left arrow, page up)."),
    "next": ("Next ›", "The next slide (right arrow, space, page down)."),
    "other": ("Other question", "Shows the next question (down arrow; up arrow goes back)."),
    "play": ("Play", "Plays the collapse from its beginning (P)."),
    "pause": ("Pause", "Holds the film where it is (P)."),
    "notes": ("Notes", "Speaker notes under the slide (N)."),
    "speaker": ("Speaker window", "A second window with the notes that follows the slides (S)."),
    "full": ("Full screen", "Fills the whole screen, or goes back to the window (F)."),
    "leave": ("Leave", "Ends the presentation (Escape)."),
}
"""Label and one-line help of each button."""

DIALOG = "Presentation"
OPENING = "Opening the presentation …"
COUNTER = "Slide"
NEXT_UP = "Next"
LAST_SLIDE = "This is the last slide."
LOST = "The presentation could not be read. Check that the app is running, then open it again."
TEACHES = (
    "Run {run} teaches instead of unlearning, so there is no forgetting to present. Choose a run "
    "that unlearns."
)
EMPTY = (
    "Run {run} ({state}) has measured nothing yet, so there is nothing to present. Wait for its "
    "first measurement."
)
