"""All words of the Compare tab."""

from collections.abc import Mapping

SOURCES = "Models to compare"
SOURCES_HELP = (
    "From two to six, in the order of the columns. The first is what the others are compared with, "
    "usually the original."
)
QUESTIONS_HELP = "Click to choose; type to search. Several are asked in turn."
OWN_HELP = "Asked after those above."
SET_HELP = "Its questions are asked as well. Everyone who uses this app can open a saved set."
SET_NAME_HELP = (
    "Keeps all questions that are chosen now, with their true answers, for everyone who uses this "
    "app."
)
SETS = "Save, import or export a set of questions"
IMPORT_HELP = (
    "A file to import is text with one question a line, or JSON: a list of questions, each a text "
    "or an object with prompt, answer and fact."
)
SAVED = "Saved {n} as “{name}”."
IMPORTED = "Imported {n} as “{name}”; the set is chosen above."
SET_DELETED = "The set “{name}” is deleted."
MODE_HELP = "What stands in the columns; the samples are drawn besides."
SAMPLES_HELP = "Shows the whole spread of answers; 0 turns it off."
SEED_HELP = "The same seed for every model."
BLIND = "Blind: hide which model is which"
BLIND_HELP = (
    "The columns are shuffled and called A, B, C. Vote on each question; the names come with the "
    "tally."
)
KIND_HELP = "A chat needs models with a chat template; each remembers what was said to it."
NO_CHAT = (
    "None of the chosen models has a chat template, so none can hold a conversation. Choose a "
    "model that was made for chat, or ask single questions."
)
EMPTY = (
    "Choose models and questions, then press Compare. All models answer the same questions here, "
    "side by side, with the true answer, what changed word by word, how likely each token was, and "
    "how often each answer is sampled."
)
FROM_LINK = "This comparison came with a link. Press Compare to ask its questions."
GONE = "The link names {what} that {are} not here any more: {names}. The rest is set below."
KINDS_OF_THINGS: Mapping[str, tuple[str, str]] = {
    "sources": ("a model", "models"),
    "questions": ("a question", "questions"),
    "prompt_set": ("a set of questions", "sets of questions"),
}
TOO_LONG_FOR_LINK = "Too long for a link: save the questions as a set, and compare that."
LETTER = "Model {letter}"
HIDDEN_PROBLEM = (
    "This model gives no answer. Why is told when the names are revealed, since the reason may "
    "name it."
)
DELETED = "The run {name} is not here any more; it may have been deleted. Choose another model."
FEW_SIDES = (
    "The number of models chosen is {n}; from two to six can be compared. Choose them under "
    "“{label}”, then press Compare."
)
DELETE_SET = "Delete this set of questions? This cannot be undone."
NO_TRUTH = (
    "There is no text to look at: this question has no true answer, and nothing is typed. Type a "
    "text and press Show."
)
NO_RANK = "This question has no true answer, so it has no rank. Choose another question or view."

VIEWS: Mapping[str, tuple[str, str]] = {
    "text": ("Answer", "The answer of each model."),
    "words": ("Word difference", "What each answer has lost and gained against column A."),
    "tokens": (
        "Token probability",
        "How likely each model finds every token of a text, and how that differs from column A.",
    ),
    "next": ("Next token", "What each model would say next, at a place of the text you choose."),
    "samples": ("Sampled answers", "How often each answer came when many were drawn."),
    "rank": ("Rank of the truth", "Where the true answer stands among wrong ones of its form."),
}

BROWSER: Mapping[str, str] = {
    "empty": EMPTY,
    "waiting": "Begins as soon as the models are there. A model that is new is loaded first.",
    "asking": "Asking question {n} of {total}.",
    "done": "All {total} questions are answered.",
    "doneOne": "The question is answered.",
    "stopped": "Stopped. What was answered until then stays here.",
    "failed": "The comparison ended by an error: {problem}. Press Compare to ask again.",
    "lost": "The server does not answer; trying again.",
    "stop": "Stop",
    "all": "Show every question as",
    "keepViews": "as chosen",
    "choose": "View of this question",
    "which": "Questions shown",
    "inOrder": "All, in order",
    "mostChanged": "Changed most",
    "shown": "{n} of {total} questions are shown: those whose answers differ most.",
    "nothingChanged": "No answer differs from another so far.",
    "changed": "answers {percent} % different",
    "changedHelp": "How many of the words the answers do not share, as a mean over all pairs of "
    "columns: 0 % is word for word the same.",
    "expand": "Expand",
    "expandHelp": "Show only this column, with room to read.",
    "back": "All columns",
    "link": "Copy link",
    "linkHelp": "An address that opens this page with these models, questions and settings. It "
    "holds what you typed, but no answers.",
    "copied": "Copied",
    "notCopied": "Copy the page's address instead",
    "noLink": TOO_LONG_FOR_LINK,
    "truth": "True answer",
    "emptyAnswer": "(empty answer)",
    "gives": "gives the true answer",
    "givesNot": "does not give the true answer",
    "same": "no difference from A",
    "firstColumn": "the others are compared with this one",
    "wordsHelp": "Struck out: only in column A. Underlined: only in this one.",
    "samplesHead": "{total} samples, {distinct} distinct",
    "giving": "{percent} % give the true answer",
    "rarer": "and {n} rarer answers",
    "noSamples": "No samples are drawn. Set “Samples of each answer” above 0 and press Compare.",
    "notYet": "…",
    "leak": "leak",
    "true": "true",
    "scored": "Text to look at",
    "scoredHelp": "The true answer, or any text you type: the models say how likely they find it.",
    "show": "Show",
    "shade": "Colour shows",
    "probability": "probability",
    "difference": "difference from A",
    "asTable": "Numbers as a table",
    "token": "Token",
    "legendLess": "less likely than in A (dashed)",
    "legendMore": "more likely than in A (solid)",
    "legendFirst": "in A: the darker, the likelier",
    "legendSure": "the darker, the likelier",
    "tokensLabel": "Tokens of the text; arrow keys move from one to the next",
    "columnShare": "{letter}: probability",
    "columnChange": "{letter}: points from A",
    "entropy": "uncertainty {bits} nats",
    "readout": "Point at a token, or move with the arrow keys, to read its numbers.",
    "points": "points",
    "rank": "rank {rank}",
    "whole": "mean log-probability {mean} nats a token; nearer to 0 is likelier",
    "place_of": "Place {place} of {answers}",
    "tokenRank": "mean rank of its tokens {rank}; at 1 the model would say it by itself",
    "rankHelp": "The true answer among the wrong answers of the same form, by how likely the model "
    "finds them: place 1 is the likeliest.",
    "impossible": "this model finds the text impossible",
    "otherTokens": "These models cut the text into different tokens, so only each one's own "
    "probabilities are shown.",
    "place": "Place in the text",
    "placeHelp": "Move it to choose after which token the models go on.",
    "start": "At the very beginning of the answer.",
    "inText": "comes next in the text",
    "loading": "Working it out …",
    "voteAsk": "Which answer is best? Count the hands.",
    "voteHelp": "Each press is one vote.",
    "voteUndo": "Undo",
    "noneBest": "No difference",
    "reveal": "Reveal the names",
    "revealHelp": "Shows which model is which, and how often each was chosen. Votes end here.",
    "tallyHead": "The names, and how often each was chosen ({n} votes)",
    "say": "Say something to every model",
    "send": "Send",
    "answering": "The models answer.",
    "chatting": "Say something below; every model remembers what it was told and what it said.",
}

ASK_QUESTIONS = "Ask questions"
CHAT = "Chat"
GREEDY_CHOICE = "Most likely answer (greedy)"
SAMPLE_CHOICE = "One sample"
WAY = "Way of comparing"
QUESTIONS = "Questions"
FEW = "A few of each group"
ALL_TO_FORGET = "All to forget"
NONE = "None"
OWN = "Your own questions"
OWN_EXAMPLE = "One question on each line"
SHOWN = "Answer shown"
SAMPLES = "Samples of each answer"
SAMPLER = "How samples are drawn"
STILL_ANSWERING = (
    "The models still answer. Wait until they have ended, or press Stop; then send it again."
)
TOO_MANY_AT_ONCE = (
    "{comparisons} being answered on this computer, and more at once would only slow all of them "
    "down. Wait until one has ended, and try again."
)
KEPT_NO_LONGER = (
    "This comparison is kept no longer, because the app was started again or many others came "
    "after it. Press Compare to ask again."
)
OFF = "off"
DRAWN = "temperature {temperature:g}, top-k {top_k}, top-p {top_p:g}, seed {seed}"
SAMPLE = "one sample"
GREEDY = "most likely answer (greedy)"
SAMPLES_AT = "{shown} · {n} samples at {drawn}"
DAMAGED_LINK = (
    "The link to a comparison (?compare={link}…) is damaged; a part may have been lost when it "
    "was copied. Copy it again, or choose the models and questions here."
)
NOTHING_TO_SEND = "There is nothing to send. Type something, and press Send."
NO_QUESTION = "No question is chosen. Choose some, type one, or choose a set; then press Compare."
TOO_MANY_QUESTIONS = (
    "{n:,} questions are chosen; at most {most:,} are asked in one comparison. Choose fewer."
)
SAVED_SET = "Saved set"
SAVE_AS = "Save the chosen questions as"
SAVE = "Save"
IMPORT = "Import a file"
EXPORT = "Export the chosen set"
DELETE = "Delete the chosen set"
ORIGINAL_BUNDLED = "Original · bundled model"
RETRAINED_BUNDLED = "Retrained · bundled, never saw the default forget set"
TEACHER_OF = "Teacher of {run}"
ORIGINAL_OF = "Original · {source}"
TAUGHT_MODEL = "Taught"
UNLEARNED_MODEL = "Unlearned"
MADE_BY = "{what} · {run} · {id}, step {step}"
CHECKPOINT_OF = "Checkpoint · {run} · {id}, step {step}"
GO = "Compare"
