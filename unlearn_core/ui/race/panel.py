"""The race: the marked records through several methods and seeds, one run after the other."""

from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr

from unlearn_core.errors import InvalidInput
from unlearn_core.methods.base import MethodInfo
from unlearn_core.runs.checks import Plan
from unlearn_core.ui.shell.events import CHANGING, or_problem
from unlearn_core.ui.shell.forms import Form
from unlearn_core.ui.shell.services import Page, Services
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import race as say
from unlearn_core.ui.unlearn.start import Choice, given_by

MOST_RUNS = 200
FIRST = ("pmc", "gradient-ascent", "npo")


def build(services: Services, page: Page, known: Mapping[str, MethodInfo], measure: Form) -> None:
    """Draw the panel where it is called; `measure` says how every run is measured."""
    with gr.Accordion(texts.RACE_TITLE, open=False, elem_id="race"):
        gr.HTML(texts.note(texts.RACE), padding=False)
        with gr.Row():
            methods = gr.Dropdown(
                [(info.title, name) for name, info in known.items()], value=list(FIRST),
                multiselect=True, label=say.METHODS, scale=4, elem_id="race-methods",
            )  # fmt: skip
            every = gr.Button(
                say.ALL_METHODS, size="sm", scale=1, min_width=110, elem_id="race-all"
            )
            seeds = gr.Number(
                1, label=say.SEEDS, info=say.SEEDS_HELP,
                precision=0, minimum=1, maximum=20, scale=1, min_width=110, elem_id="race-seeds",
            )  # fmt: skip
        attack = gr.Checkbox(
            False, label=say.ATTACK, elem_id="race-attack",
            info=say.ATTACK_HELP,
        )  # fmt: skip
        go = gr.Button(say.START, variant="primary", elem_id="race-start")
        problem = gr.HTML(padding=False, elem_id="race-problem")
    every.click(lambda: list(known), None, methods, **CHANGING)
    chosen = [page.model_spec, page.data_spec, page.marked_ids, methods, seeds, attack]
    go.click(
        _starter(services, measure),
        [*chosen, *measure.fields],
        [page.raced, page.tabs, problem],
        trigger_mode="once",
        **CHANGING,
    )


def _starter(services: Services, measure: Form) -> Callable[..., list[Any]]:
    def begin(
        model: Any, data: Any, marked: Any, methods: Any, seeds: Any, attacked: Any, *measuring: Any
    ) -> list[Any]:
        runs = queue_race(
            services, model, data, marked, methods, seeds, attacked, measure.collect(measuring)
        )
        return [runs, gr.Tabs(selected="runs")]

    return or_problem(begin, 2)


def queue_race(
    services: Services,
    model: Mapping[str, Any],
    data: Mapping[str, Any],
    marked: list[str],
    methods: list[str],
    seeds: float,
    attacked: bool = False,
    measure: Mapping[str, Any] | None = None,
) -> list[str]:
    """Put a run of each method and seed in the queue, each with the method's own default set.

    With `attacked`, each is followed by an audit of its result.

    Returns:
        The runs' ids, in the order in which they will be done.

    Raises:
        LetheError: One of them could never work; then nothing is queued.
    """
    count = int(seeds or 0)
    if not methods or not 1 <= count * len(methods) <= MOST_RUNS:
        raise InvalidInput(say.TOO_MANY.format(methods=len(methods), seeds=count, most=MOST_RUNS))
    choice = Choice(model, data, marked, methods[0], {"measure": measure or {}})
    plans = services.launcher.race(methods, range(count), given_by(services, choice))
    return [_queued(services, plan, attacked) for plan in plans]


def _queued(services: Services, plan: Plan, attacked: bool) -> str:
    """The run, and behind it in the queue the attacks on its result."""
    run_id = services.launcher.queue(plan)
    if attacked:
        from unlearn_core.ui.shell.libraries import audit_of_run, queue_audit

        queue_audit(services.store, audit_of_run(services.store, run_id, expected=True))
    return run_id
