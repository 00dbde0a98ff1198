"""Prompts and answers as token ids: the form of a prompt, and where an answer begins."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from unlearn_core.data.batches import Batch, EncodedPair, collate
from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

DEFAULT_TEMPLATE = "Question: {prompt}\nAnswer: {answer}"
"""The form of TOFU, used where the tokenizer has no chat template."""

Message = Mapping[str, str]
"""`role` and `content` of one turn of a conversation."""
ROLES = ("system", "user", "assistant")

_CACHE_LIMIT = 100_000


@dataclass(frozen=True)
class Preface:
    """What stands before every question, in the prompt only.

    Attributes:
        instruction: Plain words.
        examples: Questions with answers, in the form of any other.
    """

    instruction: str = ""
    examples: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Encoder:
    """Turns prompts and answers into token ids and back. Built by `make_encoder`.

    Attributes:
        template: Text with `{prompt}` and `{answer}`; empty where the chat template is used.
        max_length: Longest row in tokens; a longer answer is cut, a longer prompt refused.
        eos_ids: Tokens that end an answer; the first is the one that is learnt.
        pad_id: Filler of short rows; masked everywhere, so it may equal the end token.
        preface: What every question is preceded by; nothing as a rule.
    """

    tokenizer: "PreTrainedTokenizerBase"
    template: str
    max_length: int
    eos_ids: tuple[int, ...]
    pad_id: int
    preface: Preface = Preface()
    _cache: dict[tuple[str, str], EncodedPair] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def prompt(self, prompt: str) -> list[int]:
        """Ids to generate an answer from, with special tokens as the tokenizer adds them.

        An empty prompt gives the token that starts a text, so that there is something to go on
        from.

        Raises:
            InvalidInput: The prompt fills the whole row.
        """
        ids = self._prompt_ids(prompt)
        self._check_room(prompt, len(ids))
        return ids

    def begun(self, prompt: str, opening: str) -> list[int]:
        """Ids to go on from where the answer has already begun with these words.

        They are the beginning of `pair(prompt, answer)` for an answer that goes on with a space.

        Raises:
            InvalidInput: Prompt and opening fill the whole row.
        """
        head = self._prompt_ids(prompt)
        if not opening.strip():
            begun = head
        elif prompt:
            begun = [*head, *self._answer_ids(prompt, opening.rstrip(), head)]
        else:
            begun = self.text(opening.rstrip())
        self._check_room(f"{prompt} {opening}", len(begun))
        return begun

    def answered(self, prompt: str, text: str) -> tuple[list[int], list[int]]:
        """Ids of a prompt, and of a text that follows as its answer, without its end.

        Raises:
            InvalidInput: Both together fill the whole row.
        """
        head = self._prompt_ids(prompt)
        if prompt or not text:
            tail = self._answer_ids(prompt, text, head) if text else []
        else:
            tail = self.text(text)
            # What starts a text is the prompt already.
            tail = tail[len(head) :] if tail[: len(head)] == head else tail
        self._check_room(f"{prompt} {text}", len(head) + len(tail))
        return head, tail

    def chat(self, messages: Sequence[Message]) -> list[int]:
        """Ids to generate the assistant's next turn from.

        Args:
            messages: `role` (system, user or assistant) and `content` of each; the user's last.

        Raises:
            InvalidInput: The model has no chat template, the messages are no conversation that
                waits for an answer, or they fill the whole row.
        """
        if self.template:
            raise InvalidInput(
                "This model has no chat template, so it cannot hold a conversation. Ask it single "
                "questions, or choose a model that was made for chat."
            )
        turns = [_turn(message) for message in messages]
        if not turns or turns[-1]["role"] != "user" or not turns[-1]["content"].strip():
            raise InvalidInput(
                "There is nothing to answer: the last message of the conversation must be the "
                "person's, and not empty."
            )
        ids = self._plain(_rendered(self.tokenizer, _after(self.preface, turns)))
        self._check_room(turns[-1]["content"], len(ids))
        return ids

    def text(self, text: str) -> list[int]:
        """Ids of a plain text (a passage or its beginning), without template or end token."""
        ids = list(self.tokenizer(text)["input_ids"])
        # A tokenizer that appends an end token would end the prompt before it is answered.
        while ids and ids[-1] in self.eos_ids:
            ids.pop()
        return ids

    def pair(self, prompt: str, answer: str) -> EncodedPair:
        """Ids of a prompt with an answer, or of a passage (`prompt` empty).

        The answer's ids follow those of `prompt(prompt)`, so what is trained is what generation
        goes on with. The end token is learnt, once.

        Raises:
            InvalidInput: The prompt alone fills the whole row.
        """
        key = (prompt, answer)
        encoded = self._cache.get(key)
        if encoded is None:
            if len(self._cache) >= _CACHE_LIMIT:
                self._cache.clear()
            encoded = self._cache[key] = self._encode(prompt, answer)
        return encoded

    def batch(self, pairs: Sequence[tuple[str, str]], record_ids: Sequence[str] = ()) -> Batch:
        """Encode (prompt, answer) pairs as one batch, padded to its longest row."""
        rows = [self.pair(prompt, answer) for prompt, answer in pairs]
        return collate(rows, self.pad_id, record_ids)

    def decode(self, ids: Sequence[int]) -> str:
        """The answer as text, without special tokens and surrounding space."""
        text = self.tokenizer.decode(list(ids), skip_special_tokens=True)
        return str(text).strip()

    def _encode(self, prompt: str, answer: str) -> EncodedPair:
        if prompt:
            head = self._prompt_ids(prompt)
            self._check_room(prompt, len(head))
            tail = self.template.partition("{answer}")[2]
            ids = [*head, *self._answer_ids(prompt, answer + tail, head), self.eos_ids[0]]
            n_prompt = len(head)
        else:
            ids, n_prompt = [*self.text(answer), self.eos_ids[0]], 1
        return EncodedPair(tuple(ids[: self.max_length]), n_prompt, len(ids) > self.max_length)

    def _prompt_ids(self, prompt: str) -> list[int]:
        if not prompt:
            start = self.tokenizer.bos_token_id
            return self.text("") or [self.eos_ids[0] if start is None else int(start)]
        if not self.template:
            return self._plain(_chat_text(self.tokenizer, prompt, self.preface))
        return self.text(self._head(prompt).rstrip())

    def _answer_ids(self, prompt: str, answer: str, head: list[int]) -> list[int]:
        if not self.template:
            return self._plain(answer)
        before = self._head(prompt)
        full = self.text(before + answer)
        if full[: len(head)] == head:
            return full[len(head) :]
        # A token would span the boundary; generation starts at it, so both parts stand alone.
        return self._plain(before[len(before.rstrip()) :] + answer)

    def _head(self, prompt: str) -> str:
        head, _, tail = self.template.partition("{answer}")
        shown = [
            f"{head.replace('{prompt}', question)}{answer}{tail}"
            for question, answer in self.preface.examples
        ]
        parts = [self.preface.instruction, *shown, head.replace("{prompt}", prompt)]
        return "\n\n".join(part for part in parts if part)

    def _plain(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def _check_room(self, prompt: str, length: int) -> None:
        if length >= self.max_length:
            raise InvalidInput(
                f"The prompt '{_shorten(prompt)}' has {length:,} tokens, but a row holds at most "
                f"{self.max_length:,} with the answer. Shorten it or raise the longest row."
            )


def make_encoder(
    tokenizer: "PreTrainedTokenizerBase",
    template: str = "",
    max_length: int = 512,
    preface: Preface | None = None,
) -> Encoder:
    r"""Build the encoder of a tokenizer.

    Args:
        tokenizer: Of the model.
        template: Text with `{prompt}` and `{answer}`, the answer last (`\n` typed as two characters
            is a line break); empty takes the tokenizer's chat template, or the TOFU form where it
            has none.
        max_length: Longest row: the smaller of the setting and the model's context.
        preface: What every question is preceded by.

    Raises:
        InvalidInput: The template lacks a part, or the tokenizer has no end token.
    """
    if tokenizer.eos_token_id is None:
        raise InvalidInput(
            "The tokenizer has no end token, so the end of an answer cannot be learnt. "
            "Set `eos_token` in its tokenizer_config.json."
        )
    chat = not template and bool(tokenizer.chat_template)
    ends = [_chat_end(tokenizer)] if chat else []
    eos_ids = tuple(dict.fromkeys([*ends, int(tokenizer.eos_token_id)]))
    pad = tokenizer.pad_token_id
    return Encoder(
        tokenizer=tokenizer,
        template="" if chat else check_template(template or DEFAULT_TEMPLATE),
        max_length=max_length,
        eos_ids=eos_ids,
        pad_id=eos_ids[-1] if pad is None else int(pad),
        preface=preface or Preface(),
    )


def check_template(template: str) -> str:
    r"""The template with typed `\n` as line breaks.

    Raises:
        InvalidInput: `{prompt}` or `{answer}` is missing, repeated, or in the wrong order.
    """
    template = template.replace("\\n", "\n")
    if re.findall(r"\{prompt\}|\{answer\}", template) != ["{prompt}", "{answer}"]:
        raise InvalidInput(
            f"The template {_shorten(template)!r} must contain {{prompt}} once and, after it, "
            f"{{answer}} once, as in {DEFAULT_TEMPLATE!r}."
        )
    return template


def count_truncated(encoder: Encoder, records: Sequence[Record]) -> int:
    """How many records lose the tail of their answer.

    Raises:
        InvalidInput: Names the first record whose prompt alone is too long.
    """
    cut = 0
    for record in records:
        try:
            cut += encoder.pair(record.prompt, record.answer).truncated
        except InvalidInput as error:
            raise InvalidInput(f"Record {record.id}: {error}") from error
    return cut


def _chat_text(
    tokenizer: "PreTrainedTokenizerBase",
    prompt: str,
    preface: Preface = Preface(),
    answer: str | None = None,
) -> str:
    turns = [{"role": "user", "content": prompt}]
    if answer is not None:
        turns.append({"role": "assistant", "content": answer})
    return _rendered(tokenizer, _after(preface, turns))


def _after(preface: Preface, turns: Sequence[Message]) -> list[Message]:
    """A conversation with what stands before every question."""
    shown = [
        {"role": role, "content": text}
        for example in preface.examples
        for role, text in zip(("user", "assistant"), example, strict=True)
    ]
    begins = 1 if turns[0]["role"] == "system" else 0
    every = [*turns[:begins], *shown, *turns[begins:]]
    if preface.instruction:
        # Not every template takes a system turn.
        first = next(i for i, turn in enumerate(every) if turn["role"] == "user")
        begun = f"{preface.instruction}\n\n{every[first]['content']}"
        every[first] = {"role": "user", "content": begun}
    return every


def _rendered(tokenizer: "PreTrainedTokenizerBase", turns: list[Message]) -> str:
    # Reasoning models would open a thinking part before the answer; templates without the
    # switch ignore it.
    text = tokenizer.apply_chat_template(
        [dict(turn) for turn in turns],
        tokenize=False,
        add_generation_prompt=turns[-1]["role"] == "user",
        enable_thinking=False,
    )
    return str(text)


def _turn(message: Message) -> Message:
    role, content = message.get("role"), message.get("content")
    if role not in ROLES or not isinstance(content, str):
        raise InvalidInput(
            f"A message has the role {role!r}; each must have one of {', '.join(ROLES)} and a text "
            "as content."
        )
    return {"role": role, "content": content}


def _chat_end(tokenizer: "PreTrainedTokenizerBase") -> int:
    """The token that ends the assistant's turn: the first special one after the answer."""
    mark = "answer-ends-here"
    tail = _chat_text(tokenizer, "x", answer=mark).rpartition(mark)[2]
    special = set(tokenizer.all_special_ids) | set(tokenizer.added_tokens_decoder)
    ids = tokenizer(tail, add_special_tokens=False)["input_ids"]
    return int(next((i for i in ids if i in special), tokenizer.eos_token_id))


def _shorten(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
