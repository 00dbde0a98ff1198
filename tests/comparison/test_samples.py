"""One seed draws the same samples on the page, in a terminal and for a program."""

from types import SimpleNamespace
from typing import cast

import pytest

from unlearn_core.cli import compare as terminal
from unlearn_core.comparison.model_pool import ModelPool
from unlearn_core.comparison.samples import DRAWN_AT_ONCE, draw_samples, samples_of
from unlearn_core.data.records import Record
from unlearn_core.metrics.differences import answer_histogram
from unlearn_core.settings.sampling import SamplingSpec
from unlearn_core.ui.compare.asking import answer
from unlearn_core.ui.compare.job import AskSettings, ComparisonJob, Side
from unlearn_core.ui.compare.questions import OfferedQuestion
from unlearn_core.ui.shell.api import Endpoints
from unlearn_core.ui.shell.services import Services

RECORDS = [
    Record(id=str(i), prompt=prompt, answer="x")
    for i, prompt in enumerate(("Who is Ada?", "Where?"))
]
PROMPTS = [record.prompt for record in RECORDS]
SPEC = SamplingSpec(temperature=1.0)
N = DRAWN_AT_ONCE + 3


def on_the_page(sources: list[str], seed: int) -> list[list[list[str]]]:
    """Samples as [source][prompt][sample]."""
    job = ComparisonJob(
        [Side(source, source) for source in sources],
        [OfferedQuestion("forget", record) for record in RECORDS],
        AskSettings(SPEC, sampled=False, n=N, seed=seed),
        blind=False,
    )
    answer(ModelPool, job)
    assert job.state == "done"
    return [[row[i].samples for row in job.cells] for i in range(len(sources))]


def test_the_page_and_the_terminal_draw_the_same(base: str, adapters: tuple[str, ...]) -> None:
    sources = [base, adapters[0]]
    page = on_the_page(sources, seed=7)
    assert page != on_the_page(sources, seed=8)
    rows = terminal._answers({s: s for s in sources}, RECORDS, N, SPEC.temperature, 7, "")
    for source, of_prompts in zip(sources, page, strict=True):
        for row, samples in zip(rows, of_prompts, strict=True):
            assert len(samples) == N
            assert row["sampled"][source] == answer_histogram(samples)


def test_programs_draw_the_same(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unlearn_core.ui.shell.api.template", lambda *_: "")
    services = cast(Services, SimpleNamespace(pool=ModelPool(), store=None))
    rows = Endpoints(services).compare(PROMPTS, [base], samples=N, temperature=1.0, seed=7)
    for row, samples in zip(rows, on_the_page([base], seed=7)[0], strict=True):
        assert row["sampled"][base] == [list(pair) for pair in answer_histogram(samples)]


def test_what_else_is_asked_changes_no_samples(base: str, adapters: tuple[str, ...]) -> None:
    pool = ModelPool()
    together = samples_of(pool, [base, adapters[0]], PROMPTS, spec=SPEC, n=N, seed=3)
    for source, answers in zip((base, adapters[0]), together, strict=True):
        for prompt, samples in zip(PROMPTS, answers, strict=True):
            drawn = draw_samples(pool, [source], prompt, spec=SPEC, n=N, seed=3)
            assert [one for (batch,) in drawn for one in batch] == samples


def test_a_model_with_a_problem_is_asked_once(base: str) -> None:
    pool = ModelPool()
    batches = list(draw_samples(pool, ["no/where/at/all", base], "Where?", spec=SPEC, n=N, seed=0))
    assert all(isinstance(problem, str) and len(samples) for problem, samples in batches)
    found = samples_of(pool, ["no/where/at/all"], PROMPTS, spec=SPEC, n=N, seed=0)
    assert isinstance(found[0], str)
