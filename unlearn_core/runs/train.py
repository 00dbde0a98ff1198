"""The training of a run: steps, measurements between them, and what ends it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from unlearn_core.runs.events import Command
from unlearn_core.runs.finish import keep_step
from unlearn_core.runs.jobs import Control
from unlearn_core.runs.load import LoadedRun
from unlearn_core.runs.stop_rules import stop_reason


@dataclass(frozen=True)
class Ended:
    """Why training ended: by a command, by a stop rule (`reason`), or at its last step.

    The command `step` means that the single step asked for is done.
    """

    command: Command | None = None
    reason: str | None = None


def train(job: LoadedRun, control: Control) -> Ended:
    """Train until the last step, a command or a stop rule, measuring on the way."""
    trainer, monitor, recorder = job.trainer, job.monitor, job.recorder
    spec = job.plan.spec.training
    first_step, begun, measuring = trainer.step, time.perf_counter(), monitor.seconds
    command = control.command()
    single = command == "step"
    if command is not None and not single:
        return Ended(command, f"Stopped by hand after step {first_step}.")
    for report in trainer.steps():
        training = time.perf_counter() - begun - (monitor.seconds - measuring)
        left = (report.total - report.step) * training / (report.step - first_step)
        recorder.seconds["train"] = training
        recorder.trained(report, left)
        command = control.command()
        if command is not None:
            if command == "stop":  # the displays must end with the model that is kept
                measure(job, report.scalars)
            return Ended(command, f"Stopped by hand after step {report.step}.")
        if spec.checkpoint_every and report.step % spec.checkpoint_every == 0:
            trainer.save(job.checkpoint)
            recorder.keep("checkpoint", "checkpoints/last")
        if spec.keep_models_every and report.step % spec.keep_models_every == 0:
            with trainer.shown():
                keep_step(job)
        # The measurement after the run will take as long as the one before it.
        around = recorder.seconds["load"] + 2 * recorder.seconds.get("measure_before", 0.0)
        if single or monitor.due(
            report.step, report.total, around + training + left + monitor.seconds
        ):
            reason = stop_reason(spec, measure(job, report.scalars))
            if reason and report.step < report.total:
                recorder.emit(("log", {"message": reason, "level": "info"}))
                return Ended(reason=reason)
        if single and report.step < report.total:
            return Ended("step")
    return Ended(reason=trainer.ended)


def measure(job: LoadedRun, trained: Mapping[str, float]) -> Mapping[str, float]:
    """Measure the model as it would be if training ended now, and write it down."""
    with job.trainer.shown():
        measurement = job.monitor.measure(job.recorder.step)
    job.recorder.measured(measurement, trained)
    return measurement.scalars
