"""The form of the chosen method: methods that have a setting in common share its component.

Two dozen methods with a form each would make the page slow, and most of it would never be seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from unlearn_core.methods.base import MethodInfo
from unlearn_core.settings.config import Setting, settings_of
from unlearn_core.ui.shell.forms import component, field_value, help_line, label, plain_value
from unlearn_core.ui.texts import common as texts

Slot = tuple[str, str, tuple[str, ...], bool]
"""What two settings must have in common to share a component: name, kind, choices, folded."""


@dataclass(frozen=True)
class MethodForm:
    """The components of every method's settings.

    Attributes:
        methods: Whose settings they are.
        slots: What each component can set, in the order of `fields`.
        fields: The components.
        more: Holds the settings that are folded away.
    """

    methods: Mapping[str, MethodInfo]
    slots: tuple[Slot, ...]
    fields: tuple[Component, ...]
    more: gr.Accordion

    @classmethod
    def build(cls, methods: Mapping[str, MethodInfo], first: str) -> "MethodForm":
        """Draw the form where it is called, set for one method."""
        settings = _by_slot(methods)
        own = {_slot(setting): setting for setting in settings_of(methods[first].config)}
        drawn: dict[Slot, Component] = {}
        folded = [slot for slot in settings if slot[3]]
        with gr.Row(equal_height=False, elem_classes="lethe-settings"):
            for slot in settings:
                if not slot[3]:
                    drawn[slot] = _draw(slot, settings[slot], own, methods[first], drawn)
        with gr.Accordion(
            texts.MORE_SETTINGS, open=False, elem_classes="lethe-more",
            visible=any(slot in own for slot in folded),
        ) as more, gr.Row(equal_height=False, elem_classes="lethe-settings"):  # fmt: skip
            for slot in folded:
                drawn[slot] = _draw(slot, settings[slot], own, methods[first], drawn)
        return cls(methods, tuple(drawn), tuple(drawn.values()), more)

    @property
    def outputs(self) -> list[Component | gr.Accordion]:
        """Everything that `shown` sets."""
        return [*self.fields, self.more]

    def collect(self, chosen: str, values: Sequence[Any]) -> dict[str, Any]:
        """Component values as the chosen method's values for `parse`."""
        by_slot = dict(zip(self.slots, values, strict=True))
        return {
            setting.name: plain_value(setting, by_slot[_slot(setting)])
            for setting in settings_of(self.methods[chosen].config)
        }

    def shown(self, chosen: str, values: Mapping[str, Any]) -> list[Any]:
        """What `outputs` show for a method with these values; defaults where none is given."""
        own = {_slot(setting): setting for setting in settings_of(self.methods[chosen].config)}
        updates = [_update(own.get(slot), values) for slot in self.slots]
        return [*updates, gr.update(visible=any(slot[3] for slot in own))]


def _slot(setting: Setting) -> Slot:
    return setting.name, setting.kind, tuple(setting.choices), setting.advanced


def _by_slot(methods: Mapping[str, MethodInfo]) -> dict[Slot, Setting]:
    found: dict[Slot, Setting] = {}
    for info in methods.values():
        for setting in settings_of(info.config):
            found.setdefault(_slot(setting), setting)
    return found


def _draw(
    slot: Slot,
    setting: Setting,
    own: Mapping[Slot, Setting],
    info: MethodInfo,
    drawn: Mapping[Slot, Component],
) -> Component:
    """One component; a second one of a name gets a number behind its id."""
    same = sum(other[0] == slot[0] for other in drawn)
    elem_id = f"method-{setting.name}" + (f"-{same + 1}" if same else "")
    shown = own.get(slot, setting)
    value = info.small.method.get(setting.name, shown.default)
    return component(shown, value, elem_id, visible=slot in own)


def _update(setting: Setting | None, values: Mapping[str, Any]) -> Any:
    if setting is None:
        return gr.update(visible=False)
    return gr.update(
        value=field_value(setting, values.get(setting.name, setting.default)),
        label=label(setting),
        info=help_line(setting),
        visible=True,
    )
