"""Validated settings, and the metadata that forms, flags and docs are generated from.

A group of settings is a frozen pydantic model whose fields are made with `setting`. Nothing else
describes a setting anywhere: the web form, the command-line flags and `docs/` read `settings_of`.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from unlearn_core.errors import InvalidInput

Kind = Literal["int", "float", "bool", "choice", "text"]


class Config(BaseModel):
    """Base of every group of settings: frozen, validated, unknown names refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


ConfigT = TypeVar("ConfigT", bound=Config)


def setting(
    default: Any,
    help: str,
    *,
    label: str = "",
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    unit: str = "",
    advanced: bool = False,
) -> Any:
    """Declare one setting of a `Config`.

    Args:
        default: Value used when nothing is given.
        help: One line that a person who never read the paper understands.
        label: Name on the form; made from the field's name when empty.
        ge, gt, le, lt: Bounds of a number.
        unit: Unit shown behind the label, such as `tokens`.
        advanced: Whether the form folds it away.
    """
    extra: JsonDict = {"label": label, "unit": unit, "advanced": advanced}
    return Field(default, description=help, ge=ge, gt=gt, le=le, lt=lt, json_schema_extra=extra)


def with_default(config: type[Config], name: str, default: Any) -> Any:
    """A setting of another config once more, with another default."""
    field = copy(config.model_fields[name])
    field.default = default
    return field


@dataclass(frozen=True)
class Setting:
    """What a form, a flag or a page of documentation needs to know about one setting."""

    name: str
    kind: Kind
    default: Any
    help: str
    label: str
    unit: str
    advanced: bool
    optional: bool
    choices: tuple[str, ...]
    minimum: float | None
    maximum: float | None
    exclusive_minimum: bool
    exclusive_maximum: bool

    @property
    def allowed(self) -> str:
        """The allowed values in words, such as `from 1 to 256` or `one of linear, constant`."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        if self.kind == "bool":
            return "true or false"
        noun = {"int": "a whole number", "float": "a number", "text": "text"}[self.kind]
        if self.minimum is not None and self.maximum is not None:
            low = f"above {self.minimum:g}" if self.exclusive_minimum else f"from {self.minimum:g}"
            high = "below" if self.exclusive_maximum else "to"
            return f"{noun} {low} {high} {self.maximum:g}"
        if self.minimum is not None:
            word = "above" if self.exclusive_minimum else "of at least"
            return f"{noun} {word} {self.minimum:g}"
        if self.maximum is not None:
            word = "below" if self.exclusive_maximum else "of at most"
            return f"{noun} {word} {self.maximum:g}"
        return noun


def settings_of(config: type[Config]) -> tuple[Setting, ...]:
    """The settings of a config class, in the order they are declared."""
    return tuple(_describe(name, field) for name, field in config.model_fields.items())


def parse(config: type[ConfigT], values: Mapping[str, Any], what: str = "settings") -> ConfigT:
    """Build a config from plain values.

    Raises:
        InvalidInput: Names the setting, the value seen and what is allowed.
    """
    try:
        return config.model_validate(dict(values))
    except ValidationError as error:
        raise InvalidInput(_explain(config, error, what)) from error


def _describe(name: str, field: FieldInfo) -> Setting:
    kind, choices, optional = _kind_of(field.annotation)
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    low = next((m for m in field.metadata if isinstance(m, Ge | Gt)), None)
    high = next((m for m in field.metadata if isinstance(m, Le | Lt)), None)
    return Setting(
        name=name,
        kind=kind,
        default=field.default,
        help=field.description or "",
        label=str(extra.get("label") or name.replace("_", " ").capitalize()),
        unit=str(extra.get("unit") or ""),
        advanced=bool(extra.get("advanced")),
        optional=optional,
        choices=choices,
        minimum=_bound(low),
        maximum=_bound(high),
        exclusive_minimum=isinstance(low, Gt),
        exclusive_maximum=isinstance(high, Lt),
    )


def _bound(mark: Ge | Gt | Le | Lt | None) -> float | None:
    match mark:
        case Ge(ge=value) | Gt(gt=value) | Le(le=value) | Lt(lt=value):
            return float(value)  # type: ignore[arg-type]
        case _:
            return None


def _kind_of(annotation: Any) -> tuple[Kind, tuple[str, ...], bool]:
    optional = False
    if get_origin(annotation) in (Union, UnionType):
        inner = [part for part in get_args(annotation) if part is not type(None)]
        optional = len(inner) < len(get_args(annotation))
        annotation = inner[0]
    if get_origin(annotation) is Literal:
        return "choice", tuple(str(choice) for choice in get_args(annotation)), optional
    kinds: dict[Any, Kind] = {bool: "bool", int: "int", float: "float", str: "text"}
    return kinds.get(annotation, "text"), (), optional


def _explain(config: type[Config], error: ValidationError, what: str) -> str:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"]) or what
    known = {s.name: s for s in settings_of(config)}
    if first["type"] == "extra_forbidden":
        return f"{what} has no setting '{name}'; the settings are {', '.join(known)}."
    if name not in known or first["type"] == "value_error":
        return f"{what}: {name}: {first['msg'].removeprefix('Value error, ')}"
    return f"{what}: {name} is {first['input']!r}, but it must be {known[name].allowed}."
