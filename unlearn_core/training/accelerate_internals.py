"""What is known of accelerate's insides, and nowhere else."""

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState


def fresh_accelerator(device: torch.device, mixed_precision: str) -> Accelerator:
    """An accelerator of this precision, whatever the process used before.

    accelerate keeps the first one's precision for the whole process and refuses another; it has no
    public way to forget it.
    """
    AcceleratorState._reset_state(reset_partial_state=True)
    return Accelerator(cpu=device.type == "cpu", mixed_precision=mixed_precision)
