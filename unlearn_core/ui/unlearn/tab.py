"""The Unlearn tab: set a run up, start it, and watch it."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from unlearn_core.errors import LetheError
from unlearn_core.methods.base import MethodInfo, Preset
from unlearn_core.methods.registry import method, methods
from unlearn_core.models.spec import TuningSpec
from unlearn_core.runs.spec import defaults
from unlearn_core.settings.measuring import MeasureSpec
from unlearn_core.settings.training import TrainingSpec
from unlearn_core.ui.race import panel as race
from unlearn_core.ui.shell.events import CHANGING, PRIVATE, SILENT, or_problem
from unlearn_core.ui.shell.forms import Form
from unlearn_core.ui.shell.machine import model_card
from unlearn_core.ui.shell.services import Page, Services
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import unlearn as say
from unlearn_core.ui.unlearn import live as unlearn_live
from unlearn_core.ui.unlearn.method_form import MethodForm
from unlearn_core.ui.unlearn.start import Choice, build_spec, preflight, unmet

FIRST_METHOD = "pmc"
STOP_RULES = ("stop_retain_loss", "stop_retain_recall", "stop_forget_recall")
TEACH_ONLY = ("target_recall",)


@dataclass(frozen=True)
class Forms:
    """Every form of the tab; `fields` is their components in one fixed order."""

    method: MethodForm
    training: Form
    rules: Form
    tuning: Form
    measure: Form

    @property
    def fields(self) -> list[Any]:
        """All components, in the order that `groups` and `shown` use."""
        parts = (self.method, self.training, self.rules, self.tuning, self.measure)
        return [field for form in parts for field in form.fields]

    @property
    def outputs(self) -> list[Any]:
        """All that `shown` sets."""
        shared = (self.training, self.rules, self.tuning, self.measure)
        return [*self.method.outputs, *(field for form in shared for field in form.fields)]

    def groups(self, chosen: str, values: tuple[Any, ...]) -> dict[str, dict[str, Any]]:
        """Component values as values by group of settings."""
        rest = list(values)

        def cut(form: Form | MethodForm) -> list[Any]:
            taken, rest[:] = rest[: len(form.fields)], rest[len(form.fields) :]
            return taken

        def take(form: Form) -> dict[str, Any]:
            return form.collect(cut(form))

        own = self.method.collect(chosen, cut(self.method))
        training, rules = take(self.training), take(self.rules)
        return {
            "method_config": own,
            "training": {**training, **rules},
            "tuning": take(self.tuning),
            "measure": take(self.measure),
        }

    def locked(self, shown: list[Any], fixed: Mapping[str, Any]) -> list[Any]:
        """What all components show, those of fixed settings without a way to change them."""
        names = {f"training-{name}" for name in fixed.get("training", {})}
        names |= {f"method-{name}" for name in fixed.get("method_config", {})}
        return [
            _lock(value) if field.elem_id in names else value
            for field, value in zip(self.outputs, shown, strict=True)
        ]

    def shown(self, chosen: str, values: Mapping[str, Mapping[str, Any]]) -> list[Any]:
        """What all components show when a method gets these values by group."""
        parts = self.method.shown(chosen, values["method_config"])
        parts += self.training.shown(values["training"]) + self.rules.shown(values["training"])
        parts += self.tuning.shown(values["tuning"])
        return parts + self.measure.shown(values["measure"])


def build(services: Services, page: Page) -> None:
    """Draw the tab: the watched run, or the form for a new one."""
    gr.HTML(texts.page_head("unlearn"), padding=False)
    with gr.Column(visible=False, elem_id="unlearn-live") as live:
        again = unlearn_live.build(services, page)
    with gr.Column(elem_id="unlearn-setup") as setup:
        _build_setup(services, page)
    page.run_id.change(
        lambda run: (gr.update(visible=bool(run)), gr.update(visible=not run)),
        page.run_id,
        [live, setup],
        **SILENT,
    )
    again.click(lambda: "", None, page.run_id, **CHANGING)


def _build_setup(services: Services, page: Page) -> None:
    known = methods("unlearn")
    with gr.Row(equal_height=False):
        with gr.Column(scale=3, min_width=420):
            chosen = gr.Dropdown(
                offered(known, {}), value=FIRST_METHOD,
                label=say.METHOD, info=say.METHOD_HELP, elem_id="unlearn-method",
            )  # fmt: skip
            card = gr.Markdown(
                card_text(known[FIRST_METHOD]), container=True, elem_id="method-card",
                latex_delimiters=[{"left": "$$", "right": "$$", "display": True}],
            )  # fmt: skip
        with gr.Column(scale=2, min_width=340):
            ready = gr.HTML(padding=False, elem_id="unlearn-ready")
            problem = gr.HTML(padding=False, elem_id="unlearn-problem")
            with gr.Row():
                name = gr.Textbox(label=say.NAME, placeholder=say.NAME_EXAMPLE, scale=3,
                                  elem_id="unlearn-name", min_width=160)  # fmt: skip
                seed = gr.Number(0, label=texts.SEED, precision=0, scale=1, elem_id="unlearn-seed",
                                 min_width=80)  # fmt: skip
            go = gr.Button(say.BUTTONS["start"][0], variant="primary", size="lg",
                           elem_id="unlearn-start")  # fmt: skip
            gr.HTML(texts.note(say.BUTTONS["start"][1]), padding=False)
    with gr.Column(elem_id="unlearn-settings") as settings:
        forms = _build_forms(known)
        reset = gr.Button(say.RESET, size="sm", elem_id="unlearn-reset")

    state = [page.model_spec, page.data_spec, page.marked_ids]
    everything = [*state, page.fixed, chosen, name, seed, *forms.fields]

    def choice(*values: Any) -> Choice:
        model, data, marked, fixed, method_name, run_name, run_seed, *rest = values
        method_name = fixed.get("method", method_name)
        run_seed = fixed.get("seed", run_seed)
        groups = with_fixed(forms.groups(method_name, tuple(rest)), fixed)
        return Choice(model, data, marked, method_name, groups, run_name or "", int(run_seed or 0))

    def look(*values: Any) -> tuple[str, str, Any]:
        try:
            ready = preflight(services, build_spec(services, choice(*values)))
            return ready_html(ready), "", gr.update(interactive=True)
        except LetheError as error:
            return "", texts.problem(str(error)), gr.update(interactive=False)

    def offer(model: dict[str, Any], data: dict[str, Any], marked: list[str]) -> Any:
        try:
            missing = unmet(services, model, data, marked)
        except LetheError:  # told by `look`, whichever method is chosen
            missing = {}
        return gr.update(choices=offered(known, missing))

    def begin(*values: Any) -> list[str]:
        return [services.launcher.start(build_spec(services, choice(*values)))]

    def filled(method_name: str, model: dict[str, Any], fixed: dict[str, Any]) -> list[Any]:
        values = with_fixed(default_values(services, known[method_name], model), fixed)
        shown = forms.locked(forms.shown(method_name, values), fixed)
        return [card_text(known[method_name]), *shown]

    def choose(proposed: tuple[str, float], fixed: dict[str, Any]) -> tuple[Any, Any]:
        """A method that is fixed, or proposed by a lesson; and a fixed seed."""
        wanted = fixed.get("method") or proposed[0]
        method_now = gr.update(value=wanted, interactive="method" not in fixed)
        seed_now = gr.update(value=fixed["seed"], interactive=False) if "seed" in fixed else None
        return (method_now if wanted else gr.skip()), seed_now or gr.skip()

    filled_outputs = [card, *forms.outputs]
    for event in (chosen.change, reset.click, page.model_spec.change):
        event(filled, [chosen, page.model_spec, page.fixed], filled_outputs, **SILENT)
    page.blocks.load(filled, [chosen, page.model_spec, page.fixed], filled_outputs, **SILENT)
    page.proposed.change(choose, [page.proposed, page.fixed], [chosen, seed], **SILENT)
    page.fixed.change(choose, [page.proposed, page.fixed], [chosen, seed], **SILENT).then(
        filled, [chosen, page.model_spec, page.fixed], filled_outputs, **SILENT
    )
    changes = [field.change for field in (chosen, seed, *forms.fields)]
    gr.on(
        [*changes, *(one.change for one in (*state, page.fixed)), page.blocks.load],
        look, everything, [ready, problem, go], trigger_mode="always_last", **SILENT,
    )  # fmt: skip
    gr.on([*(one.change for one in state), page.blocks.load], offer, state, chosen, **SILENT)
    go.click(
        or_problem(begin, 1), everything, [page.run_id, problem], trigger_mode="once", **PRIVATE
    )
    with gr.Column(elem_id="unlearn-race") as racing:
        race.build(services, page, known, forms.measure)
    page.hidden.change(
        lambda hidden: [gr.update(visible=name not in hidden) for name in ("settings", "race")],
        page.hidden,
        [settings, racing],
        **SILENT,
    )


def _lock(value: Any) -> Any:
    update = value if isinstance(value, dict) else gr.update(value=value)
    return {**update, "interactive": False}


def with_fixed(
    groups: Mapping[str, Mapping[str, Any]], fixed: Mapping[str, Any]
) -> dict[str, Mapping[str, Any]]:
    """Settings by group, with those that a link has fixed in their place."""
    return {name: {**values, **fixed.get(name, {})} for name, values in groups.items()}


def offered(known: Mapping[str, MethodInfo], missing: Mapping[str, str]) -> list[tuple[str, str]]:
    """Menu of methods; one that cannot be used now says why, and stands at the end."""
    able = [(info.title, name) for name, info in known.items() if name not in missing]
    return able + [
        (say.NOT_NOW.format(reason=reason.partition(". ")[0]), name)
        for name, reason in missing.items()
        if name in known
    ]


def _build_forms(known: Mapping[str, MethodInfo]) -> Forms:
    with gr.Accordion(say.METHOD, open=True):
        own = MethodForm.build(known, FIRST_METHOD)
    with gr.Accordion(say.TRAINING, open=True):
        training = Form.build(TrainingSpec, skip=(*STOP_RULES, *TEACH_ONLY), prefix="training")
    with gr.Accordion(say.TUNING, open=False):
        tuning = Form.build(TuningSpec, prefix="tuning")
    with gr.Accordion(say.STOP_RULES, open=False):
        rules = Form.build(TrainingSpec, only=STOP_RULES, prefix="training")
    with gr.Accordion(say.MEASURING, open=False):
        measure = Form.build(MeasureSpec, prefix="measure")
    return Forms(own, training, rules, tuning, measure)


def default_values(
    services: Services, info: MethodInfo, model: Mapping[str, Any]
) -> dict[str, Mapping[str, Any]]:
    """A method's default set for a model, by group; for an unusable model that for small ones."""
    try:
        preset: Preset = defaults(info, model_card(services, model).parameters)
    except LetheError:
        preset = info.small
    return {
        "method_config": preset.method,
        "training": preset.training,
        "tuning": preset.tuning,
        "measure": {},
    }


def card_text(info: MethodInfo) -> str:
    """A method's card as Markdown; the words come from the method's own file."""
    card = info.card
    return (
        f"**{card.idea}**\n\n$$ {card.formula} $$\n\n"
        f"- {say.NEEDS.format(needs=', '.join(card.needs) or say.NEEDS_NOTHING)}\n"
        f"- {say.COST.format(cost=card.cost)}\n"
        f"- {say.FAILS.format(fails=card.fails)}\n"
        f"- {say.PAPER.format(paper=card.paper)}"
    )


def ready_html(body: str) -> str:
    """The pre-flight card."""
    return f'<div class="lethe-card"><h3>{escape(say.READY)}</h3>{body}</div>'


def method_title(spec: Mapping[str, Any]) -> str:
    """The title of a run's method."""
    return method(str(spec.get("method", FIRST_METHOD)), spec.get("kind", "unlearn")).title
