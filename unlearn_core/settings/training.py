"""Settings of training."""

from typing import Literal

from unlearn_core.settings.config import Config, setting


class TrainingSpec(Config):
    """How a run is optimised. One epoch passes once over the forget set."""

    epochs: int = setting(24, "Passes over the forget set (epochs).", ge=1, le=10_000)
    batch_size: int = setting(
        20, "Batch size: forget records in one forward pass.", ge=1, le=4096, unit="records"
    )
    retain_ratio: int = setting(
        1, "Retain records beside each forget record: more protect better and cost more time.",
        ge=1, le=64, advanced=True,
    )  # fmt: skip
    accumulation: int = setting(
        1, "Gradient accumulation: forward passes whose gradients add up to one optimiser step.",
        ge=1, le=1024, advanced=True,
    )  # fmt: skip
    learning_rate: float = setting(
        3e-4, "Learning rate: how far each step moves the weights. Too high a rate breaks the "
        "model.", gt=0, le=1.0,
    )  # fmt: skip
    weight_decay: float = setting(
        0.01, "Weight decay of AdamW: how strongly every weight is pulled towards zero.", ge=0,
        le=1, advanced=True,
    )  # fmt: skip
    schedule: Literal["linear", "cosine", "constant"] = setting(
        "linear", "Learning-rate schedule: how the rate falls after warm-up.", advanced=True
    )
    warmup_epochs: float = setting(
        1.0, "Warm-up: epochs over which the learning rate rises to its full value.", ge=0,
        le=1000, advanced=True,
    )  # fmt: skip
    max_grad_norm: float = setting(
        1.0, "Gradient clipping: a gradient with a larger norm is scaled down to this one; 0 "
        "turns it off.", ge=0, le=1e6, advanced=True,
    )  # fmt: skip
    max_length: int = setting(
        512, "Maximum length of prompt and answer together; longer rows are cut and counted.",
        ge=8, le=1_000_000, unit="tokens", advanced=True,
    )  # fmt: skip
    precision: Literal["auto", "float32", "bfloat16", "float16"] = setting(
        "float32", "Arithmetic of the training passes; auto is bfloat16 where the device computes "
        "in it, else float32. Weights of full fine-tuning stay float32.", advanced=True,
    )  # fmt: skip
    half_precision_sampling: bool = setting(
        False, "Sample answers from weights rounded to bfloat16: faster where the device computes "
        "in it.", advanced=True,
    )  # fmt: skip
    checkpoint_every: int = setting(
        0, "Save a checkpoint every so many steps; 0 saves only when paused.", ge=0, le=1_000_000,
        unit="steps", advanced=True,
    )  # fmt: skip
    keep_models_every: int = setting(
        0, "Keep the model as it is every so many steps, to be compared with others later; 0 keeps "
        "only the last.", ge=0, le=1_000_000, unit="steps", advanced=True,
    )  # fmt: skip
    stop_retain_loss: float | None = setting(
        None, "Stop when the retain loss rises above this.", gt=0, le=1000, advanced=True
    )
    stop_retain_recall: float | None = setting(
        None, "Stop when retain fact recall falls below this share.", ge=0, le=1, advanced=True
    )
    stop_forget_recall: float | None = setting(
        None, "Stop when forget fact recall has fallen to this share.", ge=0, le=1, advanced=True
    )
    target_recall: float | None = setting(
        None, "Stop when recall of the taught records has risen to this share.", gt=0, le=1,
        advanced=True,
    )  # fmt: skip
