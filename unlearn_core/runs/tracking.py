"""A run's numbers, told as they come to TensorBoard, Trackio or Weights & Biases.

Only numbers and settings are told. No prompt, answer, record or mark is among them, since some of
these tools keep what they get on another machine.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from unlearn_core.errors import MissingPrerequisite
from unlearn_core.runs.spec import RunSpec

TITLES = {"tensorboard": "TensorBoard", "trackio": "Trackio", "wandb": "Weights & Biases"}
"""Name of each tracker by its package, which is also what accelerate calls it."""
FOLDER = "tensorboard"
"""Where TensorBoard's files lie in a run's folder."""

Tell = Callable[[Mapping[str, float], int], None]
"""Takes numbers by name, and the step."""


def require_tracker(name: str) -> None:
    """Make sure that a tracker is installed; `none` needs nothing.

    Raises:
        MissingPrerequisite: It is not; says how to install it.
    """
    if name == "none":
        return
    found = find_spec(name)
    # A mere folder of that name, such as wandb leaves behind, has no origin.
    if found is None or found.origin is None:
        raise MissingPrerequisite(
            f"{TITLES[name]} is not installed. Install it with `pip install {name}` into the "
            "environment of Lethe, or set the tracker to none."
        )


def tell_nobody(values: Mapping[str, float], step: int) -> None:
    """What a run without a tracker does with its numbers."""


@contextmanager
def telling(
    spec: RunSpec, run_id: str, folder: Path, warn: Callable[[str], None]
) -> Iterator[Tell]:
    """The run's tracker, open inside; without one, its numbers go nowhere.

    A tracker that fails later is left alone, and the run goes on.

    Args:
        spec: Names the tracker.
        run_id: What the tracker calls the run.
        folder: The run's folder, where local trackers write.
        warn: Takes a sentence when the tracker fails on the way.

    Raises:
        MissingPrerequisite: The tracker is not installed or does not start.
    """
    if spec.measure.tracker == "none":
        yield tell_nobody
        return
    log = _Log(_start(spec, run_id, folder), TITLES[spec.measure.tracker], warn)
    try:
        yield log.tell
    finally:
        log.close()


def settings_told(spec: RunSpec) -> dict[str, str | int | float | bool]:
    """The settings that a tracker keeps beside the numbers: all but marks, data and prompts."""
    told: dict[str, Any] = {
        "method": spec.method,
        "seed": spec.seed,
        "model": Path(spec.model.source).name,
    }
    groups = {
        "method": spec.method_config,
        "training": spec.training.model_dump(mode="json"),
        "tuning": spec.tuning.model_dump(mode="json"),
    }
    for group, values in groups.items():
        told |= {f"{group}.{name}": value for name, value in values.items()}
    return {name: value for name, value in told.items() if isinstance(value, str | int | float)}


def measures_told(result: Mapping[str, Any]) -> dict[str, float]:
    """A measurement before or after the run as numbers by name."""
    told = {
        f"final/{group}/{name}": value
        for group, scores in result.items()
        if isinstance(scores, Mapping)
        for name, value in scores.items()
        if name != "records"
    }
    if result.get("leak_share") is not None:
        told["final/leak_share"] = result["leak_share"]
    return told


class _Log:
    """An open tracker, until it fails."""

    def __init__(self, tracker: Any, title: str, warn: Callable[[str], None]) -> None:
        self._tracker = tracker
        self._title = title
        self._warn = warn

    def tell(self, values: Mapping[str, float], step: int) -> None:
        if self._tracker is not None:
            self._trying(lambda: self._tracker.log(dict(values), step=step))

    def close(self) -> None:
        if self._tracker is not None:
            self._trying(self._tracker.finish)

    def _trying(self, action: Callable[[], object]) -> None:
        try:
            action()
        except Exception as error:  # a tool beside the run must not end it
            self._tracker = None
            self._warn(
                f"{self._title} takes no more numbers ({_reason(error)}). The run goes on, and "
                "its own charts have them all."
            )


def _start(spec: RunSpec, run_id: str, folder: Path) -> Any:
    from accelerate import PartialState
    from accelerate.tracking import LOGGER_TYPE_TO_CLASS

    name = spec.measure.tracker
    require_tracker(name)
    PartialState(cpu=True)  # accelerate's own log needs it; the trainer makes its own afterwards
    try:
        tracker = LOGGER_TYPE_TO_CLASS[name](**_options(spec, run_id, folder))
        tracker.start()
        tracker.store_init_configuration(settings_told(spec))
    except Exception as error:
        raise MissingPrerequisite(
            f"{TITLES[name]} does not start ({_reason(error)}). See that you are signed in and "
            "that it can be reached, or set the tracker to none."
        ) from error
    return tracker


def _options(spec: RunSpec, run_id: str, folder: Path) -> dict[str, Any]:
    """What each tracker wants to be told; a run that was paused goes on under its name."""
    project = {"run_name": spec.measure.tracker_project}  # accelerate's word for it
    match spec.measure.tracker:
        case "wandb":
            return {**project, "id": run_id, "name": spec.name or run_id, "resume": "allow",
                    "dir": str(folder)}  # fmt: skip
        case "trackio":
            return {**project, "name": run_id, "resume": "allow"}
        case _:
            return {"run_name": FOLDER, "logging_dir": str(folder)}


def _reason(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
