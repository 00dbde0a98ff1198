"""Words of step 3, Unlearn: setting a run up, watching it, its story."""

from collections.abc import Mapping

CONFIRM_DISCARD = "Throw this run's result away? The original model is untouched."
COMPARE = "Compare before and after"
USE_TAUGHT = "Use the taught model"
AGAIN = "Set up another run"
MODEL = "Model"
TO_FORGET = "To forget"
TO_LEARN = "To learn"
TO_KEEP = "To keep"
STEPS = "Steps"
MEMORY = "Memory"
MEMORY_NEED = "about {need} of {free} free"
TIME = "Time"
TIME_KNOWN = "about {time}, going by your last run like it"
TIME_GUESSED = "about {time}, a rough guess"
AND_WORDINGS = "{records}, and {n:,} other wordings to check"
WITH_WORDINGS = "{records}, with other wordings {n:,}"
NO_STEPS = "none: nothing is trained"
RECIPE_STEPS = "{n:,} of the model's own recipe"
NOTHING, PASSAGE = "(nothing)", "(passage)"
MODEL_ON = "{model} on {device}"
NEEDS = "Needs: {needs}"
COST = "Time beside gradient ascent (1): {cost}"
FAILS = "Goes wrong: {fails}"
PAPER = "Source: {paper}"
BEFORE = "Before"
NOW = "Now"
TAUGHT_FACTS = "taught facts"
FACTS_TO_FORGET = "facts to forget"
GAVE = "Of the {what} the model gave {counts}."
GAVE_BOTH = "Of the {what} the model gave {counts}; of the facts to keep {kept}."
BEFORE_AND_NOW = "{before} before and {now} now"
METHOD = "Method"
METHOD_HELP = "Type to search."
NAME = "Name"
NAME_EXAMPLE = "made from method and marks"
RESET = "Back to the defaults"
NOT_NOW = "Not now: {reason}."
TRAINING = "Training"
TUNING = "Weights to train"
STOP_RULES = "Stop rules: end early when enough is forgotten, or too much"
MEASURING = "Measuring: what is looked at on the way"
NEEDS_NOTHING = "nothing but the forget questions"
READY = "Before you start"

BUTTONS: Mapping[str, tuple[str, str]] = {
    "start": ("Start", "Puts the run in the queue and shows it live."),
    "pause": ("Pause", "Saves a checkpoint and frees the processor; go on whenever you like."),
    "resume": ("Resume", "Goes on from the checkpoint."),
    "step": ("One step", "Takes a single training step, measures, and pauses again."),
    "stop": ("Stop and keep", "Ends after this step and saves the model as it is now."),
    "discard": ("Discard", "Ends now and throws the result away. The original model is untouched."),
}
