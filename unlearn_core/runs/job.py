"""One run from load to result, in this process; everything it does becomes events."""

import json
from typing import Any

from unlearn_core.evaluation.before_after import evaluate
from unlearn_core.files import write_json
from unlearn_core.runs.finish import finish, save_model
from unlearn_core.runs.jobs import Control, does
from unlearn_core.runs.load import LoadedRun, answering, load_run, warn_of_data
from unlearn_core.runs.recorder import Recorder
from unlearn_core.runs.spec import RunSpec
from unlearn_core.runs.store import Store
from unlearn_core.runs.tracking import measures_told, telling
from unlearn_core.runs.train import Ended, train
from unlearn_core.training.base import NonFiniteLoss


@does("unlearn", "teach")
def execute(store: Store, run_id: str, control: Control) -> None:
    """Do a claimed run: load, measure, train, measure, save.

    The run's state in the store is `done`, `stopped`, `paused` or `discarded` afterwards.

    Raises:
        LetheError: With the remedy in words; the caller records the failure.
    """
    info = store.get(run_id)
    recorder = Recorder(store, run_id, info.total, info.step)
    spec = RunSpec.model_validate(info.spec)
    with telling(spec, run_id, store.folder(run_id), recorder.warn) as recorder.tell:
        with recorder.phase("load"):
            job = load_run(spec, recorder)
        before = _begin(job)
        job = answering(job)
        ended = _train(job, control)
        match ended.command:
            case "pause":
                _pause(job)
            case "discard":
                _discard(job)
            case None | "stop":
                finish(job, before, "stopped" if ended.command else "done", ended.reason)


def _begin(job: LoadedRun) -> dict[str, Any]:
    """Go to where the run was paused, or measure the original model; gives that measurement."""
    recorder, resumed = job.recorder, job.checkpoint.is_dir()
    if resumed:
        job.trainer.load(job.checkpoint)
        recorder.step = job.trainer.step
    recorder.enter("running")
    if not resumed:
        job.trainer.prepare()
        recorder.measured(job.monitor.measure(0), {})
        warn_of_data(job)
    before = _before(job)
    if not resumed:
        recorder.tell(measures_told(before), 0)
    return before


def _before(job: LoadedRun) -> dict[str, Any]:
    """The measurement of the original model, made once, also when the run was paused."""
    path, spec = job.folder / "before.json", job.plan.spec
    if path.exists():
        return dict(json.loads(path.read_text(encoding="utf-8")))
    with job.recorder.phase("measure_before"):
        before = evaluate(job.evaluator, job.groups, spec.measure, spec.seed)
    write_json(path, before)
    return before


def _train(job: LoadedRun, control: Control) -> Ended:
    """Train; after a single step pause, and wait a while for the next wish."""
    try:
        ended = train(job, control)
        while ended.command == "step":
            _pause(job)
            if not control.again():
                return ended
            job.recorder.enter("running")
            ended = train(job, control)
        return ended
    except NonFiniteLoss:
        job.trainer.finish()
        save_model(job, job.folder / "model")
        job.recorder.keep("model", "model")
        raise


def _pause(job: LoadedRun) -> None:
    job.trainer.save(job.checkpoint)
    job.recorder.enter("paused", f"Paused after step {job.recorder.step}.")


def _discard(job: LoadedRun) -> None:
    job.recorder.store.forget_weights(job.recorder.run_id)
    job.recorder.enter("discarded", f"Discarded after step {job.recorder.step}.")
