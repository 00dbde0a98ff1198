"""Forms drawn from a config's own metadata: no form is written by hand.

`Form.build` makes one component for each setting of a `Config`; `Form.collect` turns the
components' values back into plain values for `parse`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from unlearn_core.settings.config import Config, Setting, settings_of
from unlearn_core.ui.texts import common as texts

COLUMNS = 3


@dataclass(frozen=True)
class Form:
    """The components of one group of settings.

    Attributes:
        settings: What each component sets, in the order of `fields`.
        fields: The components, to be used as inputs and outputs of events.
    """

    settings: tuple[Setting, ...]
    fields: tuple[Component, ...]

    @classmethod
    def build(
        cls,
        config: type[Config],
        values: Mapping[str, Any] | None = None,
        *,
        skip: Collection[str] = (),
        only: Collection[str] = (),
        prefix: str = "",
    ) -> "Form":
        """Draw a form where it is called, advanced settings folded away.

        Args:
            config: The group of settings.
            values: Values that differ from the defaults.
            skip: Names left out.
            only: When given, the only names drawn.
            prefix: Start of every component's `elem_id`.
        """
        wanted = [
            s for s in settings_of(config) if s.name not in skip and (not only or s.name in only)
        ]
        plain = [s for s in wanted if not s.advanced]
        folded = [s for s in wanted if s.advanced]
        given = values or {}
        fields = _rows(plain, given, prefix)
        if folded and plain:
            with gr.Accordion(texts.MORE_SETTINGS, open=False, elem_classes="lethe-more"):
                fields += _rows(folded, given, prefix)
        else:
            fields += _rows(folded, given, prefix)
        return cls(tuple(plain + folded), tuple(fields))

    def collect(self, values: Sequence[Any]) -> dict[str, Any]:
        """Component values, in the order of `fields`, as values for `parse`."""
        pairs = zip(self.settings, values, strict=True)
        return {s.name: plain_value(s, value) for s, value in pairs}

    def shown(self, values: Mapping[str, Any] | None = None) -> list[Any]:
        """What the components show for these values; defaults where none is given."""
        given = values or {}
        return [field_value(s, given.get(s.name, s.default)) for s in self.settings]


def _rows(settings: Sequence[Setting], values: Mapping[str, Any], prefix: str) -> list[Component]:
    fields: list[Component] = []
    for start in range(0, len(settings), COLUMNS):
        with gr.Row(equal_height=False, elem_classes="lethe-settings"):
            for item in settings[start : start + COLUMNS]:
                elem_id = f"{prefix}-{item.name}" if prefix else None
                fields.append(component(item, values.get(item.name, item.default), elem_id))
    return fields


def component(item: Setting, value: Any, elem_id: str | None, *, visible: bool = True) -> Component:
    """The component that sets one setting."""
    common: dict[str, Any] = {
        "value": field_value(item, value),
        "label": label(item),
        "info": help_line(item),
        "elem_id": elem_id,
        "visible": visible,
        "interactive": True,
        "min_width": 240,
    }
    match item.kind:
        case "bool":
            return gr.Checkbox(**common)
        case "choice" if len(item.choices) <= 3:
            return gr.Radio(list(item.choices), **common)
        case "choice":
            return gr.Dropdown(list(item.choices), **common)
        case "int" | "float":
            return gr.Number(placeholder="off" if item.optional else "", **common)
        case "text":
            return gr.Textbox(lines=3 if _is_list(item) else 1, **common)


def label(item: Setting) -> str:
    """The setting's name with its unit."""
    return f"{item.label} ({item.unit})" if item.unit else item.label


def help_line(item: Setting) -> str:
    """The setting's help with what is allowed, on one line."""
    if _is_list(item):
        return texts.ONE_A_LINE.format(help=item.help)
    if item.kind in ("bool", "choice", "text"):
        return item.help
    if item.minimum is None and item.maximum is None:
        return item.help
    words = item.allowed.removeprefix("a whole number ").removeprefix("a number ")
    words = words.removeprefix("of ")
    empty = texts.EMPTY_OFF if item.optional else ""
    return f"{item.help} [{words}{empty}]"


def _is_list(item: Setting) -> bool:
    return isinstance(item.default, tuple)


def field_value(item: Setting, value: Any) -> Any:
    """What a component shows for a value."""
    if _is_list(item):
        return "\n".join(str(part) for part in value)
    return value


def plain_value(item: Setting, value: Any) -> Any:
    """A component's value as a value for `parse`."""
    if _is_list(item):
        return tuple(line.strip() for line in str(value or "").splitlines() if line.strip())
    if item.kind == "int" and isinstance(value, float) and value.is_integer():
        return int(value)
    if item.kind == "text":
        return "" if value is None else str(value)
    return value
