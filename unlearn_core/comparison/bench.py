"""The same question, the same seed, up to six models: before and after side by side."""

from collections.abc import Iterator, Sequence

from unlearn_core.comparison.columns import MOST_COLUMNS, Asking, Column, grouped, grow
from unlearn_core.comparison.drawing import Answers, Drawing
from unlearn_core.comparison.places import Place, find_place
from unlearn_core.comparison.problems import problem_of
from unlearn_core.comparison.shelf import Shelf
from unlearn_core.errors import InvalidInput
from unlearn_core.models.spec import ModelSpec
from unlearn_core.specs import SamplingSpec


class Bench:
    """Loads models as they are asked for, keeps the last few, and lets them answer.

    Models that are adapters on one base share its weights in memory and answer in one batch. One
    bench serves every visitor and thread: a base computes for one of them at a time, a token each.

    A source is `bundled`, `bundled:retrained`, a hub name, or the folder of a model, an adapter or
    a run. What is asked of several returns a problem, in a sentence or two, in the place of each
    that cannot answer.
    """

    def __init__(self, like: ModelSpec | None = None) -> None:
        """Make an empty bench.

        Args:
            like: Device and precision of every model, and whose remote code is trusted.
        """
        self._like = like or ModelSpec()
        self._shelf = Shelf()

    def answers(
        self,
        source: str,
        prompts: Sequence[str],
        *,
        spec: SamplingSpec | None,
        n: int,
        seed: int,
        template: str = "",
    ) -> Answers:
        """Answers of one model as [prompt][sample].

        Args:
            source: Which model.
            prompts: Questions.
            spec: How answers are drawn; None is greedy, and all `n` are equal then.
            n: Answers to each prompt.
            seed: The same seed draws the same random numbers for every model.
            template: As in `DataSpec`, where the model was trained with one.

        Raises:
            LetheError: No such model, or a prompt that does not fit.
        """
        place = find_place(source, self._like)
        drawing = Drawing(prompts, spec or _greedy(), n, seed, template)
        return drawing.together(self._shelf, [place])[0]

    def answers_of(
        self,
        sources: Sequence[str],
        prompts: Sequence[str],
        *,
        spec: SamplingSpec | None,
        n: int,
        seed: int,
        template: str = "",
    ) -> tuple[Answers | str, ...]:
        """Answers of several models; args are as in `answers`.

        Returns:
            For each source its answers as [prompt][sample], or why there are none.
        """
        drawing = Drawing(prompts, spec or _greedy(), n, seed, template)
        places = self._places(sources)
        found: dict[int, Answers | str] = {
            i: place for i, place in enumerate(places) if isinstance(place, str)
        }
        for group in grouped({i: p for i, p in enumerate(places) if isinstance(p, Place)}):
            found |= drawing.of_each(self._shelf, group)
        return tuple(found[i] for i in range(len(sources)))

    def stream(
        self,
        sources: Sequence[str],
        prompt: str,
        *,
        spec: SamplingSpec | None,
        seed: int,
        template: str = "",
    ) -> Iterator[tuple[Column, ...]]:
        """The answers of several models to one prompt as they grow, a token each at a time.

        Args:
            sources: One to six models.
            prompt: Question.
            spec: How answers are drawn; None is greedy.
            seed: Every model draws the random numbers that it would draw alone.
            template: As in `answers`.

        Yields:
            The columns so far, in the order of `sources`; in the last, all have finished.

        Raises:
            InvalidInput: More or fewer models than can stand side by side; at once.
        """
        _check_number(sources)
        asking = Asking(lambda encoder: encoder.prompt(prompt), spec or _greedy(), seed, template)
        return self._grow(sources, asking)

    def warm(self, source: str) -> None:
        """Load a model now, so that its first answer comes at once."""
        place = find_place(source, self._like)
        with self._shelf.holding(place) as base:
            base.weights(place.adapter)

    def clear(self) -> None:
        """Forget every loaded model, so that a run has the memory."""
        self._shelf.clear()

    def _grow(self, sources: Sequence[str], asking: Asking) -> Iterator[tuple[Column, ...]]:
        # Found when the first token is asked for, so that nothing is held before.
        yield from grow(self._places(sources), self._shelf, asking)

    def _places(self, sources: Sequence[str]) -> list[Place | str]:
        """Where each model is, or why it cannot be asked."""
        places: list[Place | str] = []
        for source in sources:
            try:
                places.append(find_place(source, self._like))
            except Exception as error:
                places.append(problem_of(error))
        return places


def _check_number(sources: Sequence[str]) -> None:
    if not 1 <= len(sources) <= MOST_COLUMNS:
        raise InvalidInput(
            f"{len(sources)} models are to be compared, but 1 to {MOST_COLUMNS} can stand side by "
            "side. Choose as many."
        )


def _greedy() -> SamplingSpec:
    return SamplingSpec(temperature=0.0)
