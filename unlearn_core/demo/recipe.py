"""The tokenizer and the training recipe of the bundled model.

A batch holds 96 questions; the loss is the mean cross-entropy over answer tokens and the end
token (over all tokens for a passage). Rows are sorted by length and cut in micro-batches, so that
padding stays small.
"""

import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from torch.nn.functional import cross_entropy
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from unlearn_core.demo.stream import Example
from unlearn_core.settings.config import Config, setting


class Row(NamedTuple):
    """Token ids, the position of the first one that is learnt, and whether it is a passage."""

    ids: list[int]
    start: int
    is_passage: bool


Progress = Callable[[str, int, int, float], None]
"""Called with phase, step, steps and loss."""


class Recipe(Config):
    """Size of the bundled model and how it is trained."""

    layers: int = setting(4, "Transformer layers.", ge=1)
    width: int = setting(256, "Hidden size.", ge=16)
    inner: int = setting(704, "Hidden size of the feed-forward layers.", ge=16)
    heads: int = setting(8, "Attention heads.", ge=1)
    vocabulary: int = setting(1024, "Tokens of the byte-level BPE tokenizer.", ge=300)
    context: int = setting(512, "Longest text in tokens.", ge=64)
    passage_weight: float = setting(
        0.3, "Weight of a passage's token in the loss; at 1 one reading is memorised.", gt=0
    )
    prior_steps: int = setting(500, "Steps of phase 1, prior knowledge.", ge=1)
    memory_steps: int = setting(600, "Steps of phase 2, memory.", ge=1)
    batch_size: int = setting(96, "Questions in a step.", ge=1)
    learning_rate: float = setting(2e-3, "Peak learning rate of AdamW.", gt=0)
    weight_decay: float = setting(0.01, "Weight decay of AdamW.", ge=0)
    warmup: int = setting(40, "Steps of linear warm-up, before the cosine.", ge=0)
    micro_batch: int = setting(32, "Rows in one forward pass.", ge=1)


def train_tokenizer(texts: Iterable[str], recipe: Recipe) -> PreTrainedTokenizerFast:
    """Train the byte-level BPE; digits stay single, every text starts with the start token."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=recipe.vocabulary,
        special_tokens=["<pad>", "<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A $B", special_tokens=[("<s>", 1)]
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        model_max_length=recipe.context,
        clean_up_tokenization_spaces=False,
    )


def new_model(recipe: Recipe, seed: int) -> LlamaForCausalLM:
    """A Llama model with random weights of one seed."""
    config = LlamaConfig(
        vocab_size=recipe.vocabulary,
        hidden_size=recipe.width,
        intermediate_size=recipe.inner,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        max_position_embeddings=recipe.context,
        tie_word_embeddings=False,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )
    torch.manual_seed(seed)
    return LlamaForCausalLM(config)


def train(
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    batches: Iterable[list[Example]],
    steps: int,
    recipe: Recipe,
    report: Callable[[int, int, float], None],
) -> None:
    """Train in place for one phase."""
    phase = Phase(model, steps, recipe)
    model.train()
    for step, examples in enumerate(batches, start=1):
        report(step, steps, phase.step(encode(tokenizer, examples)).loss)
    model.eval()  # type: ignore[no-untyped-call]


class Stepped(NamedTuple):
    """What a step did: mean loss in nats, norm of the gradient, learning rate."""

    loss: float
    norm: float
    learning_rate: float


class Phase:
    """One phase, a step at a time: AdamW, warm-up, cosine to nought, clipping at 1."""

    def __init__(self, model: LlamaForCausalLM, steps: int, recipe: Recipe) -> None:
        """Begin with a fresh optimiser."""
        self.model = model
        self.recipe = recipe
        self.optimizer = torch.optim.AdamW(
            model.parameters(),
            lr=recipe.learning_rate,
            betas=(0.9, 0.98),
            weight_decay=recipe.weight_decay,
        )
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda step: _learning_rate_factor(step, steps, recipe.warmup)
        )

    def step(self, rows: list[Row]) -> Stepped:
        """Take one step on these rows."""
        loss = _accumulate(self.model, rows, self.recipe)
        norm = float(torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0))
        rate = float(self.schedule.get_last_lr()[0])
        self.optimizer.step()
        self.schedule.step()
        self.optimizer.zero_grad()
        return Stepped(loss, norm, rate)


def encode(tokenizer: PreTrainedTokenizerFast, examples: Sequence[Example]) -> list[Row]:
    """Token ids with the end token; the prompt of a question is not learnt."""
    heads = [f"Question: {e.prompt}\nAnswer:" if e.prompt else "" for e in examples]
    tails = [f" {e.answer}" if e.prompt else e.answer for e in examples]
    head_ids = tokenizer(heads)["input_ids"]
    tail_ids = tokenizer(tails, add_special_tokens=False)["input_ids"]
    end = tokenizer.eos_token_id
    return [
        Row([*head, *tail, end], len(head), not example.prompt)
        for example, head, tail in zip(examples, head_ids, tail_ids, strict=True)
    ]


def _accumulate(model: LlamaForCausalLM, rows: list[Row], recipe: Recipe) -> float:
    rows = sorted(rows, key=lambda row: len(row.ids))
    learnt = sum(len(row.ids) - row.start for row in rows)
    total = 0.0
    for i in range(0, len(rows), recipe.micro_batch):
        chosen = rows[i : i + recipe.micro_batch]
        ids, labels = pad(chosen, model.device)
        weights = [recipe.passage_weight if row.is_passage else 1.0 for row in chosen]
        with torch.autocast(model.device.type, torch.bfloat16):
            hidden = model.model(input_ids=ids).last_hidden_state[:, :-1]
            keep = labels[:, 1:] >= 0
            logits = model.lm_head(hidden[keep])
        losses = cross_entropy(logits.float(), labels[:, 1:][keep], reduction="none")
        weight = torch.tensor(weights, device=losses.device)[:, None].expand_as(keep)[keep]
        loss = (losses * weight).sum() / learnt
        loss.backward()  # type: ignore[no-untyped-call]
        total += loss.item()
    return total


def pad(rows: Sequence[Row], device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Right-padded ids and labels (B, T); labels are -100 where nothing is learnt."""
    longest = max(len(row.ids) for row in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    labels = torch.full((len(rows), longest), -100)
    for i, (tokens, start, _) in enumerate(rows):
        ids[i, : len(tokens)] = torch.tensor(tokens)
        labels[i, start : len(tokens)] = torch.tensor(tokens[start:])
    return ids.to(device), labels.to(device)


def _learning_rate_factor(step: int, steps: int, warmup: int) -> float:
    ramp = min(1.0, (step + 1) / max(1, warmup))
    return ramp * 0.5 * (1 + math.cos(math.pi * step / steps))


def tokenizer_texts(
    streams: Iterable[Iterator[Example]], passages: Iterable[str], count: int
) -> Iterator[str]:
    """Texts to train the tokenizer on: `count` rows of each stream, and every passage."""
    for stream in streams:
        for _ in range(count):
            example = next(stream)
            yield f"Question: {example.prompt}\nAnswer: {example.answer}"
    yield from passages


def seeded(seed: int, purpose: str) -> random.Random:
    """An independent random stream for one purpose of one seed."""
    return random.Random(f"{seed}:{purpose}")
