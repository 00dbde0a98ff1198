"""What a run leaves: its model, those of the way, its result."""

import shutil
import time
from pathlib import Path
from typing import Any

from unlearn_core.evaluation.before_after import evaluate
from unlearn_core.evaluation.scores import Scores
from unlearn_core.files import whole_folder
from unlearn_core.models.devices import peak_memory_bytes
from unlearn_core.models.loading import save
from unlearn_core.models.steering import Steering, write_steering
from unlearn_core.runs.events import RunState
from unlearn_core.runs.load import LoadedRun
from unlearn_core.runs.queue import STEPS
from unlearn_core.runs.result import RunResult
from unlearn_core.runs.store import TEACHER
from unlearn_core.runs.tracking import measures_told


def finish(job: LoadedRun, before: dict[str, Any], state: RunState, reason: str | None) -> None:
    """Measure the unlearned model, keep it, and write the result."""
    spec, recorder, folder = job.plan.spec, job.recorder, job.folder
    ending = job.trainer.finish()
    if ending.changed:  # the displays must end with the model that is kept
        recorder.step = max(1, recorder.step)  # also where nothing was trained
        recorder.measured(job.monitor.measure(recorder.step), {})
    with recorder.phase("measure_after"):
        after = evaluate(job.evaluator, job.groups, spec.measure, spec.seed)
    recorder.tell(measures_told(after), recorder.step)
    with recorder.phase("save"):
        save_model(job, folder / "model")
        if ending.teacher is not None:
            _save_teacher(job, ending.teacher, folder / TEACHER)
        shutil.rmtree(folder / "checkpoints", ignore_errors=True)
    recorder.seconds["measure_live"] = job.monitor.seconds
    recorder.seconds["total"] = time.perf_counter() - recorder.begun
    result = RunResult(
        version=RunResult.NEWEST,
        run=recorder.run_id,
        state=state,
        spec=spec.model_dump(mode="json"),
        data_hash=job.plan.corpus.data_hash,
        before=Scores.model_validate(before),
        after=Scores.model_validate(after),
        seconds={name: round(value, 3) for name, value in recorder.seconds.items()},
        peak_memory_bytes=peak_memory_bytes(job.context.device),
        device=str(job.context.device),
        steps=recorder.step,
        effective_batch_size=job.trainer.effective_batch_size,
        stopped_because=reason,
    )
    recorder.require_claim()
    result.write(folder)
    recorder.keep("model", "model")
    recorder.keep("result", result.FILE)
    recorder.enter(state, reason or f"Finished after {recorder.step} steps.")


def save_model(job: LoadedRun, folder: Path) -> None:
    """Save the model as it is now, with what steers it."""
    with whole_folder(folder) as place:
        save(job.model, job.loaded.tokenizer, place)
        if job.steering is not None:
            write_steering(place, job.steering)
        job.recorder.require_claim()


def keep_step(job: LoadedRun) -> None:
    """Keep the model as it is after a step; a run that is taken up again may have it already."""
    place = f"{STEPS}/{job.recorder.step}"
    if not (job.folder / place).is_dir():
        save_model(job, job.folder / place)
    job.recorder.keep("model", place)


def _save_teacher(job: LoadedRun, teacher: tuple[str, Steering], folder: Path) -> None:
    """What the method learnt from, as a model that answers by a rule."""
    adapter, steering = teacher
    save(job.model, job.loaded.tokenizer, folder, name=adapter)
    write_steering(folder, steering)
