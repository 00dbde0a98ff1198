"""One comparison that is being answered: what was asked, and what each model has said so far."""

import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from unlearn_core.settings.sampling import SamplingSpec
from unlearn_core.ui.compare.questions import OfferedQuestion
from unlearn_core.ui.texts import compare as say

ABANDONED_SECONDS = 90.0
"""A page that has not asked for news so long is gone; a hidden one asks once a minute."""

JobState = Literal["asking", "done", "stopped", "failed"]


@dataclass(frozen=True)
class Side:
    """One of the models that are compared.

    Attributes:
        source: What the pool takes; empty where the model is not there.
        label: Which model it is, and after how many steps.
        problem: Why it cannot be asked; empty where it can.
    """

    source: str
    label: str
    problem: str = ""


@dataclass(frozen=True)
class AskSettings:
    """How the models are asked; the same for all.

    Attributes:
        sampled: Whether the answer shown is a sample; else the most likely one.
        n: Sampled answers for the distribution; 0 for none.
        template: How a prompt is put to the models, as in `DataSpec`.
    """

    sampler: SamplingSpec
    sampled: bool
    n: int
    seed: int
    template: str = ""

    @property
    def shown(self) -> SamplingSpec:
        """How the answer that is shown is drawn."""
        if self.sampled:
            return self.sampler
        return self.sampler.model_copy(update={"temperature": 0.0})

    def words(self) -> str:
        """Sampler and seed on one line."""
        spec = self.sampler
        drawn = say.DRAWN.format(
            temperature=spec.temperature,
            top_k=spec.top_k or say.OFF,
            top_p=spec.top_p,
            seed=self.seed,
        )
        shown = say.SAMPLE if self.sampled else say.GREEDY
        return (
            say.SAMPLES_AT.format(shown=shown, n=self.n, drawn=drawn)
            if self.n
            else f"{shown} · {drawn}"
        )


@dataclass
class Cell:
    """What one model has said to one question.

    Attributes:
        samples: Its sampled answers as far as they are drawn.
        problem: Why it gives no answer; empty where it does.
        version: When it last changed, on the job's own clock.
    """

    text: str = ""
    samples: list[str] = field(default_factory=list)
    problem: str = ""
    version: int = 0


class ComparisonJob:
    """A comparison, filled in by one thread and read by many.

    Only who knows its ticket can read it, so that no one's prompts reach another's screen.
    """

    def __init__(
        self,
        sides: Sequence[Side],
        questions: Sequence[OfferedQuestion],
        asking: AskSettings,
        blind: bool,
        chat: bool = False,
    ) -> None:
        """Set up the table; nothing is asked yet.

        Args:
            sides: The models, in the order of their columns.
            questions: What to ask, in turn; of a chat none, they come with `say`.
            asking: How.
            blind: Whether the names of the models are kept back.
            chat: Whether each question goes on from those before it.
        """
        self.ticket = secrets.token_urlsafe(16)
        self.sides = tuple(sides)
        self.questions: list[OfferedQuestion] = []
        self.cells: list[list[Cell]] = []
        self.chat = chat
        self.asking = asking
        self.blind = blind
        self.state: JobState = "asking"
        self.problem = ""
        self.working = True
        self.place = 0
        self.answered = 0
        self.clock = 0
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._seen = time.monotonic()
        for question in questions:
            self._add(question)

    @property
    def stopped(self) -> bool:
        """Whether nothing more is wanted of it: stopped, its page gone, or the app ending."""
        abandoned = time.monotonic() - self._seen > ABANDONED_SECONDS
        return self._stop.is_set() or abandoned or not threading.main_thread().is_alive()

    def stop(self) -> None:
        """Want nothing more of it; from now on nothing in it changes."""
        with self.changing():
            self._stop.set()
            if self.state == "asking":
                self.state = "stopped"

    def say(self, question: OfferedQuestion) -> bool:
        """Go on with a chat; false while someone still works on the turn before."""
        with self.changing():
            if self.working:
                return False
            self.working = True
            self._stop.clear()
            self._add(question)
            self.answered = self.place = len(self.questions) - 1
            self.state = "asking"
            return True

    def conversation(self, place: int, column: int) -> list[dict[str, str]]:
        """What was said in one column of a chat, up to the question at this place.

        A turn without an answer is left out, for a conversation goes back and forth.
        """
        turns = []
        for question, row in zip(self.questions[:place], self.cells, strict=False):
            answer = row[column].text
            if answer and not row[column].problem:
                turns += [_turn("user", question.record.prompt), _turn("assistant", answer)]
        return [*turns, _turn("user", self.questions[place].record.prompt)]

    def seen(self) -> None:
        """Its page is still there."""
        self._seen = time.monotonic()

    @contextmanager
    def changing(self) -> Iterator[int]:
        """One change, seen whole or not at all; gives the version of what changes."""
        with self._lock:
            self.clock += 1
            yield self.clock

    def _add(self, question: OfferedQuestion) -> None:
        self.questions.append(question)
        self.cells.append([Cell(problem=side.problem) for side in self.sides])

    def leave(self) -> None:
        """The thread that filled it in ends."""
        with self.changing():
            self.working = False

    def live(self, place: int) -> list[int]:
        """Columns that can still answer a question."""
        return [i for i, cell in enumerate(self.cells[place]) if not cell.problem]


def _turn(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}
