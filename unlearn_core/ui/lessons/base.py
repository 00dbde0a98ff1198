"""What a lesson is made of: steps with a text, a question to answer first, and something to see.

The browser draws lessons from these values alone (`learn.js`); what moves is a scene, a function of
one of the `scene_*.js` files, which may ask the lesson's actions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from unlearn_core.ui.shell.services import Services, TabId

Action = Callable[[Services, Mapping[str, Any]], Mapping[str, Any]]
"""What a scene may ask of the server: plain values in, plain values out."""


@dataclass(frozen=True)
class Prediction:
    """A prediction asked for before the reveal.

    Attributes:
        text: What is asked.
        choices: Possible answers.
        right: Place of the right one.
        because: Why it is right, told once one is chosen.
    """

    text: str
    choices: tuple[str, ...]
    right: int
    because: str


@dataclass(frozen=True)
class Formula:
    """An exact statement.

    Attributes:
        math: MathML, made by `mathml.py`.
        words: The whole formula read aloud as a sentence.
        symbols: MathML of each symbol with a plain sentence for it.
    """

    math: str
    words: str
    symbols: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Scene:
    """Something to see or to play with: a function of the `scene_*.js` files and its settings."""

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Go:
    """A way from the lesson into the app.

    Attributes:
        label: On the button.
        tab: Where it leads.
        method: Chosen in Unlearn, where given.
        data: Data source chosen in Forget, where given.
        marked: Ids marked there.
        run: Name under which the lesson keeps a run that is watched from now on.
    """

    label: str
    tab: TabId
    method: str = ""
    data: str = ""
    marked: tuple[str, ...] = ()
    run: str = ""


@dataclass(frozen=True)
class Step:
    """One screen of a lesson.

    Attributes:
        title: A few words.
        text: Paragraphs.
        scene: Seen at once.
        question: Asked after it.
        reveal: Seen once the question is answered; at once where there is none.
        formula: Below everything, once the question is answered.
        go: Ways into the app.
    """

    title: str
    text: tuple[str, ...]
    scene: Scene | None = None
    question: Prediction | None = None
    reveal: Scene | None = None
    formula: Formula | None = None
    go: tuple[Go, ...] = ()


@dataclass(frozen=True)
class Lesson:
    """A lesson.

    Attributes:
        order: Its number, from 1.
        title: A few words.
        promise: What one will see, in a sentence.
        minutes: How long it takes.
        steps: Three to five.
        learnt: The closing sentence.
        make_steps: Makes them, so that nothing is read when the file is imported.
        actions: What its scenes may ask, by name, beside those that all lessons share.
    """

    order: int
    title: str
    promise: str
    minutes: int
    learnt: str
    make_steps: Callable[[], Sequence[Step]]
    actions: Mapping[str, Action] = field(default_factory=dict)

    def drawn(self) -> dict[str, Any]:
        """The lesson as the browser takes it."""
        names = ("order", "title", "promise", "minutes", "learnt")
        plain = {name: getattr(self, name) for name in names}
        return {**plain, "steps": [asdict(step) for step in self.make_steps()]}
