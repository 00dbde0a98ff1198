"""A teacher's link: which lesson opens, what is hidden, which settings are fixed.

`?lesson=4&hide=model,runs&fix=method:pmc,seed:3,epochs:8`. A link that cannot be followed as a
whole is not followed at all, and the page says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from unlearn_core.errors import InvalidInput
from unlearn_core.methods.registry import method
from unlearn_core.runs.spec import RunSpec
from unlearn_core.settings.config import parse
from unlearn_core.settings.training import TrainingSpec
from unlearn_core.ui.lessons.registry import lessons
from unlearn_core.ui.shell.services import TabId
from unlearn_core.ui.texts import lessons as say

TABS: tuple[TabId, ...] = ("model", "forget", "unlearn", "compare", "gone", "runs", "learn")
PARTS = ("hero", "sidebar", "settings", "race")
HIDEABLE = (*TABS, *PARTS)
EXAMPLE = "?lesson=4&hide=model,runs&fix=method:pmc,seed:3"


@dataclass(frozen=True)
class Link:
    """What a link asks for.

    Attributes:
        lesson: Number of the lesson that opens; 0 for none.
        hide: Names of hidden tabs and parts.
        method: The fixed method; empty for a free choice.
        seed: The fixed seed.
        training: Fixed settings of training, by name.
        method_config: Fixed settings of the fixed method, by name.
    """

    lesson: int = 0
    hide: tuple[str, ...] = ()
    method: str = ""
    seed: int | None = None
    training: Mapping[str, Any] = field(default_factory=dict)
    method_config: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fixed(self) -> dict[str, Any]:
        """The fixed settings as plain values; empty where nothing is fixed."""
        values = {
            "method": self.method,
            "seed": self.seed,
            "training": dict(self.training),
            "method_config": dict(self.method_config),
        }
        return {name: value for name, value in values.items() if value not in ("", None, {})}


def read_link(query: Mapping[str, str]) -> Link:
    """Read the parts of an address that are a teacher's.

    Raises:
        InvalidInput: A part cannot be followed; names it and what is allowed.
    """
    chosen, values = _fixed(query.get("fix", ""))
    lesson = _lesson(query.get("lesson", ""))
    hide = _hidden(query.get("hide", ""))
    if lesson and "learn" in hide:
        raise InvalidInput(say.LEARN_HIDDEN.format(n=lesson))
    seed = values.pop("seed", None)
    if seed is not None:
        seed = parse(RunSpec, {"seed": seed}, "fix").seed
    training = {name: values.pop(name) for name in TrainingSpec.model_fields if name in values}
    parsed = parse(TrainingSpec, training, "fix")
    return Link(
        lesson=lesson,
        hide=hide,
        method=chosen,
        seed=seed,
        training={name: getattr(parsed, name) for name in training},
        method_config=_own(chosen, values),
    )


def _lesson(text: str) -> int:
    if not text:
        return 0
    most = len(lessons())
    if text.isdecimal() and 1 <= int(text) <= most:
        return int(text)
    raise InvalidInput(say.NO_LESSON.format(text=text, most=most))


def _hidden(text: str) -> tuple[str, ...]:
    names = _parts(text)
    for name in names:
        if name not in HIDEABLE:
            raise InvalidInput(say.UNKNOWN_HIDDEN.format(name=name, allowed=", ".join(HIDEABLE)))
    if set(TABS) <= set(names):
        raise InvalidInput(say.ALL_HIDDEN)
    return names


def _fixed(text: str) -> tuple[str, dict[str, Any]]:
    """The fixed method and all other fixed values, still as text."""
    values: dict[str, Any] = {}
    for part in _parts(text):
        name, colon, value = part.partition(":")
        if not (name and colon and value):
            raise InvalidInput(say.NOT_A_PAIR.format(part=part, example=EXAMPLE))
        if name in values:
            raise InvalidInput(say.FIXED_TWICE.format(name=name))
        values[name] = value
    chosen = str(values.pop("method", ""))
    return (method(chosen).name if chosen else ""), values


def _own(chosen: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The fixed settings of the method itself."""
    if not values:
        return {}
    if not chosen:
        raise InvalidInput(
            say.UNKNOWN_FIXED.format(
                name=next(iter(values)), training=", ".join(TrainingSpec.model_fields)
            )
        )
    parsed = parse(method(chosen).config, values, say.FIXED_WITH.format(method=chosen))
    return {name: getattr(parsed, name) for name in values}


def _parts(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
