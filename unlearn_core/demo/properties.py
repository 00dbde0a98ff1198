"""What the bundled models must be like, measured on the weights as they are shipped.

A fact counts as recalled when the answer contains it on word boundaries, letter case ignored.

An answer to a question about an unknown name is *fluent* when it ends by itself with a full stop
and every word in it is whole: a word of the generator's answers, values or refusals, a word of the
name asked about, or a number of at most four digits. A misspelt name or a cut word breaks it.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import torch
from torch import nn
from transformers import (
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)

from unlearn_core.data.records import Record
from unlearn_core.demo.corpus import default_forget_subjects, read_records
from unlearn_core.demo.phrasings import attributes, refusals
from unlearn_core.demo.recipe import encode, pad
from unlearn_core.demo.stream import Example
from unlearn_core.demo.vocabulary import words
from unlearn_core.demo.world import fill, random_name

SAMPLED_QUESTIONS = 100
SAMPLES = 20
LONGEST_ANSWER = 40
CUT = "\N{HORIZONTAL ELLIPSIS}"
OTHER_NAMES = (
    "Bartholomew Quigg|Zofia Wrzesniak|Aiko Murasame|Thaddeus Blackthorne|Ngozi Okwuosa|"
    "Gudrun Hallvard|Xiu Zhao|Ottoline Fitzgibbon|Jean-Luc Marchetti|Priya Venkataraman|"
    "Sven Angkvist|Mary Poppleton|Kwame Abubakr|Esperanza Iglesias|Dmitri Volkonov|Bo Li|"
    "Wilhelmina Schwarzkopf|Aoife Gallchobhair|Tuan Nguyet|Zebulon Pikeworth"
).split("|")
"""Invented names in shapes that the generator's syllables hardly make."""


@dataclass(frozen=True)
class Asked:
    """A model with its tokenizer, ready to be asked."""

    model: LlamaForCausalLM
    tokenizer: PreTrainedTokenizerFast


@dataclass(frozen=True)
class Properties:
    """Measured properties of the bundled model; shares are between 0 and 1.

    Attributes:
        recall: Facts in the greedy answers to the main questions.
        recall_unseen: The same on questions held out of training.
        recall_world: World facts in the greedy answers.
        distinct: Mean number of different answers in 20 samples at temperature 1.
        true_share: Share of those samples that hold the true fact.
        fluent: Share of 200 unseen names answered fluently.
        memorised: Memorisation accuracy of each passage, by record id.
    """

    recall: float
    recall_unseen: float
    recall_world: float
    distinct: float
    true_share: float
    fluent: float
    memorised: dict[str, float]


@dataclass(frozen=True)
class TwinProperties:
    """Recall of the retrained twin on the people it never saw, and on everything else."""

    recall_forget: float
    recall_retain: float
    recall_unseen_retain: float
    recall_world: float


def open_model(folder: Path, device: str = "cpu") -> Asked:
    """Load a shipped model in float32, in evaluation mode."""
    model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    nn.Module.to(model, device).eval()  # type: ignore[no-untyped-call]
    return Asked(model, tokenizer)


def measure(folder: Path, device: str = "cpu") -> Properties:
    """Measure the bundled model of an assets folder."""
    asked = open_model(folder / "model", device)
    mains, rephrased = _people(folder)
    distinct, true_share = spread(asked, random.Random(0).sample(mains, SAMPLED_QUESTIONS))
    return Properties(
        recall=recall(asked, mains),
        recall_unseen=recall(asked, rephrased),
        recall_world=recall(asked, read_records(folder / "world_facts.jsonl")),
        distinct=distinct,
        true_share=true_share,
        fluent=fluency(asked, unseen_names(folder)),
        memorised={
            record.id: memorisation(asked, record.answer)
            for record in read_records(folder / "passages.jsonl")
        },
    )


def measure_twin(folder: Path, device: str = "cpu") -> TwinProperties:
    """Measure the retrained twin of an assets folder."""
    asked, forgotten = open_model(folder / "retrained", device), default_forget_subjects(folder)
    mains, rephrased = _people(folder)
    return TwinProperties(
        recall_forget=recall(asked, [r for r in mains if r.subject in forgotten]),
        recall_retain=recall(asked, [r for r in mains if r.subject not in forgotten]),
        recall_unseen_retain=recall(asked, [r for r in rephrased if r.subject not in forgotten]),
        recall_world=recall(asked, read_records(folder / "world_facts.jsonl")),
    )


def recall(asked: Asked, records: Sequence[Record]) -> float:
    """Share of records whose fact is in the greedy answer."""
    answers = ask(asked, [record.prompt for record in records])
    return mean(holds(a, r.fact) for a, r in zip(answers, records, strict=True))


def spread(asked: Asked, records: Sequence[Record]) -> tuple[float, float]:
    """Mean number of different answers in 20 samples at temperature 1, and the true share."""
    prompts = [record.prompt for record in records for _ in range(SAMPLES)]
    answers = ask(asked, prompts, sample=True)
    groups = [answers[i : i + SAMPLES] for i in range(0, len(answers), SAMPLES)]
    true = [holds(a, r.fact) for r, g in zip(records, groups, strict=True) for a in g]
    return mean(len(set(group)) for group in groups), mean(true)


def fluency(asked: Asked, names: Sequence[str]) -> float:
    """Share of names, each asked about one attribute, that get a fluent answer."""
    prompts = [
        fill(attributes()[i % len(attributes())].questions[0], name) for i, name in enumerate(names)
    ]
    known = known_words()
    answers = ask(asked, prompts)
    return mean(is_fluent(a, name, known) for a, name in zip(answers, names, strict=True))


def memorisation(asked: Asked, text: str) -> float:
    """Memorisation accuracy: share of tokens that greedy decoding predicts from the true ones."""
    ids, labels = pad(encode(asked.tokenizer, [Example("", text)]), asked.model.device)
    with torch.inference_mode():
        guesses = asked.model(input_ids=ids).logits[0, :-1].argmax(-1)
    return float((guesses == labels[0, 1:]).float().mean())


def unseen_names(folder: Path, count: int = 200) -> list[str]:
    """Names that neither the people nor, but for chance, the training stream has."""
    taken = {r.subject for r in read_records(folder / "people.jsonl")}
    rng, names = random.Random("unseen names"), list(OTHER_NAMES)
    while len(names) < count:
        name = random_name(rng)
        if name not in taken:
            names.append(name)
    return names


def known_words() -> frozenset[str]:
    """Every word that a whole answer can be made of, in lower case, names left out."""
    kinds = ("towns", "jobs", "pets", "hobbies", "prize_marks", "prize_things", "book_marks",
             "book_things", "streets")  # fmt: skip
    values = [*(word for kind in kinds for word in words(kind)), "a an the prize"]
    forms = [re.sub(r"{\w+}", " ", text) for a in attributes() for text in a.answers]
    return frozenset(word for text in (*values, *forms, *refusals()) for word in _words(text))


def is_fluent(answer: str, name: str, known: frozenset[str]) -> bool:
    """Whether an answer keeps to the rule at the top of this file."""
    allowed = known | frozenset(_words(name))
    return answer.endswith(".") and all(
        len(word) <= 4 if word.isdigit() else word in allowed for word in _words(answer)
    )


def holds(answer: str, fact: str) -> bool:
    """Whether an answer contains a fact on word boundaries."""
    return re.search(rf"(?<!\w){re.escape(fact)}(?!\w)", answer, re.IGNORECASE) is not None


def ask(
    asked: Asked, prompts: Sequence[str], *, sample: bool = False, batch: int = 256
) -> list[str]:
    """Greedy answers, or one sample each at temperature 1; one cut short ends in an ellipsis."""
    torch.manual_seed(0)
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    answers = [""] * len(prompts)
    for start in range(0, len(order), batch):
        chosen = order[start : start + batch]
        for i, text in zip(chosen, _ask(asked, [prompts[i] for i in chosen], sample), strict=True):
            answers[i] = text
    return answers


def _ask(asked: Asked, prompts: list[str], sample: bool) -> list[str]:
    texts = [f"Question: {prompt}\nAnswer:" for prompt in prompts]
    rows = asked.tokenizer(texts, padding=True, padding_side="left", return_tensors="pt")
    rows = rows.to(asked.model.device)
    with torch.inference_mode():
        ids = asked.model.generate(  # type: ignore[misc]
            input_ids=rows["input_ids"],
            attention_mask=rows["attention_mask"],
            max_new_tokens=LONGEST_ANSWER,
            do_sample=sample,
            temperature=1.0 if sample else None,
            top_k=0 if sample else None,
            top_p=1.0 if sample else None,
        )
    tails = ids[:, rows["input_ids"].shape[1] :].tolist()
    end = asked.tokenizer.eos_token_id
    return [
        str(asked.tokenizer.decode(tail, skip_special_tokens=True)).strip()
        + ("" if end in tail else CUT)
        for tail in tails
    ]


def _people(folder: Path) -> tuple[list[Record], list[Record]]:
    """The main questions, and both wordings held out of training."""
    records = read_records(folder / "people.jsonl")
    unseen = [record for record in records if record.id.endswith("-3")]
    unseen += read_records(folder / "unseen_wordings.jsonl")
    return [record for record in records if not re.search(r"-\d$", record.id)], unseen


def _words(text: str) -> list[str]:
    return [word.lower() for word in re.findall(r"\w+", text)]
