"""Where comparisons are handed in and asked for again, each by its own ticket."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from unlearn_core.errors import InvalidInput
from unlearn_core.ui.compare.asking import answer
from unlearn_core.ui.compare.job import ComparisonJob
from unlearn_core.ui.compare.questions import OfferedQuestion
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import compare as say

if TYPE_CHECKING:
    from unlearn_core.comparison.model_pool import ModelPool

MOST_KEPT = 64
"""Comparisons that can still be looked at; the one looked at longest ago goes first."""
MOST_AT_ONCE = 8


class Desk:
    """The comparisons of all visitors; no one can list them, a ticket gives one."""

    def __init__(self, pool: Callable[[], "ModelPool"]) -> None:
        """Nothing is asked yet.

        Args:
            pool: Gives the loaded models; called where they are needed, since it takes time.
        """
        self.pool = pool
        self._jobs: OrderedDict[str, ComparisonJob] = OrderedDict()
        self._lock = threading.Lock()

    def start(self, job: ComparisonJob) -> str:
        """Answer a job in a thread of its own; gives its ticket.

        Raises:
            InvalidInput: Too many are being answered.
        """
        with self._lock:
            self._check_room()
            self._jobs[job.ticket] = job
            while len(self._jobs) > MOST_KEPT:
                self._jobs.popitem(last=False)[1].stop()
        self._work(job)
        return job.ticket

    def say(self, ticket: str, question: OfferedQuestion) -> None:
        """Go on with a chat.

        Raises:
            InvalidInput: It is kept no longer, it still answers, or too many are being answered.
        """
        job = self.get(ticket)
        with self._lock:
            self._check_room()
        if not job.chat or not job.say(question):
            raise InvalidInput(say.STILL_ANSWERING)
        self._work(job)

    def _work(self, job: ComparisonJob) -> None:
        threading.Thread(target=answer, args=(self.pool, job), name="comparison").start()

    def _check_room(self) -> None:
        going = sum(one.state == "asking" for one in self._jobs.values())
        if going >= MOST_AT_ONCE:
            raise InvalidInput(
                say.TOO_MANY_AT_ONCE.format(comparisons=texts.count(going, "comparison is"))
            )

    def get(self, ticket: str) -> ComparisonJob:
        """The job of a ticket; its page is there, then.

        Raises:
            InvalidInput: It is kept no longer.
        """
        with self._lock:
            job = self._jobs.get(ticket)
            if job is None:
                raise InvalidInput(say.KEPT_NO_LONGER)
            self._jobs.move_to_end(ticket)
        job.seen()
        return job
