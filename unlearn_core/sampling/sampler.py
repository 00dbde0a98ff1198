"""What every sampling engine answers; an engine is one file beside this one."""

from collections.abc import Sequence
from typing import Protocol

import torch

from unlearn_core.settings.sampling import SamplingSpec


class Sampler(Protocol):
    """Anything that answers prompts; a faster engine can stand behind it."""

    def sample(
        self,
        prompts: Sequence[Sequence[int]],
        n: int,
        spec: SamplingSpec,
        generator: torch.Generator,
    ) -> list[list[list[int]]]:
        """Answers as [prompt][sample][token], without the end token."""

    def greedy(self, prompts: Sequence[Sequence[int]], max_new_tokens: int) -> list[list[int]]:
        """The most likely answer to each prompt, token by token, without the end token."""
