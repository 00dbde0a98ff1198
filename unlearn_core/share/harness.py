"""Public benchmarks on a run's model, by the lm-eval harness where it is installed."""

import importlib
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.runs.store import Store
from unlearn_core.share.export import export_model

PACKAGE = "lm_eval"


def harness_scores(
    store: Store, run_id: str, tasks: Sequence[str], *, limit: int | None = None
) -> dict[str, dict[str, float]]:
    """The numbers of each task, for the model a run made; an adapter is merged first.

    Args:
        store: Where the run is.
        run_id: A run that left weights of its own.
        tasks: Names of the harness, such as `piqa` or `arc_easy`.
        limit: Most questions of each task; all when None.

    Raises:
        MissingPrerequisite: The harness is not installed, or the run has left no model.
        InvalidInput: No task is named, or one is unknown, or the run only steers.
    """
    if not tasks:
        raise InvalidInput("No task is named. Name some, such as piqa,arc_easy.")
    try:
        harness: Any = importlib.import_module(PACKAGE)
    except ImportError as error:
        raise MissingPrerequisite(
            "The lm-eval harness is not installed. Install it with `pip install lm-eval` into the "
            "environment of Lethe."
        ) from error
    with tempfile.TemporaryDirectory() as folder:
        model = export_model(store, run_id, Path(folder) / "model", merged=True)
        try:
            found = harness.simple_evaluate(
                model="hf",
                model_args=f"pretrained={model},trust_remote_code=False",
                tasks=list(tasks),
                limit=limit,
            )
        except (KeyError, ValueError) as error:
            raise InvalidInput(
                f"The harness cannot do {', '.join(tasks)}: {error}. Its tasks are listed by "
                "`lm-eval ls tasks`."
            ) from error
    return {task: _numbers(found["results"][task]) for task in tasks if task in found["results"]}


def _numbers(values: Mapping[str, Any]) -> dict[str, float]:
    """A task's numbers without its notes."""
    return {
        name: float(value)
        for name, value in values.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
