"""Forms drawn from a config's metadata, and their values taken back."""

from typing import Literal

import gradio as gr
import pytest

from unlearn_core.errors import InvalidInput
from unlearn_core.settings.config import Config, parse, setting
from unlearn_core.ui.shell.forms import Form


class Sample(Config):
    """One setting of every kind."""

    count: int = setting(3, "How many.", ge=1, le=9, unit="rows")
    rate: float = setting(0.5, "How fast.", gt=0)
    limit: float | None = setting(None, "When to stop.", ge=0, advanced=True)
    mode: Literal["slow", "fast"] = setting("slow", "Which way.")
    many: Literal["a", "b", "c", "d"] = setting("a", "One of four.")
    on: bool = setting(True, "Whether.")
    prompts: tuple[str, ...] = setting((), "Your own.")


@pytest.fixture
def form() -> Form:
    with gr.Blocks():
        return Form.build(Sample, prefix="sample")


def by_name(form: Form) -> dict[str, gr.components.Component]:
    return {s.name: field for s, field in zip(form.settings, form.fields, strict=True)}


def test_each_kind_gets_its_component(form: Form) -> None:
    kinds = {name: type(field).__name__ for name, field in by_name(form).items()}
    assert kinds == {
        "count": "Number",
        "rate": "Number",
        "limit": "Number",
        "mode": "Radio",
        "many": "Dropdown",
        "on": "Checkbox",
        "prompts": "Textbox",
    }


def test_label_has_the_unit_and_help_what_is_allowed(form: Form) -> None:
    field = by_name(form)["count"]
    assert field.label == "Count (rows)"
    assert field.info == "How many. [from 1 to 9]"
    assert field.elem_id == "sample-count"


def test_optional_number_says_that_empty_is_off(form: Form) -> None:
    assert by_name(form)["limit"].info == "When to stop. [at least 0; empty: off]"


def test_shown_values_come_back_as_the_same_config(form: Form) -> None:
    chosen = {"count": 4, "limit": 2.5, "mode": "fast", "on": False, "prompts": ("x", "y z")}
    values = form.collect(form.shown(chosen))
    assert parse(Sample, values) == Sample.model_validate(chosen)


def test_defaults_come_back_as_the_default_config(form: Form) -> None:
    assert parse(Sample, form.collect(form.shown())) == Sample()


def test_lines_become_a_list_without_empty_ones(form: Form) -> None:
    values = form.shown()
    values[[s.name for s in form.settings].index("prompts")] = " one \n\ntwo\n"
    assert form.collect(values)["prompts"] == ("one", "two")


def test_emptied_number_is_refused_and_not_guessed(form: Form) -> None:
    values = form.shown()
    values[[s.name for s in form.settings].index("count")] = None
    with pytest.raises(InvalidInput, match="count is None, but it must be a whole number from 1"):
        parse(Sample, form.collect(values))


def test_only_and_skip_choose_the_settings() -> None:
    with gr.Blocks():
        only = Form.build(Sample, only=("rate", "mode"))
        skipped = Form.build(Sample, skip=("rate", "mode"))
    assert [s.name for s in only.settings] == ["rate", "mode"]
    assert {s.name for s in skipped.settings} == {"count", "limit", "many", "on", "prompts"}
