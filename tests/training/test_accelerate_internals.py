"""What another version of accelerate may break."""

import torch
from accelerate.state import AcceleratorState

from unlearn_core.training.accelerate_internals import fresh_accelerator


def test_a_second_run_of_the_process_may_take_another_precision() -> None:
    assert hasattr(AcceleratorState, "_reset_state"), (
        "accelerate has no `_reset_state` any more: find how its state is forgotten now, or a "
        "second run in one process keeps the precision of the first"
    )
    for precision in ("bf16", "no"):
        accelerator = fresh_accelerator(torch.device("cpu"), precision)
        assert accelerator.mixed_precision == precision, "the state of the last run was kept"
        assert accelerator.device.type == "cpu"
