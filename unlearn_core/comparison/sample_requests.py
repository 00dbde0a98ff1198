"""Whole answers of several models to several prompts, in as few batches as there are bases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch

from unlearn_core.comparison.answering import encoded
from unlearn_core.comparison.located_models import ModelRef
from unlearn_core.comparison.model_cache import ModelCache
from unlearn_core.comparison.problems import problem_of
from unlearn_core.comparison.samples import Answers
from unlearn_core.data.encoder import Encoder
from unlearn_core.models.steering import steer
from unlearn_core.sampling.cache import Answering
from unlearn_core.sampling.tree import TreeSampler
from unlearn_core.settings.sampling import SamplingSpec


@dataclass(frozen=True)
class SampleRequest:
    """What is asked of every model, and how answers are drawn.

    Attributes:
        n: Answers to each prompt.
        template: As in `DataSpec`.
    """

    prompts: Sequence[str]
    spec: SamplingSpec
    n: int
    seed: int
    template: str

    def of_each(self, cache: ModelCache, group: Mapping[int, ModelRef]) -> dict[int, Answers | str]:
        """The answers of models that can share a batch, or why one has none."""
        try:
            return dict(zip(group, self.together(cache, list(group.values())), strict=True))
        except Exception as error:
            if len(group) == 1:
                return dict.fromkeys(group, problem_of(error))
        # One of them failed: alone it leaves the others.
        return {
            i: found for i, ref in group.items() for found in self.of_each(cache, {i: ref}).values()
        }

    def together(self, cache: ModelCache, refs: Sequence[ModelRef]) -> list[Answers]:
        """The answers of models that can share a batch.

        Raises:
            LetheError: One of them cannot answer.
        """
        first = refs[0]
        with cache.holding(first) as base:
            encoder = base.encoder(first, self.template)
            ids = encoded(encoder, lambda encoder: list(map(encoder.prompt, self.prompts)))
            if first.steering and first.adapter:
                with base.holding(first.adapter) as inner, base.active(first.adapter):
                    sampler = _sampler(steer(inner, first.steering), encoder)
                    drawn = [sampler.sample(ids, self.n, self.spec, self._generator())]
            else:
                model = base.shared([base.weights(ref.adapter) for ref in refs])
                with base.computing():
                    sampler = _sampler(model, encoder)
                    drawn = sampler.sample_each(ids, self.n, self.spec, self._generator())
        return [[[encoder.decode(one) for one in row] for row in rows] for rows in drawn]

    def _generator(self) -> torch.Generator:
        return torch.Generator().manual_seed(self.seed)


def _sampler(model: Answering, encoder: Encoder) -> TreeSampler:
    return TreeSampler(model, encoder.eos_ids, encoder.pad_id)
