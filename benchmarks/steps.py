"""What a step of each method costs, beside plain descent on the same rows.

A plain step is cross-entropy on eight rows, forward and backward, with the same optimiser. Every
method takes turns with it in one run; the ratio is that of the median times. A method with one pass
on forget and one on retain rows should stay near two plain steps.

Run: python -m benchmarks.steps
"""

import argparse
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import torch

from benchmarks.common import environment, write_result
from unlearn_core.data.encoder import make_encoder
from unlearn_core.data.marks import Marks, split_corpus
from unlearn_core.data.sources import DataSpec, load_corpus
from unlearn_core.demo.corpus import default_forget_subjects
from unlearn_core.methods.base import Context, MethodInfo
from unlearn_core.methods.registry import method, methods
from unlearn_core.models.loading import load
from unlearn_core.models.spec import ModelSpec, TuningSpec
from unlearn_core.models.trainable import prepare_for_training
from unlearn_core.sampling.tree import TreeSampler
from unlearn_core.settings.training import TrainingSpec
from unlearn_core.training.base import StepReport
from unlearn_core.training.loop import Trainer

ROWS = 8
WARM_UP = 3
UNTRAINED = ("in-context", "retrain")
"""One takes no steps; the other's are those of teaching."""


def timed(info: MethodInfo, mode: str, device: str, steps: int, teach: bool) -> Iterator[float]:
    """Seconds of one optimiser step after another, without what a method does between epochs."""
    torch.manual_seed(0)
    spec = ModelSpec(device=device)
    loaded = load(spec)
    model = prepare_for_training(loaded.model, TuningSpec.model_validate({"mode": mode}))
    encoder = make_encoder(loaded.tokenizer)
    marks = Marks(subjects=tuple(default_forget_subjects()))
    split = split_corpus(load_corpus(DataSpec()), marks)
    context = Context(
        model=model,
        encoder=encoder,
        sampler=TreeSampler(model, encoder.eos_ids, encoder.pad_id),
        forget=split.forget,
        retain=split.retain,
        device=loaded.model.device,
        generator=torch.Generator().manual_seed(0),
        load_original=lambda: load(spec).model,
    )
    preset = {} if teach else dict(info.small.method)
    training = TrainingSpec(epochs=steps, batch_size=ROWS, learning_rate=1e-6, precision="float32")
    trainer = Trainer(info.build(info.config(**preset)), context, training, seed=0)
    trainer.prepare()
    reports: Iterator[StepReport] = trainer.steps()
    while True:
        start = time.perf_counter()
        report = next(reports, None)
        if report is None:
            return
        if (report.step - 1) % trainer.steps_per_epoch:  # the first of an epoch also refreshes
            yield time.perf_counter() - start


def ratio(info: MethodInfo, mode: str, device: str, steps: int) -> dict[str, float]:
    """Median seconds of the method's step and of a plain one, taken in turns."""
    own = timed(info, mode, device, steps, teach=False)
    plain = timed(method("teach", "teach"), mode, device, steps, teach=True)
    pairs = [(next(own), next(plain)) for _ in range(steps + WARM_UP)][WARM_UP:]
    seconds, base = (median(column) for column in zip(*pairs, strict=True))
    return {"seconds": seconds, "plain_seconds": base, "ratio": round(seconds / base, 2)}


def main() -> None:
    """Measure every method in both modes, print, record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    found: dict[str, Any] = {}
    for info in methods().values():
        if info.name in UNTRAINED:
            continue
        modes = ("lora",) if info.card.steers else ("full", "lora")
        found[info.name] = {m: ratio(info, m, args.device, args.steps) for m in modes}
        print(info.name, {m: one["ratio"] for m, one in found[info.name].items()}, flush=True)
    write_result("steps", {"environment": environment(args.device), "methods": found})


if __name__ == "__main__":
    main()
