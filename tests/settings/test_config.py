"""Settings: what is refused, and in which words."""

from typing import Literal

import pytest

from unlearn_core.errors import InvalidInput
from unlearn_core.settings.config import Config, parse, setting, settings_of


class Oven(Config):
    """A config with one setting of each kind."""

    heat: float = setting(180.0, "How hot.", gt=0, le=300, unit="degrees")
    minutes: int = setting(20, "How long.", ge=1)
    mode: Literal["fan", "grill"] = setting("fan", "Which heat.")
    light: bool = setting(True, "Lamp on.", advanced=True)
    dish: str = setting("", "What is in it.", label="Food")
    alarm: float | None = setting(None, "When to ring.", lt=60)


def refusal(**values: object) -> str:
    with pytest.raises(InvalidInput) as caught:
        parse(Oven, values, "oven")
    return str(caught.value)


def test_settings_come_in_the_order_they_are_declared() -> None:
    names = [s.name for s in settings_of(Oven)]
    assert names == ["heat", "minutes", "mode", "light", "dish", "alarm"]


@pytest.mark.parametrize(
    ("name", "kind", "allowed"),
    [
        ("heat", "float", "a number above 0 to 300"),
        ("minutes", "int", "a whole number of at least 1"),
        ("mode", "choice", "one of fan, grill"),
        ("light", "bool", "true or false"),
        ("dish", "text", "text"),
        ("alarm", "float", "a number below 60"),
    ],
)
def test_a_setting_is_described_for_forms_and_flags(name: str, kind: str, allowed: str) -> None:
    setting_ = next(s for s in settings_of(Oven) if s.name == name)
    assert (setting_.kind, setting_.allowed) == (kind, allowed)


def test_a_setting_knows_its_label_unit_and_place() -> None:
    heat, _, _, light, dish, alarm = settings_of(Oven)
    assert (heat.label, heat.unit, heat.advanced) == ("Heat", "degrees", False)
    assert (light.advanced, dish.label, alarm.optional) == (True, "Food", True)


def test_text_from_a_terminal_is_taken_as_the_right_type() -> None:
    oven = parse(Oven, {"heat": "2e2", "minutes": "7", "light": "false"})
    assert (oven.heat, oven.minutes, oven.light) == (200.0, 7, False)


def test_a_value_out_of_range_is_named_with_what_is_allowed() -> None:
    assert refusal(heat=1e9) == (
        "oven: heat is 1000000000.0, but it must be a number above 0 to 300."
    )


def test_zero_is_refused_where_one_is_the_least() -> None:
    assert refusal(minutes=0) == (
        "oven: minutes is 0, but it must be a whole number of at least 1."
    )


def test_text_is_refused_where_a_number_is_needed() -> None:
    assert "minutes is 'soon', but it must be a whole number" in refusal(minutes="soon")


def test_an_unknown_setting_is_refused_with_those_there_are() -> None:
    message = refusal(volume=3)
    assert "oven has no setting 'volume'" in message
    assert "heat, minutes, mode" in message


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "nan"])
def test_a_number_that_is_none_is_refused(value: object) -> None:
    assert "heat" in refusal(heat=value)


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Oven().heat = 10.0
