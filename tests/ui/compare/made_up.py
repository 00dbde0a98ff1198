"""A pool that answers at once, and jobs for it."""

import threading
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any, cast

from unlearn_core.comparison.model_pool import ModelPool
from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput
from unlearn_core.settings.sampling import SamplingSpec
from unlearn_core.ui.compare.asking import answer
from unlearn_core.ui.compare.job import AskSettings, ComparisonJob, Side
from unlearn_core.ui.compare.questions import OfferedQuestion

RECORD = Record(id="a", prompt="Where was Mara born?", answer="Mara was born in Ghent.",
                fact="Ghent")  # fmt: skip


class EchoPool:
    """Answers with the source's name, word by word; a source called `broken` fails.

    Attributes:
        asked: What was asked, in order.
        begun: Set when a stream begins.
        go_on: While it is not set, streams wait before each word.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    def stream(
        self, sources: Sequence[str], prompt: str, **how: Any
    ) -> Iterator[tuple[SimpleNamespace, ...]]:
        self.asked.append(("stream", tuple(sources), prompt, how))
        words = [f"{source} says {prompt}".split() for source in sources]
        for i in range(1, max(map(len, words)) + 1):
            self.begun.set()
            assert self.go_on.wait(10)
            yield tuple(
                SimpleNamespace(
                    text="" if source == "broken" else " ".join(said[:i]),
                    finished=i >= len(said),
                    problem="There is no model 'broken'." if source == "broken" else "",
                )
                for source, said in zip(sources, words, strict=True)
            )

    def stream_chat(
        self, sources: Sequence[str], messages: Sequence[Any], **how: Any
    ) -> Iterator[tuple[SimpleNamespace, ...]]:
        self.asked.append(("chat", tuple(sources), messages))
        return self.stream(sources, f"turn {len(messages)}", **how)

    def answers_of(
        self, sources: Sequence[str], prompts: Sequence[str], **how: Any
    ) -> tuple[list[list[str]] | str, ...]:
        self.asked.append(("answers", tuple(sources), how["n"], how["seed"]))
        return tuple(
            [[f"{source} {how['seed']}"] * how["n"] for _ in prompts] for source in sources
        )


class FailingPool(EchoPool):
    """Cannot even begin."""

    def stream(self, sources: Sequence[str], prompt: str, **how: Any) -> Any:
        raise InvalidInput("The prompt has 100000 tokens; at most 1024 fit.")


def make_job(
    *sources: str, n: int = 2, prompts: Sequence[str] = ("who now?",), blind: bool = False
) -> ComparisonJob:
    """A job about made-up models."""
    sides = [Side(source, f"Model {source}") for source in sources]
    asked = [
        OfferedQuestion("forget", Record(id=str(i), prompt=p, answer="x"))
        for i, p in enumerate(prompts)
    ]
    return ComparisonJob(
        sides, asked, AskSettings(SamplingSpec(), sampled=False, n=n, seed=7), blind
    )


def answered(job: ComparisonJob, pool: EchoPool | None = None) -> ComparisonJob:
    """The job after all is asked."""
    answer(lambda: cast(ModelPool, pool or EchoPool()), job)
    return job
