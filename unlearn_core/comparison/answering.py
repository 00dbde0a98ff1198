"""Columns that grow: those on one base a token each in one batch, the others in turn."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import torch

from unlearn_core.comparison.located_models import ModelRef
from unlearn_core.comparison.model_cache import Base, ModelCache
from unlearn_core.comparison.problems import NoRoom, problem_of
from unlearn_core.data.encoder import Encoder
from unlearn_core.errors import InvalidInput, LetheError
from unlearn_core.models.side_by_side import Weights
from unlearn_core.models.steering import steer
from unlearn_core.sampling.cache import Answering
from unlearn_core.sampling.tree import BROKEN, NOT_A_NUMBER, stream_each
from unlearn_core.settings.sampling import SamplingSpec

MOST_COLUMNS = 6
HALF_A_CHARACTER = "\ufffd"
Encoded = TypeVar("Encoded")


@dataclass(frozen=True)
class Column:
    """What one model has said so far.

    Attributes:
        text: The answer so far.
        finished: Nothing more will come.
        problem: One or two sentences on why the model cannot answer; empty where it can.
    """

    text: str = ""
    finished: bool = False
    problem: str = ""

    def failed(self, problem: str) -> "Column":
        """This column, which goes no further."""
        return replace(self, finished=True, problem=problem)


@dataclass(frozen=True)
class PromptSettings:
    """How every column is asked.

    Attributes:
        ids: Token ids of what is asked, by a model's encoder.
        template: As in `DataSpec`.
    """

    ids: Callable[[Encoder], list[int]]
    spec: SamplingSpec
    seed: int
    template: str


@dataclass
class _Turn:
    """Columns on one base that advance together.

    Attributes:
        members: Their places among all columns.
        tokens: The next token of each.
        said: Tokens of each so far.
        in_effect: The model is theirs inside, for one token at a time.
        leave: Gives back what is held for them.
    """

    members: list[int]
    encoder: Encoder
    tokens: Iterator[tuple[int | None, ...]]
    said: list[list[int]]
    in_effect: Callable[[], AbstractContextManager[object]]
    leave: ExitStack

    def advance(self, columns: list[Column]) -> bool:
        """Add a token to each column; whether there are more to come."""
        try:
            with self.in_effect():
                tokens = next(self.tokens, None)
        except Exception as error:
            _fail(columns, self.members, error)
            tokens = None
        for at, i in enumerate(self.members):
            if not columns[i].finished:
                columns[i] = self._longer(columns[i], at, tokens[at] if tokens else None)
        if tokens is None:
            self.leave.close()
        return tokens is not None

    def _longer(self, column: Column, at: int, token: int | None) -> Column:
        if token == NOT_A_NUMBER:
            return column.failed(BROKEN)
        if token is not None:
            self.said[at].append(token)
        text = self.encoder.decode(self.said[at])
        if token is None:
            return Column(text, finished=True)
        return Column(text.rstrip(HALF_A_CHARACTER))


def grow(
    refs: Sequence[ModelRef | str], cache: ModelCache, asking: PromptSettings
) -> Generator[tuple[Column, ...]]:
    """The columns so far, whenever each of them has grown by a token.

    Columns that find no room in memory wait until others of this comparison have ended.

    Args:
        places: Where each model is, or why it cannot be asked.
    """
    columns = [Column().failed(p) if isinstance(p, str) else Column() for p in refs]
    waiting = {i: ref for i, ref in enumerate(refs) if isinstance(ref, ModelRef)}
    turns: list[_Turn] = []
    with ExitStack() as leaving:
        while True:
            turns.extend(_open_turns(waiting, bool(turns), cache, asking, columns, leaving))
            turns = [turn for turn in turns if turn.advance(columns)]
            yield tuple(columns)
            if not turns and not waiting:
                return


def grouped(refs: Mapping[int, ModelRef]) -> list[dict[int, ModelRef]]:
    """Those that can be computed in one batch: adapters of one base, unless one steers."""
    groups: dict[object, dict[int, ModelRef]] = {}
    for i, ref in refs.items():
        groups.setdefault((ref.key, i if ref.steering else None), {})[i] = ref
    return list(groups.values())


def encoded(encoder: Encoder, ids: Callable[[Encoder], Encoded]) -> Encoded:
    """What is asked as token ids.

    Raises:
        InvalidInput: It is too long, or the tokenizer has no tokens for it.
    """
    try:
        return ids(encoder)
    except LetheError:
        raise
    except Exception as error:
        # Tokenizers raise whatever they like, even plain `Exception`.
        raise InvalidInput(
            f"This model's tokenizer cannot encode the text ({error}). Write it in characters "
            "that the model knows."
        ) from error


def _open_turns(
    waiting: dict[int, ModelRef],
    others: bool,
    cache: ModelCache,
    asking: PromptSettings,
    columns: list[Column],
    leaving: ExitStack,
) -> Iterator[_Turn]:
    """Begin with all columns that there is room for; those that others make room for wait."""
    for group in grouped(waiting):
        try:
            turn = _open(group, cache, asking, columns)
        except NoRoom as error:
            if others:
                continue
            _fail(columns, group, error)
        except Exception as error:
            _fail(columns, group, error)
        else:
            others = True
            leaving.callback(turn.leave.close)
            yield turn
        for i in group:
            del waiting[i]


def _open(
    group: Mapping[int, ModelRef], cache: ModelCache, asking: PromptSettings, columns: list[Column]
) -> _Turn:
    first = next(iter(group.values()))
    with ExitStack() as holding:
        base = holding.enter_context(cache.holding(first))
        encoder = base.encoder(first, asking.template)
        ids = encoded(encoder, asking.ids)
        model: Answering
        in_effect: Callable[[], AbstractContextManager[object]]
        if first.steering and first.adapter:
            members = list(group)
            inner = holding.enter_context(base.holding(first.adapter))
            model, in_effect = steer(inner, first.steering), partial(base.active, first.adapter)
        else:
            weights = _weights(base, group, columns)
            members = list(weights)
            model, in_effect = base.shared(list(weights.values())), base.computing
        generator = torch.Generator().manual_seed(asking.seed)
        prompts = [ids] * len(members)
        tokens = (
            stream_each(model, prompts, asking.spec, encoder.eos_ids, generator)
            if members
            else iter(())
        )
        said: list[list[int]] = [[] for _ in members]
        return _Turn(members, encoder, tokens, said, in_effect, holding.pop_all())


def _weights(
    base: Base, group: Mapping[int, ModelRef], columns: list[Column]
) -> dict[int, Weights]:
    """The adapter of each column whose adapter can be used."""
    weights = {}
    for i, ref in group.items():
        try:
            weights[i] = base.weights(ref.adapter)
        except Exception as error:
            _fail(columns, [i], error)
    return weights


def _fail(columns: list[Column], members: Iterable[int], error: Exception) -> None:
    problem = problem_of(error)
    for i in members:
        columns[i] = columns[i].failed(problem)
