"""What to run: one validated object that serialises to JSON and repeats a run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from unlearn_core.data.marks import Marks
from unlearn_core.data.sources import DataSpec
from unlearn_core.methods.base import MethodInfo, Preset
from unlearn_core.methods.registry import method
from unlearn_core.models.name import BUNDLED
from unlearn_core.models.spec import ModelSpec, TuningSpec
from unlearn_core.settings.config import Config, parse, setting
from unlearn_core.settings.measuring import MeasureSpec
from unlearn_core.settings.training import TrainingSpec

RunKind = Literal["unlearn", "teach"]

SMALL_MODEL_PARAMETERS = 100_000_000
"""Models below this take a method's `small` defaults, others the papers' (`large`)."""


class RunSpec(Config):
    """Everything that decides what a run does."""

    kind: RunKind = "unlearn"
    name: str = setting("", "A name to find the run by; made from method and marks when empty.")
    model: ModelSpec = Field(default_factory=ModelSpec)
    data: DataSpec = Field(default_factory=DataSpec)
    marks: Marks = Field(default_factory=Marks)
    method: str = "pmc"
    method_config: dict[str, Any] = Field(default_factory=dict)
    tuning: TuningSpec = Field(default_factory=TuningSpec)
    training: TrainingSpec = Field(default_factory=TrainingSpec)
    measure: MeasureSpec = Field(default_factory=MeasureSpec)
    seed: int = setting(
        0, "The same seed and settings give the same run on the same machine.", ge=0, le=2**31
    )

    @model_validator(mode="before")
    @classmethod
    def _complete_method_config(cls, values: Any) -> Any:
        """Store every method setting, defaults too, so that an old spec repeats the same run."""
        if not isinstance(values, Mapping):
            return values
        info = method(str(values.get("method", "pmc")), values.get("kind", "unlearn"))
        config = parse(info.config, values.get("method_config", {}), f"method {info.name}")
        return {**values, "method_config": config.model_dump(mode="json")}


def defaults(info: MethodInfo, parameters: int) -> Preset:
    """The method's default set for a model of so many parameters."""
    return info.small if parameters < SMALL_MODEL_PARAMETERS else info.large


def make_spec(
    method_name: str,
    *,
    parameters: int,
    kind: RunKind = "unlearn",
    method_config: Mapping[str, Any] | None = None,
    training: Mapping[str, Any] | None = None,
    tuning: Mapping[str, Any] | None = None,
    **rest: Any,
) -> RunSpec:
    """Build a spec from the method's default set and the person's changes.

    Args:
        method_name: A registered method.
        parameters: Parameter count of the model, which picks the default set.
        kind: `unlearn` or `teach`.
        method_config, training, tuning: Values that differ from the default set.
        rest: Other fields of `RunSpec`.

    Raises:
        InvalidInput: A value is unknown or out of range.
    """
    info = method(method_name, kind)
    preset = defaults(info, parameters)
    config = parse(info.config, {**preset.method, **(method_config or {})}, f"method {info.name}")
    values = {
        "kind": kind,
        "method": method_name,
        "method_config": config.model_dump(mode="json"),
        "training": parse(TrainingSpec, {**preset.training, **(training or {})}, "training"),
        "tuning": parse(TuningSpec, {**preset.tuning, **(tuning or {})}, "tuning"),
        **rest,
    }
    return _settled(parse(RunSpec, values, "run"))


def _settled(spec: RunSpec) -> RunSpec:
    """Name files and folders in full: a run may be done, or repeated, from another folder."""
    model = {name: _in_full(getattr(spec.model, name)) for name in ("source", "base")}
    data = {
        name: _in_full(getattr(spec.data, name))
        for name in ("source", "retain", "world", "holdout")
    }
    return spec.model_copy(
        update={
            "model": spec.model.model_copy(update=model),
            "data": spec.data.model_copy(update=data),
        }
    )


def _in_full(source: str) -> str:
    if not source or source.startswith(BUNDLED):
        return source
    path = Path(source).expanduser()
    return str(path.absolute()) if path.exists() else source
