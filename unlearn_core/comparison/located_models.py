"""Where a compared model is: the base that is loaded for it, and the adapter put on that."""

from dataclasses import dataclass
from pathlib import Path

from unlearn_core.models.peft_internals import is_plain_lora
from unlearn_core.models.source import find_source
from unlearn_core.models.spec import ModelSpec
from unlearn_core.models.steering import Steering, read_steering

Key = tuple[Path, int]
"""A folder, and when the weights in it were written."""


@dataclass(frozen=True)
class ModelRef:
    """A compared model, found but not loaded.

    Attributes:
        spec: Loads the base.
        key: Of the base; models with one key share it.
        adapter: Of the adapter on it, if any.
        steering: How its answers are changed as they are given, if they are.
    """

    spec: ModelSpec
    key: Key
    adapter: Key | None
    steering: Steering | None


def find_ref(source: str, like: ModelSpec) -> ModelRef:
    """Find a model.

    Args:
        source: `bundled`, `bundled:retrained`, a hub name, or the folder of a model, an adapter or
            a run.
        like: Device and precision.

    Raises:
        InvalidInput: No such model.
        MissingPrerequisite: The bundled model has not been built.
    """
    spec = like.model_copy(update={"source": _model_folder(source), "base": ""})
    found = find_source(spec)
    *below, top = (found.folder, *found.adapters)
    steering = read_steering(top) if below else None
    # Of several adapters on one another, `load` merges all, and so it does with adapters that
    # cannot share a base: these are bases of their own. One that steers stays an adapter.
    if len(below) == 1 and (steering or is_plain_lora(top)):
        spec = spec.model_copy(update={"source": found.name})
    elif steering:
        spec = spec.model_copy(update={"source": str(below[-1])})
    else:
        return ModelRef(spec, key_of(top), None, None)
    return ModelRef(spec, key_of(below[-1]), key_of(top), steering)


def key_of(folder: Path) -> Key:
    """Changes when the weights in a folder are replaced."""
    stamps = [path.stat().st_mtime_ns for path in folder.glob("*.safetensors")]
    return folder, max(stamps, default=0)


def _model_folder(source: str) -> str:
    """A run's folder holds its model in `model`."""
    inner = Path(source).expanduser() / "model"
    return str(inner) if inner.is_dir() else source
