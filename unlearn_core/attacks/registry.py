"""Where attacks are registered and looked up."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from rapidfuzz import process

import unlearn_core.attacks as package
from unlearn_core.attacks.base import Attack, AttackCard, AttackInfo, Effort
from unlearn_core.errors import InvalidInput
from unlearn_core.settings.config import Config, parse

AttackT = TypeVar("AttackT", bound=type[Attack[Any]])

_REGISTERED: dict[str, AttackInfo] = {}


def register(
    name: str,
    title: str,
    *,
    config: type[Config],
    card: AttackCard,
    order: int,
    quick: Mapping[str, Any] | None = None,
    thorough: Mapping[str, Any] | None = None,
) -> Callable[[AttackT], AttackT]:
    """Class decorator that makes an `Attack` known to the app, the command line, docs and tests.

    Args:
        name: Short name, such as `sampling`.
        title: For people.
        config: The attack's settings.
        card: What people should know about it.
        order: Place among all attacks: what needs least comes first.
        quick: Settings of the quick effort that differ from the config's own.
        thorough: The same of the thorough effort.
    """

    def add(attack: AttackT) -> AttackT:
        if name in _REGISTERED:
            raise ValueError(f"two attacks are called {name!r}")
        _REGISTERED[name] = AttackInfo(
            name, title, config, attack, card, quick or {}, thorough or {}, order
        )
        return attack

    return add


def attacks() -> dict[str, AttackInfo]:
    """Every registered attack by name, in their order."""
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    ordered = sorted(_REGISTERED.values(), key=lambda info: (info.order, info.name))
    return {info.name: info for info in ordered}


def attack(name: str) -> AttackInfo:
    """Look an attack up.

    Raises:
        InvalidInput: No such attack; names the nearest and all there are.
    """
    known = attacks()
    if name in known:
        return known[name]
    nearest = process.extractOne(name, list(known), score_cutoff=60)
    hint = f" Did you mean '{nearest[0]}'?" if nearest else ""
    raise InvalidInput(f"There is no attack '{name}'.{hint} The attacks are {', '.join(known)}.")


def build(info: AttackInfo, effort: Effort, **given: Any) -> Attack[Any]:
    """An attack at an effort.

    Raises:
        InvalidInput: A setting is unknown or out of range.
    """
    preset = info.quick if effort == "quick" else info.thorough
    return info.build(parse(info.config, {**preset, **given}, f"attack {info.name}"))
