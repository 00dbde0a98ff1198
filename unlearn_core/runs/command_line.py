"""All settings of a run as flags, and a run as the command that repeats it."""

import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from unlearn_core.data.marks import Marks
from unlearn_core.data.sources import DataSpec
from unlearn_core.methods.base import MethodInfo
from unlearn_core.methods.registry import method, methods
from unlearn_core.models.name import run_of
from unlearn_core.models.spec import ModelSpec, TuningSpec
from unlearn_core.runs.spec import RunKind
from unlearn_core.settings.config import settings_of
from unlearn_core.settings.flags import Flag, Group, option_name
from unlearn_core.settings.measuring import MeasureSpec
from unlearn_core.settings.training import TrainingSpec

GROUPS: tuple[Group, ...] = (
    Group("model", "Model", ModelSpec, "", (("source", "model"), ("base", "base_model"))),
    Group(
        "data",
        "Data",
        DataSpec,
        "",
        (
            ("source", "data"),
            ("retain", "retain_data"),
            ("world", "world_data"),
            ("holdout", "holdout_data"),
        ),
    ),
    Group("marks", "Marks", Marks, "forget_", (("subjects", "forget_subject"),)),
    Group("training", "Training", TrainingSpec),
    Group("tuning", "Tuning", TuningSpec, "tuning_"),
    Group("measure", "Measuring", MeasureSpec, "measure_"),
)


AUDITED = ("model", "data", "marks")
"""Groups of settings that an audit of no run is told."""


def shared_flags() -> tuple[Flag, ...]:
    """Every flag that sets something whatever the method."""
    return tuple(flag for group in GROUPS for flag in group.flags())


def run_flags(kind: RunKind) -> tuple[Flag, ...]:
    """Every flag that sets something of a run of this kind."""
    return (*shared_flags(), *method_flags(methods(kind).values()))


def method_flags(infos: Iterable[MethodInfo]) -> list[Flag]:
    """The methods' own settings; methods with a setting of one name share its flag."""
    owners: dict[str, list[MethodInfo]] = {}
    for info in infos:
        for name in info.config.model_fields:
            owners.setdefault(name, []).append(info)
    return [
        Flag(
            option_name(name),
            "method_config",
            "Method",
            next(s for s in settings_of(having[0].config) if s.name == name),
            tuple(info.name for info in having),
        )
        for name, having in owners.items()
    ]


def repeat_lines(spec: Mapping[str, Any], audit: Mapping[str, Any] | None) -> str:
    """The commands that repeat a run, and its audit where there is one.

    Args:
        spec: The run's.
        audit: The spec of its audit.
    """
    lines = [command_line(spec)]
    if audit is not None and audit != spec:
        lines.append(attack_line(audit))
    return "\n".join(lines)


def attack_line(spec: Mapping[str, Any]) -> str:
    """The command that repeats an audit, from its stored spec."""
    run = run_of(str(spec["model"]["source"]))
    words = ["python", "-m", "unlearn_core", "attack" if spec["attacking"] else "evaluate"]
    if run:
        words.append(run)
    else:
        words += ["--original", str(spec["original"])]
        for flag in (f for group in GROUPS if group.name in AUDITED for f in group.flags()):
            value = spec[flag.group].get(flag.setting.name, flag.setting.default)
            given = tuple(value) if isinstance(value, list) else value
            words += _words(flag, given) if given != flag.setting.default else []
    words += ["--attacks", ",".join(spec["attacks"])] if spec["attacks"] else []
    for name in ("retrained", "embedding"):
        words += [f"--{name}", str(spec[name])] if spec.get(name) else []
    return shlex.join([*words, "--effort", str(spec["effort"]), "--seed", str(spec["seed"])])


def command_line(spec: Mapping[str, Any]) -> str:
    """The command that repeats a run or an audit, from its stored spec.

    A setting is left out only where it has its default and no default set of the method changes
    it, so the command does the same whatever the size of the model.
    """
    if spec["kind"] == "audit":
        return attack_line(spec)
    kind: RunKind = spec["kind"]
    info = method(spec["method"], kind)
    words = ["python", "-m", "unlearn_core"]
    words += ["run", "--method", info.name] if kind == "unlearn" else ["teach"]
    preset = _preset_settings(info)
    flags = [flag for group in GROUPS for flag in group.flags()] + method_flags([info])
    for flag in flags:
        default = flag.setting.default
        value = spec[flag.group].get(flag.setting.name, default)
        given = tuple(value) if isinstance(value, list) else value
        if given != default or (flag.group, flag.setting.name) in preset:
            words += _words(flag, given)
    return shlex.join([*words, "--seed", str(spec["seed"])])


def _preset_settings(info: MethodInfo) -> set[tuple[str, str]]:
    return {
        (group, name)
        for preset in (info.small, info.large)
        for group, values in (
            ("method_config", preset.method),
            ("training", preset.training),
            ("tuning", preset.tuning),
        )
        for name in values
    }


def _words(flag: Flag, value: Any) -> list[str]:
    if flag.parameter == "forget_ids":
        return [flag.option, ",".join(value)]
    if flag.repeatable:
        return [word for part in value for word in (flag.option, str(part))]
    if flag.setting.kind == "bool":
        return [flag.option if value else f"--no-{flag.option.removeprefix('--')}"]
    return [flag.option, "none" if value is None else str(value)]
