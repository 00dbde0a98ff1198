"""Flags made from settings: the same metadata that draws the web form.

Values stay text until a config validates them, so a bad one is refused in the same words
everywhere.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer

from unlearn_core.errors import InvalidInput
from unlearn_core.settings.flags import Flag


def with_flags(command: Callable[..., None], flags: Sequence[Flag]) -> Callable[..., None]:
    """Give a command that takes `**values` one parameter for each flag."""

    def taking(**values: Any) -> None:
        command(**values)

    own = inspect.signature(command, eval_str=True).parameters.values()
    named = [p for p in own if p.kind is not inspect.Parameter.VAR_KEYWORD]
    taking.__doc__ = command.__doc__
    signature = inspect.Signature([*map(_keyword, named), *map(_parameter, flags)])
    taking.__signature__ = signature  # type: ignore[attr-defined]
    return taking


def _keyword(parameter: inspect.Parameter) -> inspect.Parameter:
    return parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)


def _parameter(flag: Flag) -> inspect.Parameter:
    option, kind = flag.option, flag.setting.kind
    annotation: Any = str | None
    if kind == "bool":
        annotation, option = bool | None, f"{option}/--no-{option.removeprefix('--')}"
    elif flag.repeatable:
        annotation = list[str] | None
    words = {"int": "NUMBER", "float": "NUMBER", "choice": "|".join(flag.setting.choices)}
    info = typer.Option(
        option,
        help=flag.help,
        metavar=None if kind == "bool" else words.get(kind, "TEXT"),
        rich_help_panel=flag.title,
        show_default=False,
    )
    return inspect.Parameter(
        flag.parameter,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[annotation, info],
    )


def gather(
    flags: Sequence[Flag], values: Mapping[str, Any], method: str = ""
) -> dict[str, dict[str, Any]]:
    """The settings that were given, by group.

    Args:
        flags: Every flag of the command.
        values: What was given, by parameter; None or an empty list where nothing was.
        method: The chosen method.

    Raises:
        InvalidInput: A setting that the chosen method does not have.
    """
    given: dict[str, dict[str, Any]] = {}
    for flag in flags:
        value = values.get(flag.parameter)
        if value is None or value == []:
            continue
        if flag.methods and method not in flag.methods:
            raise InvalidInput(
                f"The method {method} has no setting {flag.option}; it belongs to "
                f"{', '.join(flag.methods)}. Leave it out, or choose one of these with --method."
            )
        given.setdefault(flag.group, {})[flag.setting.name] = _plain(flag, value)
    return given


def _plain(flag: Flag, value: Any) -> Any:
    if flag.parameter == "forget_ids":
        return [part.strip() for text in value for part in text.split(",") if part.strip()]
    return None if flag.setting.optional and value == "none" else value
