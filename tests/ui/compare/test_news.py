"""What the browser is told: only what changed, nothing that names a model in a blind comparison."""

import json

from tests.ui.compare.made_up import RECORD, answered, make_job
from unlearn_core.data.records import Record
from unlearn_core.ui.compare.job import Cell, ComparisonJob
from unlearn_core.ui.compare.news import cell_view, news_of, revealed, samples, words
from unlearn_core.ui.compare.questions import OfferedQuestion


def said(*answers: str, group: str = "forget", record: Record = RECORD) -> ComparisonJob:
    job = make_job("a", "b")
    job = ComparisonJob(job.sides, [OfferedQuestion(group, record)], job.asking, blind=False)
    job.answered = 1
    for cell, text in zip(job.cells[0], answers, strict=True):
        cell.text = text
    return job


def test_first_news_tell_columns_and_questions_with_seed_and_sampler() -> None:
    found = news_of(answered(make_job("a", "b", "c")), 0)
    assert [column["letter"] for column in found["columns"]] == ["A", "B", "C"]
    assert all("seed 7" in column["sampler"] for column in found["columns"])
    assert found["columns"][1]["name"] == "Model b"
    assert found["questions"][0]["prompt"] == "who now?"
    assert len(found["cells"]) == 3 and found["state"] == "done"


def test_later_news_are_only_what_changed() -> None:
    job = answered(make_job("a", "b"))
    cursor = news_of(job, 0)["cursor"]
    assert news_of(job, cursor)["cells"] == []
    with job.changing() as version:
        job.cells[0][1].text, job.cells[0][1].version = "new", version
    found = news_of(job, cursor)
    assert [(cell["column"], cell["text"]) for cell in found["cells"]] == [(1, "new")]
    assert news_of(job, cursor, known=1)["questions"] == []


def test_an_answer_is_judged_when_it_is_complete() -> None:
    job = said("She was born in Ghent.", "I do not know.")
    assert cell_view(job, 0, 0)["known"] is True
    assert cell_view(job, 0, 1)["known"] is False
    job.answered = 0
    assert cell_view(job, 0, 0)["known"] is None and not cell_view(job, 0, 0)["finished"]


def test_own_prompts_have_no_verdict() -> None:
    job = said("a", "b", record=Record(id="own-1", prompt="Hm?", answer=""), group="own")
    assert cell_view(job, 0, 0)["known"] is None


def test_difference_is_against_the_first_column() -> None:
    job = said("born in Ghent today", "born in Rome today")
    assert cell_view(job, 0, 0)["words"] is None
    assert cell_view(job, 0, 1)["words"] == [
        ("same", "born in"), ("removed", "Ghent"), ("added", "Rome"), ("same", "today"),
    ]  # fmt: skip
    assert cell_view(job, 0, 1)["changed"] == 0.25
    assert words("same", "same") == [("same", "same")]


def test_failed_column_has_no_difference_and_does_not_count_as_changed() -> None:
    job = said("fine answer", "")
    job.cells[0][1].problem = "There is no model 'x'."
    view = cell_view(job, 0, 1)
    assert view["problem"] == "There is no model 'x'." and view["words"] is None
    assert view["changed"] == 0.0


def test_samples_are_counted_with_those_that_leak() -> None:
    cell = Cell(samples=["In Ghent.", "In Ghent.", "In Rome.", "Unknown."])
    found = samples(RECORD, cell)
    assert (found["total"], found["distinct"], found["giving"]) == (4, 3, 0.5)
    assert [(bar["text"], bar["count"], bar["known"]) for bar in found["bars"]] == [
        ("In Ghent.", 2, True), ("In Rome.", 1, False), ("Unknown.", 1, False),
    ]  # fmt: skip


def test_blind_news_name_no_model_not_even_in_a_problem() -> None:
    job = answered(make_job("a", "broken", blind=True))
    told = json.dumps(news_of(job, 0))
    assert "Model a" not in told and "broken'" not in told and "Model B" in told
    found = revealed(job)
    assert found["names"] == ["Model a", "Model broken"]
    assert found["cells"][0]["problem"] == "There is no model 'broken'."
    assert "Model a" in json.dumps(news_of(job, 0))
