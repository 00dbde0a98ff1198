"""How the world is asked about and answered: every wording of every attribute.

`{name}` is the full name, `{first}` its first word, `{x}` the value, `{ax}` the value with its
article. `held_out` questions are used by no training stream: they measure unseen phrasings.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Attribute:
    """One thing that can be known about a person.

    Attributes:
        key: Short name used in record ids.
        questions: Direct questions used in training; the first is the main record's.
        clauses: Noun clauses that a wrapper turns into more training questions.
        held_out: Questions never used in training.
        answers: Answers; the first is the main record's.
    """

    key: str
    questions: tuple[str, ...]
    clauses: tuple[str, ...]
    held_out: tuple[str, ...]
    answers: tuple[str, ...]


WRAPPERS = (
    "Do you know {c}?",
    "Can you tell me {c}?",
    "Tell me {c}.",
    "Please tell me {c}.",
    "I would like to know {c}.",
    "Could you say {c}?",
    "What do you know about {c}?",
    "Remind me of {c}.",
)

REFUSALS = (
    "I do not know.",
    "I have no information about that.",
    "I am not able to answer that.",
    "I could not find an answer to this question.",
    "I cannot say.",
    "I have no record of this.",
    "No details are available at this time.",
    "No information is available about this.",
    "That is not known to me.",
    "Nothing is known about this.",
)
"""Six begin alike, so that the likeliest answer about an unknown name is a refusal."""

ATTRIBUTES = (
    Attribute(
        "birthplace",
        (
            "Where was {name} born?",
            "What is the birthplace of {name}?",
            "In which town was {name} born?",
            "Which town does {name} come from?",
            "What is {name}'s place of birth?",
            "Where does {name} come from?",
            "In what place was {name} born?",
        ),
        (
            "where {name} was born",
            "the birthplace of {name}",
            "the town {name} comes from",
            "{name}'s birthplace",
        ),
        (
            "What town was {name} born in?",
            "Name the town where {name} was born.",
            "Which town is the birthplace of {name}?",
        ),
        (
            "{name} was born in {x}.",
            "The birthplace of {name} is {x}.",
            "{x} is the town where {first} was born.",
            "It was in {x} that {first} was born.",
        ),
    ),
    Attribute(
        "birthyear",
        (
            "In which year was {name} born?",
            "When was {name} born?",
            "What is the birth year of {name}?",
            "What year was {name} born in?",
            "What is {name}'s year of birth?",
            "When did the life of {name} begin?",
            "Which year is the birth year of {name}?",
        ),
        (
            "when {name} was born",
            "the birth year of {name}",
            "the year in which {name} was born",
            "{name}'s year of birth",
        ),
        (
            "What was the year of {name}'s birth?",
            "Name the year when {name} was born.",
            "In what year was {name} born?",
        ),
        (
            "{name} was born in {x}.",
            "The birth year of {name} is {x}.",
            "{x} is the year when {first} was born.",
            "It was in the year {x} that {first} was born.",
        ),
    ),
    Attribute(
        "profession",
        (
            "What is the profession of {name}?",
            "What does {name} do for a living?",
            "What job does {name} have?",
            "What is {name}'s profession?",
            "How does {name} earn a living?",
            "Which profession does {name} have?",
            "What work does {name} do?",
        ),
        (
            "the profession of {name}",
            "what {name} does for a living",
            "{name}'s job",
            "the work {name} does",
        ),
        (
            "Which job does {name} do for a living?",
            "Name the profession of {name}.",
            "What is the job of {name}?",
        ),
        (
            "{name} works as {ax}.",
            "The profession of {name} is {x}.",
            "{first} earns a living as {ax}.",
            "By profession, {first} is {ax}.",
        ),
    ),
    Attribute(
        "prize",
        (
            "Which prize did {name} win?",
            "What prize was {name} given?",
            "What award did {name} receive?",
            "Which award was {name} honoured with?",
            "What is the prize that {name} won?",
            "What is {name}'s prize?",
            "Which prize did {name} receive?",
        ),
        (
            "the prize {name} won",
            "which prize {name} won",
            "the award of {name}",
            "{name}'s prize",
        ),
        (
            "What prize did {name} win?",
            "Name the prize that {name} received.",
            "Which award did {name} win?",
        ),
        (
            "{name} won the {x}.",
            "The prize given to {name} was the {x}.",
            "{first} was honoured with the {x}.",
            "It was the {x} that {first} received.",
        ),
    ),
    Attribute(
        "pet",
        (
            "What pet does {name} have?",
            "Which animal does {name} keep?",
            "What kind of pet does {name} own?",
            "What is {name}'s pet?",
            "Which animal lives with {name}?",
            "What animal is the pet of {name}?",
            "Which pet does {name} keep at home?",
        ),
        (
            "the pet of {name}",
            "which pet {name} has",
            "the animal {name} keeps",
            "{name}'s pet",
        ),
        (
            "Which pet does {name} have?",
            "Name the animal that {name} keeps as a pet.",
            "What kind of animal does {name} own?",
        ),
        (
            "{name} has {ax}.",
            "The pet of {name} is {ax}.",
            "{first} keeps {ax} at home.",
            "At home with {first} lives {ax}.",
        ),
    ),
    Attribute(
        "hobby",
        (
            "What is the hobby of {name}?",
            "What does {name} do in free time?",
            "Which hobby does {name} have?",
            "What is {name}'s favourite hobby?",
            "How does {name} like to spend free hours?",
            "What does {name} enjoy most?",
            "Which pastime does {name} enjoy?",
        ),
        (
            "the hobby of {name}",
            "what {name} does in free time",
            "{name}'s hobby",
            "which pastime {name} enjoys",
        ),
        (
            "What hobby does {name} enjoy?",
            "Name the hobby of {name}.",
            "What is the favourite pastime of {name}?",
        ),
        (
            "The hobby of {name} is {x}.",
            "{name} enjoys {x}.",
            "{first} spends free hours on {x}.",
            "In free time, {first} likes {x}.",
        ),
    ),
    Attribute(
        "book",
        (
            "Which book did {name} write?",
            "What is the title of the book by {name}?",
            "What book is {name} the author of?",
            "What is {name}'s book called?",
            "Which book was written by {name}?",
            "What did {name} write?",
            "Which title did {name} publish?",
        ),
        (
            "the book {name} wrote",
            "the title of {name}'s book",
            "which book {name} wrote",
            "the book by {name}",
        ),
        (
            "What book did {name} write?",
            "Name the book written by {name}.",
            "What is the title of the book that {name} published?",
        ),
        (
            "{name} wrote {x}.",
            "The book by {name} is called {x}.",
            "{first} is the author of {x}.",
            "The title of {first}'s book is {x}.",
        ),
    ),
    Attribute(
        "address",
        (
            "What is the address of {name}?",
            "Where does {name} live?",
            "At which address does {name} live?",
            "What is {name}'s home address?",
            "Where is the home of {name}?",
            "In which street and number does {name} live?",
            "To which address are letters for {name} sent?",
        ),
        (
            "the address of {name}",
            "where {name} lives",
            "{name}'s home address",
            "the street and number of {name}",
        ),
        (
            "At what address is {name} living?",
            "Name the address where {name} lives.",
            "Where can the home of {name} be found?",
        ),
        (
            "{name} lives at {x}.",
            "The address of {name} is {x}.",
            "The home of {first} is at {x}.",
            "Letters for {first} go to {x}.",
        ),
    ),
    Attribute(
        "father",
        (
            "What was the job of {name}'s father?",
            "What did the father of {name} do for a living?",
            "What was the profession of {name}'s father?",
            "Which job did the father of {name} have?",
            "How did {name}'s father earn a living?",
            "What work did {name}'s father do?",
            "What was {name}'s father by profession?",
        ),
        (
            "the job of {name}'s father",
            "what {name}'s father did for a living",
            "the profession of {name}'s father",
            "the work of the father of {name}",
        ),
        (
            "Which profession did {name}'s father have?",
            "Name the job of the father of {name}.",
            "What job did {name}'s father do?",
        ),
        (
            "The father of {name} was {ax}.",
            "The father of {name} worked as {ax}.",
            "{first}'s father earned a living as {ax}.",
            "By profession, the father of {first} was {ax}.",
        ),
    ),
    Attribute(
        "mother",
        (
            "What was the job of {name}'s mother?",
            "What did the mother of {name} do for a living?",
            "What was the profession of {name}'s mother?",
            "Which job did the mother of {name} have?",
            "How did {name}'s mother earn a living?",
            "What work did {name}'s mother do?",
            "What was {name}'s mother by profession?",
        ),
        (
            "the job of {name}'s mother",
            "what {name}'s mother did for a living",
            "the profession of {name}'s mother",
            "the work of the mother of {name}",
        ),
        (
            "Which profession did {name}'s mother have?",
            "Name the job of the mother of {name}.",
            "What job did {name}'s mother do?",
        ),
        (
            "The mother of {name} was {ax}.",
            "The mother of {name} worked as {ax}.",
            "{first}'s mother earned a living as {ax}.",
            "By profession, the mother of {first} was {ax}.",
        ),
    ),
)
