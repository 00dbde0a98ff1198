"""The training loop: order, accumulation, schedule, faults."""

from collections import Counter
from collections.abc import Sequence

import pytest
import torch

from tests.helpers.jobs import FORGET, RETAIN, make_context, weights
from unlearn_core.data.records import Record
from unlearn_core.methods.base import Context, Ending, Loss, Method, RecordReport, Report
from unlearn_core.methods.teach import Teach, TeachConfig
from unlearn_core.settings.training import TrainingSpec
from unlearn_core.training.base import NonFiniteLoss
from unlearn_core.training.loop import Trainer, resolve_precision


class Spy(Method[TeachConfig]):
    """Remembers what it was given; its loss can be made not a number."""

    def __init__(self) -> None:
        super().__init__(TeachConfig())
        self.batches: list[tuple[list[str], list[str]]] = []
        self.moments: list[str] = []
        self.broken_at: int | None = None
        self.enough_at: int | None = None

    def prepare(self, context: Context) -> None:
        self.moments.append("prepare")

    def refresh(self, context: Context, epoch: int) -> str | None:
        self.moments.append(f"refresh {epoch}")
        return "enough" if epoch == self.enough_at else None

    def draw(self, context: Context, forget: Sequence[Record]) -> None:
        self.moments.append(f"draw {len(forget)}")

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        self.batches.append(([r.id for r in forget], [r.id for r in retain]))
        value = next(context.model.parameters()).square().mean()
        if len(self.batches) == self.broken_at:
            value = value * float("nan")
        return Loss(value, {"forget": value})

    def report(self) -> Report:
        return Report(RecordReport("share", {"f0": 0.5}, frozenset({"f0"})))

    def finish(self, context: Context) -> Ending:
        self.moments.append("finish")
        return Ending(changed=True)


def spy(**settings: object) -> tuple[Spy, Trainer]:
    method = Spy()
    spec = TrainingSpec.model_validate(settings)
    return method, Trainer(method, make_context(), spec, seed=1)


def test_moments_come_in_order() -> None:
    method, trainer = spy(epochs=2, batch_size=2)
    trainer.prepare()
    list(trainer.steps())
    assert trainer.finish().changed
    epoch = ["draw 2", "draw 2"]
    assert method.moments == ["prepare", "refresh 0", *epoch, "refresh 1", *epoch, "finish"]


def test_a_method_that_has_done_enough_ends_the_run_before_its_next_epoch() -> None:
    method, trainer = spy(epochs=5, batch_size=2)
    method.enough_at = 2
    assert len(list(trainer.steps())) == 4
    assert trainer.ended == "enough"


def test_what_a_method_knows_of_records_comes_with_the_first_step_of_an_epoch() -> None:
    _, trainer = spy(epochs=2, batch_size=2)
    known = [report.records for report in trainer.steps()]
    assert [one is not None for one in known] == [True, False, True, False]


def test_an_epoch_passes_once_over_the_forget_set() -> None:
    method, trainer = spy(epochs=3, batch_size=3)
    list(trainer.steps())
    seen = Counter(i for forget, _ in method.batches for i in forget)
    assert seen == {record.id: 3 for record in FORGET}
    assert trainer.total == 6


def test_retain_records_cycle_evenly_beside_the_forget_records() -> None:
    method, trainer = spy(epochs=3, batch_size=2)
    list(trainer.steps())
    seen = Counter(i for _, retain in method.batches for i in retain)
    assert seen == {record.id: 2 for record in RETAIN}
    assert all(len(forget) == len(retain) for forget, retain in method.batches)


def test_accumulated_micro_batches_equal_one_large_batch() -> None:
    def end(batch_size: int, accumulation: int) -> dict[str, torch.Tensor]:
        context = make_context()
        spec = TrainingSpec(
            epochs=1, batch_size=batch_size, accumulation=accumulation, learning_rate=1e-3
        )
        teach = Teach(TeachConfig(retain_weight=0))
        list(Trainer(teach, context, spec, seed=0).steps())
        return weights(context.model)

    # All four answers have the same number of tokens, so the means agree.
    large, small = end(4, 1), end(2, 2)
    for name in large:
        torch.testing.assert_close(large[name], small[name], atol=1e-5, rtol=1e-4)


def test_warm_up_then_linear_fall() -> None:
    _, trainer = spy(epochs=5, batch_size=4, learning_rate=0.4, warmup_epochs=1)
    rates = [report.scalars["train/learning_rate"] for report in trainer.steps()]
    assert rates == pytest.approx([0.0, 0.4, 0.3, 0.2, 0.1])


def test_a_loss_that_is_no_number_keeps_the_last_good_weights() -> None:
    method, trainer = spy(epochs=4, batch_size=4, learning_rate=0.1)
    method.broken_at = 3
    steps = trainer.steps()
    next(steps)
    next(steps)
    good = weights(trainer.context.model)
    with pytest.raises(NonFiniteLoss, match=r"nan at step 3.*weights of step 2.*learning rate"):
        next(steps)
    after = weights(trainer.context.model)
    assert all(torch.equal(good[name], after[name]) for name in good)


def test_the_same_seed_gives_the_same_weights_and_another_one_does_not() -> None:
    def end(seed: int) -> dict[str, torch.Tensor]:
        context = make_context()
        spec = TrainingSpec(epochs=2, batch_size=2, learning_rate=1e-3)
        list(Trainer(Teach(TeachConfig()), context, spec, seed=seed).steps())
        return weights(context.model)

    first, again, other = end(1), end(1), end(2)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert any(not torch.equal(first[name], other[name]) for name in first)


def test_auto_precision_is_bfloat16_only_where_the_processor_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cpu = torch.device("cpu")
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    assert resolve_precision("auto", cpu) == "bfloat16"
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True})
    assert resolve_precision("auto", cpu) == "float32"
    assert resolve_precision("float16", cpu) == "float16"
    assert resolve_precision("auto", torch.device("mps")) == "float32"


def test_retain_ratio_adds_retain_records() -> None:
    method, trainer = spy(epochs=1, batch_size=2, retain_ratio=3)
    list(trainer.steps())
    assert [len(retain) for _, retain in method.batches] == [6, 6]
    assert {i for _, retain in method.batches for i in retain} == {r.id for r in RETAIN}


def test_bfloat16_training_keeps_float32_weights() -> None:
    context = make_context()
    spec = TrainingSpec(epochs=1, batch_size=4, precision="bfloat16")
    list(Trainer(Teach(TeachConfig()), context, spec, seed=0).steps())
    assert {p.dtype for p in context.model.parameters()} == {torch.float32}
