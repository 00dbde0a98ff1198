"""Settings of measuring."""

from typing import Literal

from unlearn_core.settings.config import Config, setting


class MeasureSpec(Config):
    """What is measured, and how often. None of it changes the trained weights."""

    every: int = setting(
        0, "Steps between two measurements; 0 chooses so that the cost share holds.", ge=0,
        le=1_000_000, unit="steps",
    )  # fmt: skip
    cost_share: float = setting(
        0.1, "Maximum share of the run's time that live measurements may take.", ge=0, le=1,
        advanced=True,
    )  # fmt: skip
    watched: int = setting(
        4, "Forget questions whose answer distribution is watched.", ge=0, le=100, unit="questions"
    )
    samples: int = setting(
        20, "Sampled answers to each watched question.", ge=1, le=1000, unit="answers"
    )
    probes: int = setting(
        2, "Probe prompts of each group, answered again at every measurement.", ge=0, le=50,
        unit="prompts",
    )  # fmt: skip
    own_probes: tuple[str, ...] = setting((), "Your own probe prompts.", advanced=True)
    live_records: int = setting(
        12, "Records of each group whose recall is measured live.", ge=0, le=10_000,
        unit="records", advanced=True,
    )  # fmt: skip
    final_records: int = setting(
        400, "Maximum number of records of each group that are measured before and after the "
        "run.", ge=1, le=1_000_000, unit="records", advanced=True,
    )  # fmt: skip
    leak_samples: int = setting(
        20, "Sampled answers to each forget question in the measurement before and after.", ge=0,
        le=10_000, unit="answers",
    )  # fmt: skip
    metrics: tuple[str, ...] = setting(
        (), "Further metrics measured before and after, by their names in docs/metrics.md.",
        advanced=True,
    )  # fmt: skip
    temperature: float = setting(
        1.0, "Temperature of all sampled answers that are measured.", gt=0, le=10, advanced=True
    )
    max_new_tokens: int = setting(
        48, "Maximum length of a measured answer.", ge=1, le=4096, unit="tokens", advanced=True
    )
    tracker: Literal["none", "tensorboard", "trackio", "wandb"] = setting(
        "none", "Send the run's numbers and settings also to this tool, which must be installed; "
        "never prompts, answers or marks. wandb keeps them on another machine.", advanced=True,
    )  # fmt: skip
    tracker_project: str = setting(
        "lethe", "Project under which Trackio or Weights & Biases files the run.", advanced=True
    )
