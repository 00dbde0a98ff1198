"""Where methods are registered and looked up."""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any, Literal, TypeVar

from rapidfuzz import process

import unlearn_core.methods as package
from unlearn_core.errors import InvalidInput
from unlearn_core.methods.base import Card, Method, MethodInfo, Preset
from unlearn_core.settings.config import Config

MethodT = TypeVar("MethodT", bound=type[Method[Any]])

_REGISTERED: dict[str, MethodInfo] = {}


def register(
    name: str,
    title: str,
    *,
    config: type[Config],
    card: Card,
    small: Preset | None = None,
    large: Preset | None = None,
    kind: Literal["unlearn", "teach"] = "unlearn",
) -> Callable[[MethodT], MethodT]:
    """Class decorator that makes a `Method` known to forms, flags, docs and tests.

    Args:
        name: Short name used on the command line, such as `pmc`.
        title: Name shown to people.
        config: The method's settings.
        card: What people should know about it.
        small: Defaults for the bundled model and others of its size.
        large: Defaults for models of a billion parameters, from the papers.
        kind: `teach` for methods that add knowledge; they are not offered for unlearning.
    """

    def add(method: MethodT) -> MethodT:
        if name in _REGISTERED:
            raise ValueError(f"two methods are called {name!r}")
        _REGISTERED[name] = MethodInfo(
            name, title, config, method, card, small or Preset(), large or Preset(), kind
        )
        return method

    return add


def methods(kind: Literal["unlearn", "teach"] = "unlearn") -> dict[str, MethodInfo]:
    """Every registered method of a kind, by name; PMC first, then alphabetical."""
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    ordered = sorted(_REGISTERED.values(), key=lambda info: (info.name != "pmc", info.name))
    return {info.name: info for info in ordered if info.kind == kind}


def method(name: str, kind: Literal["unlearn", "teach"] = "unlearn") -> MethodInfo:
    """Look a method up.

    Raises:
        InvalidInput: No such method; names the nearest and all there are.
    """
    known = methods(kind)
    if name in known:
        return known[name]
    nearest = process.extractOne(name, list(known), score_cutoff=60)
    hint = f" Did you mean '{nearest[0]}'?" if nearest else ""
    raise InvalidInput(
        f"There is no {kind} method '{name}'.{hint} The methods are {', '.join(known)}."
    )
