"""From what a person has chosen on the page to a job: its models, its questions, its settings."""

import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from unlearn_core.comparison.prompt_sets import PromptSets
from unlearn_core.errors import InvalidInput, LetheError
from unlearn_core.models.name import run_of
from unlearn_core.runs.checks import place_of
from unlearn_core.ui.compare.job import AskSettings, ComparisonJob, Side
from unlearn_core.ui.compare.links import MOST_SIDES, Comparison
from unlearn_core.ui.compare.questions import (
    OfferedQuestion,
    check_number,
    groups,
    own_questions,
    questions,
    set_questions,
    template,
)
from unlearn_core.ui.compare.sources import leading_run, sources
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.texts.compare import FEW_SIDES, NO_CHAT, SOURCES

if TYPE_CHECKING:
    from unlearn_core.comparison.model_pool import ModelPool


def make_job(
    services: Services,
    comparison: Comparison,
    model: str,
    data: Mapping[str, Any],
    marked: Sequence[str],
    chat: bool = False,
) -> ComparisonJob:
    """A job for what is chosen.

    Args:
        services: The services behind the page.
        comparison: What is chosen.
        model, data, marked: The model, data and marks of the page.
        chat: Whether it is a conversation, whose questions come later.

    Raises:
        LetheError: Too few or too many models or questions, or the data cannot be read.
    """
    if not 2 <= len(comparison.sources) <= MOST_SIDES:
        raise InvalidInput(FEW_SIDES.format(n=len(comparison.sources), label=SOURCES))
    chosen: list[OfferedQuestion] = []
    if not chat:
        chosen = chosen_questions(services, comparison, data, marked)
        check_number(chosen)
    asking = AskSettings(
        comparison.sampling,
        comparison.sampled,
        0 if chat else comparison.n,
        comparison.seed,
        _template(services, comparison.sources, data),
    )
    labels = {value: label for label, value in sources(services, model)}
    sides = [side(services, source, labels) for source in comparison.sources]
    if comparison.mix is not None:
        random.Random(comparison.mix).shuffle(sides)
    return ComparisonJob(sides, chosen, asking, blind=comparison.mix is not None, chat=chat)


def side(services: Services, source: str, labels: Mapping[str, str]) -> Side:
    """A column; of a run that is gone, one that says so."""
    label = labels.get(source, source)
    try:
        return Side(place_of(source, services.store), label)
    except LetheError as error:
        return Side("", label, str(error))


def chosen_questions(
    services: Services, comparison: Comparison, data: Mapping[str, Any], marked: Sequence[str]
) -> list[OfferedQuestion]:
    """The questions of a comparison: those of the list, of the set, and the typed ones.

    Raises:
        LetheError: The data cannot be read any more, or the set is gone.
    """
    offered = (
        {q.key: q for q in offered_questions(services, comparison.sources, data, marked)}
        if comparison.questions
        else {}
    )
    chosen = [offered[key] for key in comparison.questions if key in offered]
    if comparison.prompt_set:
        sets = PromptSets(services.store.workspace)
        chosen += set_questions(sets.get(comparison.prompt_set))
    return chosen + own_questions(comparison.own)


def offered_questions(
    services: Services, chosen: Sequence[str], data: Mapping[str, Any], marked: Sequence[str]
) -> list[OfferedQuestion]:
    """The questions that can be picked from the list when these models are chosen.

    Raises:
        LetheError: The data cannot be read any more, or a mark matches nothing.
    """
    return questions(groups(services, _there(services, chosen), data, marked))


def _template(services: Services, chosen: Sequence[str], data: Mapping[str, Any]) -> str:
    return template(services, _there(services, chosen), data)


def _there(services: Services, chosen: Sequence[str]) -> str:
    """The leading run, unless it was deleted: its column says so, and the others go on."""
    known = {run.id for run in services.store.runs()}
    return leading_run([source for source in chosen if run_of(source) in known])


def check_chat(pool: "ModelPool", job: ComparisonJob) -> None:
    """A chat needs a model that can hold one; the others say so in their columns.

    Raises:
        LetheError: None of the models can.
    """
    sources = [side.source for side in job.sides if not side.problem]
    if not any(pool.has_chat(source) for source in sources):
        raise InvalidInput(NO_CHAT)
