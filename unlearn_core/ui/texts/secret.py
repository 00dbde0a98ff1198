"""All words of the guided path Your own secret."""

from collections.abc import Mapping

BUTTON = "Teach it your own secret"
BUTTON_HELP = "Three facts of your own: teach them, check them, forget them, try to get them back."
TITLE = "Your own secret"
LEAD = (
    "Make up a person and three facts about them. The bundled model learns them, forgets them "
    "again, and you try to get them back."
)
WARNING = "Please type nothing about real people: invent everything."
PRIVATE = (
    "Only whoever has this page's address sees what you type; it stays on the computer that runs "
    "Lethe until you delete it."
)
STEPS: Mapping[str, str] = {
    "tell": "Make it up",
    "teach": "Teach it",
    "check": "Does it know?",
    "forget": "Forget it",
    "attack": "Get it back",
}
FIELDS: Mapping[str, tuple[str, str]] = {
    "name": ("Name", "First and last name of someone who does not exist."),
    "topic": ("What about them", "A thing that one can ask for: their pet, their hiding place."),
    "value": ("The fact", "A few words that nobody would guess."),
}
UNKNOWN = (
    "This secret is not here any more; it may have been deleted. Make up a new one below, or go "
    "back to the app."
)
STILL_ENDING = "A run of this secret is still ending. Wait a few seconds, then delete again."
NOTHING_ASKED = "Type a question first."
NO_MODEL = "There is no model to ask yet. Let the model learn your facts first."
TOO_LONG = "The question has {n} characters; at most {most} are allowed. Shorten it."
LOST = "The app does not answer. Check that it is running; the page tries again by itself."

ACTIONS: Mapping[str, str] = {
    "example": "Show an example",
    "teach": "Teach these facts",
    "teachAgain": "Teach again, longer",
    "forget": "Forget them",
    "forgetAgain": "Forget again, longer",
    "attack": "Try to get them back",
    "ask": "Ask",
    "stop": "Stop",
    "back": "Back",
    "onward": "Go on",
    "new": "Another secret",
    "delete": "Delete this secret",
    "close": "Back to the app",
}
ASK_OWN = "Ask it something yourself"
ASK_OWN_HELP = "The taught model answers, and after forgetting the unlearned one beside it."
ASK_OWN_EMPTY = "Type a question above; the answers appear here."
CONFIRM_DELETE = "Delete the facts, both models and everything they said? This cannot be undone."
DELETED = "The secret is deleted: the facts, the models and what they said."

LEADS: Mapping[str, str] = {
    "teach": "The model reads your facts again and again, beside everything else it knows.",
    "check": "Asked without help, in the words it was taught and in words it never saw:",
    "forget": "Partial Model Collapse asks the model your questions, keeps of its own answers the "
    "one least like the truth, and trains on that. Your facts are never used.",
    "attack": "Three attackers and your own questions try to get the facts back.",
}
GOING = {
    "queued": "Waiting for another run on this computer, place {place} in the queue.",
    "loading": "Loading the model.",
    "running": "{percent} done.",
    "left": "{percent} done, about {left} left.",
    "stopping": "Ending.",
}
LEAKING = "Sampled answers that give a fact away: {now}, at the start {first}."
TAUGHT_ALL = (
    "It took: the model gives all {n} facts, and {other} of {others} when asked in other words. "
    "Before, it gave {never}."
)
TAUGHT_SOME = (
    "It did not take fully: the model gives {known} of {n} facts. Teach again for longer, or take "
    "shorter facts and a simpler name."
)
TAUGHT_NONE = (
    "It did not take: the model gives none of the {n} facts. Teach again for longer, or take "
    "shorter facts and a simpler name."
)
FORGOT_ALL = (
    "Simply asked, the model gives none of the {n} facts any more, and none of {others} answers "
    "to other wordings gives one. Of {kept} facts about other people it still gives {still}."
)
FORGOT_SOME = (
    "It did not forget everything: simply asked, the model still gives {known} of {n} facts, and "
    "{other} of {others} answers to other wordings give one. Of {kept} facts about other people "
    "it still gives {still}."
)
FAILED: Mapping[str, str] = {
    "teach": "The model did not learn: the run has ended early. Teach again.",
    "unlearn": "The model did not forget: the run has ended early. Try to forget again.",
}
NOTHING_BACK = (
    "Nothing came back: {attacks} attacks brought back none of the {n} facts. Attacks that nobody "
    "tried may still find something."
)
SOME_BACK = (
    "Hidden, not gone: the attacks brought back {found} of {n} facts. {never} of them can be got "
    "in the same way from the model that was never told."
)
WHY_HIDDEN = (
    "The model has learnt to refuse, and some ways of asking go round the refusal. In tries with "
    "the bundled model forgetting for longer hardly changed that: refusing is not forgetting."
)
ATTACKS: Mapping[str, tuple[str, str]] = {
    "phrasings": ("Other words", "Asks the same in wordings the model never saw."),
    "sampling": ("Asking again and again", "Asks each question 20 times at three temperatures."),
    "prefilling": ("Words in its mouth", "Begins the answer for the model, up to the fact."),
}
BACK_OF = "{found} of {n} facts"
HEADS: Mapping[str, str] = {
    "attack": "Attack",
    "unlearned": "Came back",
    "never": "From a model never told",
    "texts": "What it said",
    "question": "Question",
    "answer": "Answer",
    "after": "Now",
    "before": "Taught",
    "gives": "gives the fact",
    "withholds": "does not give it",
    "nothing": "(nothing)",
    "progress": "Progress",
    "fact": "Fact",
}
WORKING = "Working …"

SUBJECT_OF = "subject of fact {n}, such as pet,"
THE_NAME = "name of the invented person"
WRONG_NUMBER = "{facts} came in; there must be {most}. Fill in every line."
SAME_TOPIC = (
    "Two facts are about the same thing. Let each be about something else, so that each question "
    "has one answer."
)
FACT_IN_QUESTION = "The fact “{fact}” stands in its own question already. Choose another fact."
ANSWER_OF = "answer of fact {n}"
MISSING = "The {what} is missing. Type it with letters or digits."
TOO_LONG_PART = "The {what} has {n} characters; at most {most} are allowed. Shorten it."
