"""Many answers to many prompts, fast, and the same for a seed however the work is cut up.

What makes it fast (`benchmarks/sampling.py` compares it with `generate`): samples of a prompt are
one row until they differ, keys are written into memory taken once, top-k comes before top-p so
that only k tokens are sorted, a token costs one uniform number, and ended rows leave the batch.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
import torch
from torch import Tensor

from unlearn_core.errors import InvalidInput
from unlearn_core.models.side_by_side import SharedModel
from unlearn_core.sampling.cache import Answering, Decoding, attention_windows
from unlearn_core.sampling.onednn import packed
from unlearn_core.settings.sampling import SamplingSpec

MOST_ROWS = 512
"""Beyond some hundreds of rows a step takes as long as two steps of half the rows."""
NOT_A_NUMBER = -1
"""Stands for the next token of a model whose logits are no numbers any more."""
BROKEN = (
    "This model has broken down: what it computes are not numbers any more, so it cannot say "
    "anything. Choose an earlier checkpoint, or train with a lower learning rate."
)
MEMORY_SHARE = 0.25
"""Share of the free memory one batch of rows may take; the rest is for training."""


@dataclass(frozen=True)
class TreeSampler:
    """Samples from a model as it stands: its adapter, its weights at the time of the call.

    Attributes:
        model: A causal model, or one wrapped by an adapter. In evaluation mode while sampling,
            then as it was.
        eos_ids: Tokens that end an answer.
        pad_id: Token that fills the left of short prompts; never attended to.
        row_budget: Most rows at once; None derives it from free memory and the model's size. It
            changes speed and memory, not the answers.
        half_precision: Sample from weights rounded to bfloat16, put in place for the time of the
            call. Faster where the processor computes in bfloat16 (avx512_bf16, amx, GPUs).
    """

    model: Answering
    eos_ids: tuple[int, ...]
    pad_id: int
    row_budget: int | None = None
    half_precision: bool = False

    def sample(
        self,
        prompts: Sequence[Sequence[int]],
        n: int,
        spec: SamplingSpec,
        generator: torch.Generator,
    ) -> list[list[list[int]]]:
        """Draw `n` answers to each prompt.

        The random numbers are drawn first, for every prompt, sample and position in that order,
        so a seed gives the same answers whatever the row budget. At temperature 0 all `n` answers
        of a prompt are its greedy answer.

        Returns:
            Answers as [prompt][sample][token], without the end token.

        Raises:
            InvalidInput: If `n` is below 1, a prompt is empty, or the context is too short.
        """
        if n < 1:
            raise InvalidInput(f"n is {n}, but at least 1 answer must be drawn for each prompt.")
        if spec.temperature == 0:
            return [[list(one)] * n for one in self.greedy(prompts, spec.max_new_tokens)]
        shape = (len(prompts) * n, spec.max_new_tokens)
        uniforms = 1 - torch.rand(shape, generator=generator, device=generator.device)
        rows = self._answers([p for p in prompts for _ in range(n)], spec, uniforms)
        return [rows[start : start + n] for start in range(0, len(rows), n)]

    def sample_each(
        self,
        prompts: Sequence[Sequence[int]],
        n: int,
        spec: SamplingSpec,
        generator: torch.Generator,
    ) -> list[list[list[list[int]]]]:
        """As `sample`, by every model of a `SharedModel`, each with the same random numbers.

        Returns:
            Answers as [model][prompt][sample][token].
        """
        assert isinstance(self.model, SharedModel)
        count = self.model.count
        # At temperature 0 one answer stands for all.
        drawn = n if spec.temperature else 1
        uniforms = None
        if spec.temperature:
            shape = (len(prompts) * n, spec.max_new_tokens)
            numbers = 1 - torch.rand(shape, generator=generator, device=generator.device)
            uniforms = numbers.repeat(count, 1)
        rows = [prompt for prompt in prompts for _ in range(drawn)]
        owners = [model for model in range(count) for _ in rows]
        found = iter(self._answers(rows * count, spec, uniforms, owners))
        return [
            [
                [next(found) for _ in range(drawn)] * (n // drawn)
                for _ in prompts
            ]
            for _ in range(count)
        ]  # fmt: skip

    def greedy(self, prompts: Sequence[Sequence[int]], max_new_tokens: int) -> list[list[int]]:
        """The most likely answer to each prompt, token by token, without the end token.

        Raises:
            InvalidInput: If a prompt is empty or the context is too short.
        """
        return self._answers(prompts, _greedy_spec(max_new_tokens), None)

    @torch.no_grad()
    def _answers(
        self,
        prompts: Sequence[Sequence[int]],
        spec: SamplingSpec,
        uniforms: Tensor | None,
        owners: Sequence[int] | None = None,
    ) -> list[list[int]]:
        """One answer for each row; equal prompts share a prefill within a batch."""
        owners = owners or [0] * len(prompts)
        _check(self.model, prompts, spec.max_new_tokens)
        answers: list[list[int]] = [[] for _ in prompts]
        with (
            _evaluating(self.model),
            _in_half(self.model, self.half_precision),
            packed(self.model),
        ):
            for chunk in self._chunks(prompts, spec.max_new_tokens):
                drawn = None if uniforms is None else uniforms[chunk]
                asked = [(owners[row], tuple(prompts[row])) for row in chunk]
                tokens = self._decode(asked, spec, drawn)
                for row, answer in zip(chunk, tokens.tolist(), strict=True):
                    answers[row] = _until_end(answer, self.eos_ids)
        return answers

    def _chunks(self, prompts: Sequence[Sequence[int]], new_tokens: int) -> Iterator[list[int]]:
        """Rows cut into batches, short prompts first, equal prompts side by side."""
        order = sorted(range(len(prompts)), key=lambda row: (len(prompts[row]), *prompts[row]))
        padding_allowed = bool(attention_windows(self.model))
        longest = max((len(prompt) for prompt in prompts), default=0)
        budget = self.row_budget or row_budget(self.model, longest + new_tokens)
        chunk: list[int] = []
        for row in order:
            same_length = not chunk or len(prompts[row]) == len(prompts[chunk[0]])
            if len(chunk) == budget or not (same_length or padding_allowed):
                yield chunk
                chunk = []
            chunk.append(row)
        if chunk:
            yield chunk

    def _decode(
        self, asked: list[tuple[int, tuple[int, ...]]], spec: SamplingSpec, uniforms: Tensor | None
    ) -> Tensor:
        """(S, max_new_tokens) tokens of each sample, -1 behind its end token.

        A sample is asked of a model (0 but for a `SharedModel`), with a prompt.
        """
        device = self.model.device
        distinct = {one: i for i, one in enumerate(dict.fromkeys(asked))}
        rows = torch.tensor([distinct[one] for one in asked], device=device)
        uniforms = uniforms if uniforms is None else uniforms.to(device)
        ends = torch.tensor(self.eos_ids, dtype=torch.long, device=device)
        answers = rows.new_full((len(rows), spec.max_new_tokens), -1)
        live = torch.arange(len(rows), device=device)

        decoding = Decoding(self.model, self.pad_id)
        owners, prompts = zip(*distinct, strict=True)
        logits = decoding.start(prompts, len(asked), spec.max_new_tokens, owners)
        for step in range(spec.max_new_tokens):
            drawn = None if uniforms is None else uniforms[live, step]
            tokens = choose(logits, spec, drawn, rows)
            answers[live, step] = tokens
            going = ~torch.isin(tokens, ends)
            live, rows, tokens = live[going], rows[going], tokens[going]
            if len(live) == 0 or step + 1 == spec.max_new_tokens:
                break
            logits, rows = decoding.advance(rows, tokens)
        return answers


@torch.no_grad()
def stream_each(
    model: Answering,
    prompts: Sequence[Sequence[int]],
    spec: SamplingSpec | None,
    eos_ids: Sequence[int],
    generator: torch.Generator,
) -> Iterator[tuple[int | None, ...]]:
    """Yield one answer of each model, a token each at a time.

    Args:
        model: In evaluation mode until the iterator is exhausted or closed.
        prompts: One for each model of a `SharedModel`; one only of any other.
        spec: None means greedy, with the default length.
        eos_ids: Tokens that end an answer.
        generator: Every model is given the same random numbers, those of a model alone: with one
            seed, the tokens equal those of `CachedSampler.sample` with n = 1.

    Yields:
        The next token of each, None once it has ended, `NOT_A_NUMBER` where it broke down.

    Raises:
        InvalidInput: If a prompt is empty or the context is too short.
    """
    spec = spec or SamplingSpec(temperature=0.0)
    _check(model, prompts, spec.max_new_tokens)
    shape = (1, spec.max_new_tokens)
    uniforms = 1 - torch.rand(shape, generator=generator, device=generator.device)
    uniforms = uniforms.to(model.device)
    live = list(range(len(prompts)))
    with _evaluating(model):
        decoding = Decoding(model, pad_id=0)
        rows = torch.arange(len(prompts), device=model.device)
        logits = decoding.start(prompts, len(prompts), spec.max_new_tokens, live)
        for step in range(spec.max_new_tokens):
            chosen = choose(logits.nan_to_num(), spec, uniforms[:, step].expand(len(rows)), rows)
            broken = logits.isnan().any(dim=-1)[rows]
            tokens = chosen.masked_fill(broken, NOT_A_NUMBER).tolist()
            going = [token not in eos_ids for token in tokens]
            said = {i: token for i, token, goes in zip(live, tokens, going, strict=True) if goes}
            if not said:
                return
            yield tuple(said.get(i) for i in range(len(prompts)))
            going = [goes and token >= 0 for goes, token in zip(going, tokens, strict=True)]
            live = [i for i, goes in zip(live, going, strict=True) if goes]
            if not live or step + 1 == spec.max_new_tokens:
                return
            kept_rows = torch.tensor(going, device=rows.device)
            logits, rows = decoding.advance(rows[kept_rows], chosen[kept_rows])


def choose(logits: Tensor, spec: SamplingSpec, uniforms: Tensor | None, rows: Tensor) -> Tensor:
    """A token for each sample: the inverse of the cumulative distribution at a uniform number.

    Top-k, top-p and their order are those of the transformers library (which keeps all tokens
    tied with the k-th; here exactly k are kept).

    Args:
        logits: (R, V).
        spec: Temperature 0 takes the most likely token.
        uniforms: (S,) in (0, 1]; not needed at temperature 0.
        rows: (S,) the row of the logits each sample draws from.

    Returns:
        (S,) token ids.
    """
    if spec.temperature == 0 or uniforms is None:
        return logits.argmax(dim=-1)[rows]
    probabilities, ids = kept(logits, spec)
    cumulative = probabilities.cumsum(dim=-1)[rows]
    # A target in (0, total] can fall neither behind the last token nor on one of probability 0.
    targets = uniforms[:, None].to(cumulative.dtype) * cumulative[:, -1:]
    index = torch.searchsorted(cumulative, targets).squeeze(1)
    return index if ids is None else ids[rows, index]


def kept(logits: Tensor, spec: SamplingSpec) -> tuple[Tensor, Tensor | None]:
    """Probabilities (R, K), not normalised, of the tokens that may be drawn, and their ids.

    Ids are None where K is the whole vocabulary in its own order.
    """
    # float16 and bfloat16 would round the tail of the cumulative sum away.
    scores = logits.to(torch.promote_types(logits.dtype, torch.float32)) / spec.temperature
    if not spec.top_k and spec.top_p == 1:
        return scores.softmax(dim=-1), None
    size = scores.shape[-1]
    scores, ids = scores.topk(min(spec.top_k or size, size), dim=-1)
    probabilities = scores.softmax(dim=-1)
    before = probabilities.cumsum(dim=-1) - probabilities
    return probabilities.where(before < spec.top_p, 0.0), ids


def row_budget(model: Answering, length: int) -> int:
    """Rows of `length` tokens that fit into a quarter of the free memory, 1 to `MOST_ROWS`."""
    config = model.config.get_text_config(decoder=True)
    # At most: grouped heads store less.
    keys_and_values = 2 * config.num_hidden_layers * config.hidden_size * length
    # Reading the prompt holds about this many numbers a token in the widest layer.
    activations = 16 * config.hidden_size * length
    row_bytes = (keys_and_values + activations) * model.dtype.itemsize
    # Logits, their float32 copy, and the sorted and summed probabilities.
    row_bytes += 4 * 4 * config.vocab_size
    rows = int(MEMORY_SHARE * _free_memory(model.device) / row_bytes)
    return max(1, min(MOST_ROWS, rows))


def _free_memory(device: torch.device) -> int:
    """Free memory in bytes where the rows will live."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return int(psutil.virtual_memory().available)


def _greedy_spec(max_new_tokens: int) -> SamplingSpec:
    return SamplingSpec(temperature=0.0, max_new_tokens=max_new_tokens)


def _check(model: Answering, prompts: Sequence[Sequence[int]], new_tokens: int) -> None:
    config = model.config.get_text_config(decoder=True)
    # Models without a longest position, such as state-space models, do not have the field.
    context = getattr(config, "max_position_embeddings", None)
    for number, prompt in enumerate(prompts, start=1):
        if not prompt:
            raise InvalidInput(
                f"Prompt {number} of {len(prompts)} has no tokens; give it at least one, such as "
                "the tokenizer's start token."
            )
        if context and len(prompt) + new_tokens > context:
            room = max(0, context - len(prompt))
            raise InvalidInput(
                f"Prompt {number} has {len(prompt)} tokens and {new_tokens} new ones are asked "
                f"for, but the model's context holds {context}; shorten the prompt, or ask for at "
                f"most {room} new tokens."
            )


def _until_end(tokens: list[int], eos_ids: tuple[int, ...]) -> list[int]:
    ends = {-1, *eos_ids}
    length = next((i for i, token in enumerate(tokens) if token in ends), len(tokens))
    return tokens[:length]


@contextmanager
def _evaluating(model: Answering) -> Iterator[None]:
    """Evaluation mode, then each module's own mode again."""
    training = [module for module in model.modules() if module.training]
    model.train(False)
    try:
        yield
    finally:
        for module in training:
            module.training = True


@contextmanager
def _in_half(model: Answering, wanted: bool) -> Iterator[None]:
    """Float32 weights rounded to bfloat16, then the very same float32 weights again.

    The parameters stay the same objects, so optimisers, tied weights and adapters that are
    switched on or off need no second copy to be kept in step.
    """
    full = [p for p in model.parameters() if wanted and p.dtype == torch.float32]
    kept_aside = [p.data for p in full]
    try:
        for parameter in full:
            parameter.data = parameter.data.to(torch.bfloat16)
        yield
    finally:
        for parameter, data in zip(full, kept_aside, strict=True):
            parameter.data = data
