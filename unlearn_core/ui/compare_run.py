"""What Compare does, apart from the screen: whom and what can be asked, and the asking."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from unlearn_core.data.marks import Marks, neighbours, split_corpus
from unlearn_core.data.records import Record
from unlearn_core.errors import LetheError
from unlearn_core.runs.rows import RunInfo
from unlearn_core.runs.store import TEACHER
from unlearn_core.specs import SamplingSpec
from unlearn_core.ui.compare_view import Asked, Side
from unlearn_core.ui.marking import to_marks
from unlearn_core.ui.run_rows import method_title
from unlearn_core.ui.services import Services

if TYPE_CHECKING:
    from unlearn_core.comparison import Bench

RUN = "run:"
FAILURES = (LetheError, OSError, RuntimeError)
"""What one side may fail with, out of memory among them, while the other goes on."""
MOST_OF_A_GROUP = 60
"""Prompts offered of each group; more would make the list useless."""
NEIGHBOURS = 40
ORDER = ("forget", "paraphrased", "neighbour", "retain", "world")
FIRST_CHOICE = {"forget": 2, "paraphrased": 1, "neighbour": 1, "world": 1}


def sources(services: Services, chosen_model: str) -> list[tuple[str, str]]:
    """(Label, value) of everything that can be asked: originals, the twin, finished runs."""
    found = {"bundled": "Original · bundled model"}
    found[chosen_model] = original_label(chosen_model)
    finished = [run for run in services.store.runs() if has_model(services, run)]
    for run in finished:
        source = str(run.spec["model"]["source"])
        found.setdefault(source, original_label(source))
    found["bundled:retrained"] = "Retrained · bundled, never saw the default forget set"
    labels = {source: label for source, label in found.items() if not source.startswith(RUN)}
    labels |= {f"{RUN}{run.id}": run_label(run) for run in finished}
    labels |= {
        f"{RUN}{run.id}/{TEACHER}": f"Teacher of {run_label(run)}"
        for run in finished
        if (services.store.folder(run.id) / TEACHER).is_dir()
    }
    return [(label, source) for source, label in labels.items()]


def run_of(source: str) -> str:
    """The id of the run whose model, or whose teacher, a source names."""
    return source.removeprefix(RUN).partition("/")[0]


def original_label(source: str) -> str:
    """An original model as the page calls it."""
    return "Original · bundled model" if source == "bundled" else f"Original · {source}"


def run_label(run: RunInfo) -> str:
    """A run's model as the page calls it."""
    word = "Taught" if run.kind == "teach" else "Unlearned"
    return f"{word} · {run.name} · {method_title(run)}, step {run.step}"


def has_model(services: Services, run: RunInfo) -> bool:
    """Whether the run left a model that can be asked."""
    return run.finished and (services.store.folder(run.id) / "model").is_dir()


def default_sides(
    services: Services, run_id: str, chosen_model: str, offered: Sequence[str]
) -> tuple[str, str]:
    """What a run began with against what it made; of no run, the newest one's."""
    finished = [r for r in services.store.runs() if f"{RUN}{r.id}" in offered]
    watched = next((r for r in finished if r.id == run_id), None)
    run = watched or next((r for r in finished if r.kind == "unlearn"), None)
    if run is None:
        return chosen_model, "bundled:retrained"
    began = str(run.spec["model"]["source"])
    return (began if began in offered else "bundled"), f"{RUN}{run.id}"


def groups(
    services: Services, right: str, data: Mapping[str, Any], marked: Sequence[str]
) -> dict[str, tuple[Record, ...]]:
    """Records by group: of the right side's run, else of the marks on the page.

    Raises:
        LetheError: The data cannot be read any more, or a mark matches nothing.
    """
    if right.startswith(RUN):
        spec = services.store.get(run_of(right)).spec
        data, marks = spec["data"], Marks.model_validate(spec["marks"])
    else:
        marks = to_marks(services.rows(data), marked)
        if not marked:
            corpus = services.corpus(data)
            return {"retain": corpus.records, "world": corpus.world}
    split = split_corpus(services.corpus(data), marks)
    return {
        "forget": split.forget,
        "paraphrased": split.paraphrased,
        "neighbour": neighbours(split, NEIGHBOURS),
        "retain": split.retain,
        "world": split.world,
    }


def template(services: Services, right: str, data: Mapping[str, Any]) -> str:
    """How prompts were put to the right side's model when it was trained."""
    if right.startswith(RUN):
        data = services.store.get(run_of(right)).spec["data"]
    return str(data.get("template", ""))


@dataclass(frozen=True)
class Question:
    """A record that can be asked, with the group it is offered under."""

    group: str
    record: Record

    @property
    def key(self) -> str:
        """Unique among all questions offered."""
        return f"{self.group}/{self.record.id}"


def questions(found: Mapping[str, Sequence[Record]]) -> list[Question]:
    """What is offered, group by group; passages have no question and are left out."""
    return [
        Question(group, record)
        for group in ORDER
        for record in [r for r in found.get(group, ()) if not r.is_passage][:MOST_OF_A_GROUP]
    ]


def spread(offered: Sequence[Question], sizes: Mapping[str, int]) -> list[str]:
    """Keys of so many questions of each group, from different subjects where there are any."""
    keys = []
    for group, size in sizes.items():
        rows = [question for question in offered if question.group == group]
        step = max(1, len(rows) // size) if size else 1
        keys += [question.key for question in rows[::step][:size]]
    return keys


def own_questions(text: str) -> list[Question]:
    """One question a line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [
        Question("own", Record(id=f"own-{i}", prompt=line, answer=""))
        for i, line in enumerate(lines, 1)
    ]


@dataclass(frozen=True)
class Asking:
    """How the two sides are asked; the same for both.

    Attributes:
        sampled: Whether the answer shown is a sample; else the most likely one.
        n: Sampled answers for the histogram; 0 for none.
        template: How a prompt is put to the models, as in `DataSpec`.
    """

    sampler: SamplingSpec
    sampled: bool
    n: int
    seed: int
    template: str = ""

    def words(self) -> str:
        """Sampler and seed on one line."""
        spec = self.sampler
        drawn = (
            f"temperature {spec.temperature:g}, top-k {spec.top_k or 'off'}, top-p {spec.top_p:g}, "
            f"seed {self.seed}"
        )
        shown = "one sample" if self.sampled else "most likely answer (greedy)"
        return f"{shown} · {self.n} samples at {drawn}" if self.n else f"{shown} · {drawn}"


def ask(
    bench: "Bench", sides: Sequence[Side], rows: Sequence[Asked], asking: Asking
) -> Iterator[None]:
    """Fill the rows in, both sides in step; yields whenever there is something new to show.

    A side that fails says why in its place, and the other goes on.
    """
    for row in rows:
        yield
        yield from _stream(bench, sides, row, asking)
        row.finished = True
        yield
        for place, side in enumerate(sides):
            if asking.n and not row.problems[place]:
                _sample(bench, side, row, place, asking)
                yield


def _stream(bench: "Bench", sides: Sequence[Side], row: Asked, asking: Asking) -> Iterator[None]:
    """The shown answers, a token of each side at a time."""
    spec = asking.sampler if asking.sampled else None
    growing = {
        place: bench.stream([side.source], row.record.prompt, spec=spec, seed=asking.seed,
                            template=asking.template)
        for place, side in enumerate(sides)
    }  # fmt: skip
    while growing:
        for place, words in list(growing.items()):
            try:
                text = next(words, None)
            except FAILURES as error:
                row.problems[place] = str(error)
                text = None
            if text is None:
                del growing[place]
            else:
                row.texts[place], row.problems[place] = text[0].text, text[0].problem
        yield


def _sample(bench: "Bench", side: Side, row: Asked, place: int, asking: Asking) -> None:
    try:
        row.samples[place] = bench.answers(
            side.source, [row.record.prompt], spec=asking.sampler, n=asking.n, seed=asking.seed,
            template=asking.template,
        )[0]  # fmt: skip
    except FAILURES as error:
        row.problems[place] = str(error)
