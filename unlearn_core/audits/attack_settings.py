"""Settings of attacks as a person gives them: checked, and written on one line."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from unlearn_core.attacks.base import Effort
from unlearn_core.attacks.registry import attack, attacks, build
from unlearn_core.errors import InvalidInput
from unlearn_core.settings.config import Setting, settings_of

AttackConfigs = dict[str, dict[str, Any]]
"""Settings that differ from those of the effort, by attack and name."""


@dataclass(frozen=True)
class AttackSetting:
    """A setting of an attack, and what it is at an effort.

    Attributes:
        attack: Name of the attack.
        title: The attack's title.
        value: What the effort makes it.
    """

    attack: str
    title: str
    setting: Setting
    value: Any

    @property
    def key(self) -> str:
        """Such as `sampling.samples`."""
        return f"{self.attack}.{self.setting.name}"


def attack_settings(effort: Effort) -> Iterator[AttackSetting]:
    """Every setting of every attack, in their order."""
    for name, info in attacks().items():
        config = build(info, effort).config
        for one in settings_of(info.config):
            yield AttackSetting(name, info.title, one, getattr(config, one.name))


def checked_configs(
    given: Mapping[str, Mapping[str, Any]], effort: Effort = "quick"
) -> AttackConfigs:
    """The settings that were given as the attacks take them, as JSON values.

    Args:
        given: By attack and name; text stands for any value, a list with commas between.
        effort: Gives the others.

    Raises:
        InvalidInput: There is no such attack or setting, or a value is out of range.
    """
    found: AttackConfigs = {}
    for name, values in given.items():
        info = attack(name)
        known = {one.name: one for one in settings_of(info.config)}
        plain = {key: _plain(known.get(key), value) for key, value in values.items()}
        config = build(info, effort, **plain).config.model_dump(mode="json")
        if plain:
            found[info.name] = {key: config[key] for key in plain}
    return found


def read_assignments(texts: Sequence[str]) -> dict[str, dict[str, str]]:
    """Texts such as `sampling.samples=50` by attack and name.

    Raises:
        InvalidInput: One has another form.
    """
    found: dict[str, dict[str, str]] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        name, dot, setting = key.strip().partition(".")
        if not (equals and dot and name and setting):
            raise InvalidInput(
                f"'{text}' sets nothing of an attack. Write ATTACK.SETTING=VALUE, such as "
                "sampling.samples=50."
            )
        found.setdefault(name, {})[setting] = value.strip()
    return found


def shown_value(value: Any) -> str:
    """A value as it is typed."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple | list):
        if any("," in str(one) for one in value):
            return json.dumps(list(value), ensure_ascii=False)
        return ", ".join(map(shown_value, value))
    return json.dumps(value)


def in_words(configs: Mapping[str, Mapping[str, Any]]) -> str:
    """What was set, such as `sampling.samples = 50`; empty where nothing was."""
    return "; ".join(
        f"{name}.{key} = {shown_value(value)}"
        for name, values in configs.items()
        for key, value in values.items()
    )


def _plain(setting: Setting | None, value: Any) -> Any:
    if setting is None or not isinstance(value, str):
        return value
    if isinstance(setting.default, tuple):
        return _listed(value)
    return None if setting.optional and value == "none" else value


def _listed(text: str) -> list[Any]:
    """A list in JSON, for texts with commas in them, or with commas between."""
    if text.startswith("["):
        try:
            return list(json.loads(text))
        except ValueError as error:
            raise InvalidInput(
                f"'{text}' is no list. Put commas between the values, or write a list in JSON."
            ) from error
    return [part.strip() for part in text.split(",") if part.strip()]
