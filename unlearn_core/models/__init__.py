"""Models: where one comes from, its card and memory, loading, saving, and making it trainable."""

from unlearn_core.data.bundled import BUNDLED_FOLDER
from unlearn_core.models.card import MemoryEstimate, ModelCard, describe, estimate_memory
from unlearn_core.models.devices import available_devices, resolve_device
from unlearn_core.models.loading import LoadedModel, load, save
from unlearn_core.models.spec import DType, ModelSpec, TuningSpec
from unlearn_core.models.tuning import merged, prepare_for_training, reference_model

__all__ = [
    "BUNDLED_FOLDER",
    "DType",
    "LoadedModel",
    "MemoryEstimate",
    "ModelCard",
    "ModelSpec",
    "TuningSpec",
    "available_devices",
    "describe",
    "estimate_memory",
    "load",
    "merged",
    "prepare_for_training",
    "reference_model",
    "resolve_device",
    "save",
]
