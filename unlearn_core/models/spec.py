"""The settings of a model: where it comes from, and how its weights are trained."""

from typing import Literal

from unlearn_core.settings.config import Config, setting

DType = Literal["float32", "bfloat16", "float16"]

TRAINED_ADAPTER = "default"
"""Name that peft gives the adapter that is trained and saved; methods may put others beside it."""


class ModelSpec(Config):
    """Which model, where and how precise."""

    source: str = setting(
        "bundled",
        "The bundled model (`bundled`, or `bundled:retrained`, which never saw the default forget "
        "set), a Hugging Face model name, or a folder with a model or adapter.",
        label="Model",
    )
    base: str = setting(
        "",
        "Base model of an adapter folder; empty takes the one that the adapter names.",
        label="Base model",
        advanced=True,
    )
    device: str = setting(
        "auto", "auto, cpu, cuda, cuda:1 (and so on) or mps; auto takes the fastest there is."
    )
    dtype: DType = setting(
        "float32", "Data type of the weights; bfloat16 halves the memory of large models.",
        label="Precision",
    )  # fmt: skip
    trust_remote_code: str = setting(
        "",
        "Runs Python code that the model brings along, which can do anything on this machine. "
        "To allow it, repeat the model's name here.",
        label="Trust remote code of",
        advanced=True,
    )

    @property
    def trusted(self) -> bool:
        """Whether the model's own code may run."""
        return bool(self.source) and self.trust_remote_code == self.source


class TuningSpec(Config):
    """Which weights are trained."""

    mode: Literal["full", "lora"] = setting(
        "lora",
        "lora trains a small adapter beside frozen weights; full trains every weight.",
        label="Weights to train",
    )
    rank: int = setting(
        16, "Rank of the adapter (r): how many parameters it has for each layer.", ge=1, le=1024,
        advanced=True,
    )  # fmt: skip
    alpha: int = setting(
        32, "Scaling of the adapter (alpha); its effect is multiplied by alpha / rank.", ge=1,
        le=4096, advanced=True,
    )  # fmt: skip
    dropout: float = setting(
        0.0, "Dropout: share of the adapter's inputs that are set to zero in training.", ge=0,
        lt=1, advanced=True,
    )  # fmt: skip
    target_modules: str = setting(
        "",
        "Linear layers that get an adapter, by name with commas; empty takes all of them.",
        label="Adapted layers",
        advanced=True,
    )
