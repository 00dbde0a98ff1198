"""What a run writes about itself while it goes, and its clock."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from unlearn_core.evaluation.live import Measurement
from unlearn_core.runs.events import Event, EventKind, RunState
from unlearn_core.runs.store import Store
from unlearn_core.runs.tracking import Tell, tell_nobody
from unlearn_core.training.base import StepReport


@dataclass
class Recorder:
    """Writes a run's events and keeps its clock."""

    store: Store
    run_id: str
    total: int = 0
    step: int = 0
    watched: frozenset[str] = frozenset()
    seconds: dict[str, float] = field(default_factory=dict)
    tell: Tell = tell_nobody

    begun: float = field(default_factory=time.perf_counter)

    def emit(self, *events: tuple[EventKind, Mapping[str, Any]]) -> None:
        """Append events at the current step."""
        self.store.append(
            self.run_id, [Event(kind, self.step, payload) for kind, payload in events]
        )
        for kind, payload in events:
            if kind == "scalars":
                self.tell(payload, self.step)

    def warn(self, message: str) -> None:
        """Say what is not as it should be, but does not end the run."""
        self.emit(("log", {"message": message, "level": "warning"}))

    def keep(self, kind: str, path: str) -> None:
        """Say that a file or folder was written."""
        self.emit(("artifact", {"kind": kind, "path": path, "step": self.step}))

    def require_claim(self) -> None:
        """Before something becomes visible: the run must still be this process's."""
        self.store.require_claim(self.run_id)

    def enter(self, state: RunState, message: str = "") -> None:
        """Change the run's state."""
        self.store.set_state(self.run_id, state, message)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a phase and say that it has begun."""
        self.emit(("progress", self._progress(name, None)))
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start

    def trained(self, report: StepReport, seconds_left: float) -> None:
        """One optimiser step was done."""
        self.step = report.step
        if report.records is not None:
            known = {**asdict(report.records), "selected": sorted(report.records.selected)}
            self.emit(("records", known))
        seen = [one for one in report.candidates if one.id in self.watched]
        self.emit(*(("candidates", asdict(one)) for one in seen))
        self.emit(("scalars", report.scalars), ("progress", self._progress("train", seconds_left)))

    def measured(self, measurement: Measurement, own_losses: Mapping[str, float]) -> None:
        """Write a measurement; a loss the method trains on is already on the chart."""
        scalars = {k: v for k, v in measurement.scalars.items() if k not in own_losses}
        self.emit(
            ("scalars", scalars),
            *(("answers", payload) for payload in measurement.answers),
            *(("probe", payload) for payload in measurement.probes),
        )

    def _progress(self, phase: str, seconds_left: float | None) -> dict[str, Any]:
        return {"step": self.step, "total": self.total, "seconds_left": seconds_left,
                "phase": phase}  # fmt: skip
