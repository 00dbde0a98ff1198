"""Sampled answers of several models, the same for a seed wherever they are asked for."""

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from unlearn_core.settings.sampling import SamplingSpec

if TYPE_CHECKING:
    from unlearn_core.comparison.model_pool import ModelPool

DRAWN_AT_ONCE = 25
"""Samples drawn before a stop is looked for and the page sees them."""
SEEDS_APART = 100_003
"""Between the seeds of two batches of samples of one question."""

Answers = list[list[str]]
"""Answers as [prompt][sample]."""
Samples = list[str] | str
"""Some samples of one model, or why there are none."""


def draw_samples(
    pool: "ModelPool",
    sources: Sequence[str],
    prompt: str,
    *,
    spec: SamplingSpec,
    n: int,
    seed: int,
    template: str = "",
) -> Generator[tuple[Samples, ...]]:
    """Draw `n` samples of each model, some at a time; args are as in `ModelPool.answers_of`.

    What is drawn depends on the prompt, the sampler and the seed, not on what else is asked.

    Yields:
        For each source its next samples; a source with a problem is not asked again.
    """
    problems: dict[int, str] = {}
    for batch, begin in enumerate(range(0, n, DRAWN_AT_ONCE)):
        asked = [i for i in range(len(sources)) if i not in problems]
        if not asked:
            return
        answers = pool.answers_of(
            [sources[i] for i in asked],
            [prompt],
            spec=spec,
            n=min(DRAWN_AT_ONCE, n - begin),
            seed=seed + batch * SEEDS_APART,
            template=template,
        )
        found = dict(zip(asked, answers, strict=True))
        problems |= {i: one for i, one in found.items() if isinstance(one, str)}
        yield tuple(problems[i] if i in problems else found[i][0] for i in range(len(sources)))


def samples_of(
    pool: "ModelPool",
    sources: Sequence[str],
    prompts: Sequence[str],
    *,
    spec: SamplingSpec,
    n: int,
    seed: int,
    template: str = "",
) -> tuple[Answers | str, ...]:
    """All samples that `draw_samples` draws of each prompt.

    Returns:
        For each source its answers as [prompt][sample], or why there are none.
    """
    answers: list[Answers] = [[[] for _ in prompts] for _ in sources]
    problems: dict[int, str] = {}
    for place, prompt in enumerate(prompts):
        for drawn in draw_samples(
            pool, sources, prompt, spec=spec, n=n, seed=seed, template=template
        ):
            for i, samples in enumerate(drawn):
                if isinstance(samples, str):
                    problems[i] = samples
                else:
                    answers[i][place] += samples
    return tuple(problems.get(i, answers[i]) for i in range(len(sources)))
