"""Fine-tuning on true answers, for what is taught beside the run itself: a teacher, an attack."""

from collections.abc import Iterable, Iterator

import torch
from torch import nn

from unlearn_core.data.batches import Batch
from unlearn_core.models.forward import batch_nll

MAX_GRAD_NORM = 1.0


def shuffled(count: int, size: int, generator: torch.Generator) -> Iterator[list[int]]:
    """Batches of places below `count` without end, in another order at every pass."""
    while count:
        order = torch.randperm(count, generator=generator).tolist()
        for start in range(0, count, size):
            yield order[start : start + size]


def finetune(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    batches: Iterable[Batch],
    schedule: torch.optim.lr_scheduler.LRScheduler | None = None,
) -> Iterator[int]:
    """Take a step for each batch, with the gradient's norm clipped at 1; gives the steps done."""
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    for step, batch in enumerate(batches, start=1):
        torch.autograd.backward(batch_nll(model, batch))
        nn.utils.clip_grad_norm_(weights, MAX_GRAD_NORM)
        optimizer.step()
        optimizer.zero_grad()
        if schedule is not None:
            schedule.step()
        yield step
