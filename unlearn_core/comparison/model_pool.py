"""The same question, the same seed, up to six models: before and after side by side."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from unlearn_core.comparison.answering import MOST_COLUMNS, Column, PromptSettings, grouped, grow
from unlearn_core.comparison.located_models import ModelRef, find_ref
from unlearn_core.comparison.model_cache import ModelCache
from unlearn_core.comparison.problems import problem_of
from unlearn_core.comparison.sample_requests import SampleRequest
from unlearn_core.comparison.samples import Answers
from unlearn_core.comparison.views import (
    NextToken,
    Reader,
    TokenView,
    TrueRank,
    computing,
    reading,
)
from unlearn_core.data.encoder import Encoder, Message
from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput
from unlearn_core.models.reading import read_tokenizer
from unlearn_core.models.source import find_source
from unlearn_core.models.spec import ModelSpec
from unlearn_core.sampling.cache import Answering
from unlearn_core.settings.sampling import SamplingSpec

Read = TypeVar("Read")


class ModelPool:
    """Loads models as they are asked for, keeps the last few, and lets them answer.

    Models that are adapters on one base share its weights in memory and answer in one batch. One
    pool serves every visitor and thread: a base computes for one of them at a time, streams taking
    turns token by token.

    A source is `bundled`, `bundled:retrained`, a hub name, or the folder of a model, an adapter or
    a run. What is asked of several returns a problem, in a sentence or two, in the place of each
    that cannot answer.
    """

    def __init__(self, like: ModelSpec | None = None) -> None:
        """Make an empty pool.

        Args:
            like: Device and precision of every model, and whose remote code is trusted.
        """
        self._like = like or ModelSpec()
        self._cache = ModelCache()

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
        ref = find_ref(source, self._like)
        request = SampleRequest(prompts, spec or _greedy(), n, seed, template)
        return request.together(self._cache, [ref])[0]

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
        request = SampleRequest(prompts, spec or _greedy(), n, seed, template)
        refs = self._refs(sources)
        found: dict[int, Answers | str] = {
            i: ref for i, ref in enumerate(refs) if isinstance(ref, str)
        }
        for group in grouped({i: p for i, p in enumerate(refs) if isinstance(p, ModelRef)}):
            found |= request.of_each(self._cache, group)
        return tuple(found[i] for i in range(len(sources)))

    def stream(
        self,
        sources: Sequence[str],
        prompt: str,
        *,
        spec: SamplingSpec | None,
        seed: int,
        template: str = "",
    ) -> Generator[tuple[Column, ...]]:
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
        asking = PromptSettings(
            lambda encoder: encoder.prompt(prompt), spec or _greedy(), seed, template
        )
        return self._grow(sources, asking)

    def stream_chat(
        self,
        sources: Sequence[str],
        messages: Sequence[Message],
        *,
        spec: SamplingSpec | None,
        seed: int,
    ) -> Generator[tuple[Column, ...]]:
        """The next turn of a conversation by several models, as `stream`.

        A model without a chat template says so in its column.

        Args:
            messages: `role` (system, user or assistant) and `content` of each, the user's last.
        """
        _check_number(sources)
        asking = PromptSettings(lambda encoder: encoder.chat(messages), spec or _greedy(), seed, "")
        return self._grow(sources, asking)

    def has_chat(self, source: str) -> bool:
        """Whether a model has a chat template; it is not loaded for that.

        Raises:
            LetheError: No such model, or it has no tokenizer.
        """
        ref = find_ref(source, self._like)
        base = self._cache.find(ref)
        tokenizer = base.tokenizer if base else read_tokenizer(find_source(ref.spec), ref.spec)
        return bool(tokenizer.chat_template)

    def token_views(
        self, sources: Sequence[str], prompt: str, text: str, template: str = ""
    ) -> tuple[TokenView | str, ...]:
        """How likely each model finds each token of a text as an answer to a prompt.

        Models with tokenizers of their own cut the text in their own way.
        """
        return self._read(sources, template, lambda reader: reader.view(prompt, text))

    def next_tokens(
        self, sources: Sequence[str], prompt: str, prefix: str, k: int, template: str = ""
    ) -> tuple[tuple[NextToken, ...] | str, ...]:
        """The k likeliest next tokens after a prompt and the beginning of its answer.

        Args:
            prefix: As tokens of a `TokenView` add up; a space that belongs to the next word must
                not stand at its end.
        """
        return self._read(sources, template, lambda reader: reader.next_tokens(prompt, prefix, k))

    def true_rank(
        self, sources: Sequence[str], record: Record, template: str = ""
    ) -> tuple[TrueRank | str, ...]:
        """Where each model ranks the true answer among the record's wrong ones."""
        return self._read(sources, template, lambda reader: reader.true_rank(record))

    @contextmanager
    def reading(self, source: str, template: str = "") -> Iterator[tuple[Answering, Encoder]]:
        """A model and its encoder, for whoever looks at it otherwise than by its answers.

        No one else computes with the model inside. A rule that steers its answers is not in effect.

        Raises:
            LetheError: No such model.
        """
        ref = find_ref(source, self._like)
        with computing(self._cache, ref, template) as found:
            yield found

    def warm(self, source: str) -> None:
        """Load a model now, so that its first answer comes at once."""
        ref = find_ref(source, self._like)
        with self._cache.holding(ref) as base:
            base.weights(ref.adapter)

    def clear(self) -> None:
        """Forget every loaded model, so that a run has the memory."""
        self._cache.clear()

    def _grow(
        self, sources: Sequence[str], asking: PromptSettings
    ) -> Generator[tuple[Column, ...]]:
        # Found when the first token is asked for, so that nothing is held before.
        yield from grow(self._refs(sources), self._cache, asking)

    def _read(
        self, sources: Sequence[str], template: str, read: Callable[[Reader], Read]
    ) -> tuple[Read | str, ...]:
        """What each model reads, or why it cannot."""
        found: list[Read | str] = []
        for source in sources:
            try:
                ref = find_ref(source, self._like)
                with reading(self._cache, ref, template) as reader:
                    found.append(read(reader))
            except Exception as error:
                found.append(problem_of(error))
        return tuple(found)

    def _refs(self, sources: Sequence[str]) -> list[ModelRef | str]:
        """Where each model is, or why it cannot be asked."""
        refs: list[ModelRef | str] = []
        for source in sources:
            try:
                refs.append(find_ref(source, self._like))
            except Exception as error:
                refs.append(problem_of(error))
        return refs


def _check_number(sources: Sequence[str]) -> None:
    if not 1 <= len(sources) <= MOST_COLUMNS:
        raise InvalidInput(
            f"{len(sources)} models are to be compared, but 1 to {MOST_COLUMNS} can stand side by "
            "side. Choose as many."
        )


def _greedy() -> SamplingSpec:
    return SamplingSpec(temperature=0.0)
