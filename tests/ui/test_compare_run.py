"""Whom and what can be asked, and how a failing side leaves the other alone."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from tests.helpers.fake_run import fake_run
from unlearn_core.comparison import Bench, Column
from unlearn_core.data.records import Record
from unlearn_core.runs.store import Store
from unlearn_core.specs import SamplingSpec
from unlearn_core.ui.compare_run import (
    Asking,
    Question,
    ask,
    default_sides,
    groups,
    own_questions,
    questions,
    sources,
    spread,
    template,
)
from unlearn_core.ui.compare_view import Asked, Side
from unlearn_core.ui.services import Services

PEOPLE = {"source": "bundled:people"}


class EchoBench:
    """Answers with the source's name, word by word; a source called `broken` fails."""

    def stream(self, sources: Sequence[str], prompt: str, **_: Any) -> Iterator[tuple[Column, ...]]:
        [source] = sources
        if source == "broken":
            yield (Column().failed("There is no model 'broken'."),)
            return
        words = f"{source} says {prompt}".split()
        for i in range(1, len(words) + 1):
            yield (Column(" ".join(words[:i])),)

    def answers(self, source: str, prompts: Sequence[str], **kw: Any) -> list[list[str]]:
        return [[f"{source} {kw['seed']}"] * kw["n"] for _ in prompts]


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return Services(Store(tmp_path), cast(Any, None))


def finished(services: Services, **options: Any) -> str:
    run_id = fake_run(services.store, **options)
    (services.store.folder(run_id) / "model").mkdir()
    return run_id


def row() -> Asked:
    return Asked("forget", Record(id="a", prompt="who now?", answer="x"))


def asking(n: int = 2) -> Asking:
    return Asking(SamplingSpec(), sampled=False, n=n, seed=7)


def run_all(left: str, right: str, n: int = 2) -> tuple[Asked, list[tuple[str, str]]]:
    one = row()
    seen = []
    for _ in ask(cast(Bench, EchoBench()), (Side(left, "L"), Side(right, "R")), [one], asking(n)):
        seen.append((one.texts[0], one.texts[1]))
    return one, seen


def test_both_sides_grow_in_step() -> None:
    one, seen = run_all("a", "b")
    lengths = [(len(left.split()), len(right.split())) for left, right in seen]
    assert lengths[:4] == [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert one.texts == ["a says who now?", "b says who now?"]
    assert one.finished


def test_both_sides_get_the_same_seed_and_number_of_samples() -> None:
    one, _ = run_all("a", "b", n=3)
    assert one.samples == [["a 7"] * 3, ["b 7"] * 3]


def test_no_samples_are_drawn_when_none_are_wanted() -> None:
    one, _ = run_all("a", "b", n=0)
    assert one.samples == [None, None]


def test_failing_side_leaves_the_other() -> None:
    one, _ = run_all("broken", "b")
    assert one.problems == ["There is no model 'broken'.", ""]
    assert one.texts == ["", "b says who now?"]
    assert one.samples == [None, ["b 7", "b 7"]]


def test_unfinished_and_modelless_runs_are_not_offered(services: Services) -> None:
    fake_run(services.store, name="no model")
    fake_run(services.store, name="going", until=3, state="running")
    run_id = finished(services, name="good")
    runs = [value for _, value in sources(services, "bundled") if value.startswith("run:")]
    assert runs == [f"run:{run_id}"]


def test_original_twin_and_run_are_labelled(services: Services) -> None:
    finished(services, name="good")
    labels = [label for label, _ in sources(services, "bundled")]
    assert labels[0] == "Original · bundled model"
    assert any(label.startswith("Retrained") for label in labels)
    assert any(label.startswith("Unlearned · good") and "step 48" in label for label in labels)


def test_watched_run_is_compared_with_what_it_began_with(services: Services) -> None:
    first, _ = finished(services), finished(services, name="newer")
    offered = [value for _, value in sources(services, "bundled")]
    assert default_sides(services, first, "bundled", offered) == ("bundled", f"run:{first}")


def test_newest_run_is_compared_when_none_is_watched(services: Services) -> None:
    finished(services)
    newest = finished(services, name="newer")
    offered = [value for _, value in sources(services, "bundled")]
    assert default_sides(services, "", "bundled", offered) == ("bundled", f"run:{newest}")


def test_questions_are_those_of_the_run_and_not_of_the_page(services: Services) -> None:
    run_id = finished(services)
    found = groups(services, f"run:{run_id}", {"source": "elsewhere"}, [])
    assert {record.subject for record in found["forget"]} == {"Fiora Brinridge"}
    assert found["paraphrased"] and found["neighbour"] and found["world"]
    assert template(services, f"run:{run_id}", {"template": "page"}) == ""


def test_marks_of_the_page_count_without_a_run(services: Services) -> None:
    found = groups(services, "bundled", PEOPLE, ["p01-birthplace"])
    assert [record.id for record in found["forget"]] == ["p01-birthplace"]


def test_passages_are_not_offered_as_questions() -> None:
    passage = Record(id="t", prompt="", answer="Once upon a time.")
    question = Record(id="q", prompt="Who?", answer="Me.")
    assert [q.record.id for q in questions({"retain": (passage, question)})] == ["q"]


def test_a_few_questions_are_spread_over_the_group() -> None:
    offered = [Question("forget", Record(id=str(i), prompt="?", answer="!")) for i in range(10)]
    assert spread(offered, {"forget": 2, "world": 3}) == ["forget/0", "forget/5"]


def test_own_questions_are_lines() -> None:
    assert [q.record.prompt for q in own_questions(" one \n\ntwo")] == ["one", "two"]


def test_sampler_and_seed_are_told() -> None:
    assert asking().words() == (
        "most likely answer (greedy) · 2 samples at temperature 1.25, top-k 50, top-p 0.95, seed 7"
    )
