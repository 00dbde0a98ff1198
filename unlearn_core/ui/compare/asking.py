"""The asking itself: a job filled in question by question, all its columns in step."""

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from itertools import zip_longest
from typing import TYPE_CHECKING

from unlearn_core.comparison.samples import draw_samples
from unlearn_core.errors import LetheError
from unlearn_core.ui.compare.job import ComparisonJob

if TYPE_CHECKING:
    from unlearn_core.comparison.answering import Column
    from unlearn_core.comparison.model_pool import ModelPool
    from unlearn_core.comparison.samples import Samples

FAILURES = (LetheError, OSError, RuntimeError)
"""What models may fail with, out of memory among them."""


def answer(get_bench: Callable[[], "ModelPool"], job: ComparisonJob) -> None:
    """Ask all questions of a job; ends soon after it is stopped.

    A column that fails says why in its place, and the others go on.
    """
    try:
        pool = get_bench()
        for place in range(job.answered, len(job.questions)):
            if not _ask(pool, job, place):
                break
        _end(job)
    except Exception as error:  # a fault of ours: the page must not wait for ever
        logging.getLogger(__name__).exception("a comparison failed")
        with job.changing():
            job.state, job.problem = "failed", f"{type(error).__name__}: {error}"
    finally:
        job.leave()


def _end(job: ComparisonJob) -> None:
    stopped = job.stopped
    with job.changing():
        if job.state == "asking":
            job.state = "stopped" if stopped else "done"


def _ask(pool: "ModelPool", job: ComparisonJob, place: int) -> bool:
    """Ask one question; false when the job was stopped meanwhile."""
    with job.changing():
        job.place = place
    if job.stopped or not _stream(pool, job, place):
        return False
    with job.changing() as version:
        if job.state != "asking":
            return False
        job.answered = place + 1
        for cell in job.cells[place]:
            cell.version = version
    return _sample(pool, job, place)


def _stream(pool: "ModelPool", job: ComparisonJob, place: int) -> bool:
    """The shown answers, a token of each column at a time."""
    columns = job.live(place)
    if not columns:
        return True
    try:
        # Closed when it is left half-way, so that it holds no model any longer.
        with closing(_growing(pool, job, place, columns)) as growing:
            for step in growing:
                if not _show(job, place, columns, step):
                    return False
    except FAILURES as error:
        _fail(job, place, columns, str(error))
    return True


def _growing(
    pool: "ModelPool", job: ComparisonJob, place: int, columns: Sequence[int]
) -> Generator["Sequence[Column]", None, None]:
    """The columns' answers as they grow."""
    asking = job.asking
    sources = [job.sides[i].source for i in columns]
    if not job.chat:
        prompt = job.questions[place].record.prompt
        yield from pool.stream(
            sources, prompt, spec=asking.shown, seed=asking.seed, template=asking.template
        )
        return
    # In a chat each column has a past of its own.
    turns = [
        pool.stream_chat([source], job.conversation(place, i), spec=asking.shown, seed=asking.seed)
        for i, source in zip(columns, sources, strict=True)
    ]
    said: Sequence[Column] = ()
    for steps in zip_longest(*turns):
        said = [step[0] if step else said[i] for i, step in enumerate(steps)]
        yield said


def _show(job: ComparisonJob, place: int, columns: Sequence[int], step: "Sequence[Column]") -> bool:
    if job.stopped:
        return False
    with job.changing() as version:
        if job.state != "asking":
            return False
        for i, column in zip(columns, step, strict=True):
            cell = job.cells[place][i]
            if (cell.text, cell.problem) != (column.text, column.problem):
                cell.text, cell.problem, cell.version = column.text, column.problem, version
    return True


def _sample(pool: "ModelPool", job: ComparisonJob, place: int) -> bool:
    """The sampled answers, some of each column at a time; false when the job was stopped."""
    asking = job.asking
    columns = job.live(place)
    drawing = draw_samples(
        pool,
        [job.sides[i].source for i in columns],
        job.questions[place].record.prompt,
        spec=asking.sampler,
        n=asking.n if columns else 0,
        seed=asking.seed,
        template=asking.template,
    )
    while not job.stopped:
        try:
            drawn = next(drawing, None)
        except FAILURES as error:
            _fail(job, place, columns, str(error))
            return True
        if drawn is None:
            return True
        _keep(job, place, columns, drawn)
    return False


def _keep(
    job: ComparisonJob, place: int, columns: Sequence[int], drawn: "Sequence[Samples]"
) -> None:
    with job.changing() as version:
        if job.state != "asking":
            return
        for i, found in zip(columns, drawn, strict=True):
            cell = job.cells[place][i]
            if isinstance(found, str):
                cell.problem = found
            else:
                cell.samples.extend(found)
            cell.version = version


def _fail(job: ComparisonJob, place: int, columns: Sequence[int], problem: str) -> None:
    with job.changing() as version:
        if job.state != "asking":
            return
        for i in columns:
            job.cells[place][i].problem = problem
            job.cells[place][i].version = version
