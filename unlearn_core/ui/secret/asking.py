"""Asking the taught and the unlearned model, and attacking it, live; nothing of it is stored."""

import random
from collections.abc import Sequence
from typing import Any

from unlearn_core.data.bundled import bundled_corpus
from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput
from unlearn_core.metrics.leak import knows
from unlearn_core.settings.sampling import SamplingSpec
from unlearn_core.ui.forget.marking import first_wordings
from unlearn_core.ui.secret.facts import Secret
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.texts import secret as words

Json = dict[str, Any]

ORIGINAL = "bundled"
"""The model that was never told: what it gives is guessing."""
MOST_QUESTION = 300
NEW_TOKENS = 96
"""A long name of rare letters takes many tokens, and every answer repeats it."""
KEPT_ASKED = 20
SAMPLES = 20
ATTACKS = ("phrasings", "sampling", "prefilling")


def check(services: Services, secret: Secret, model: str) -> Json:
    """What a model says when simply asked, and in other words.

    Returns:
        `answers` (question, answer, gives) to each fact, and the counts `known` of `n`, `other`
        of `others`, `never` (of the model never told), and `still` of `kept` other facts.
    """
    first, other, kept = secret.asked_first(), secret.in_other_words(), _others()
    texts = greedy(services, model, [*first, *other, *kept])
    told = texts[: len(first)]
    return {
        "answers": [
            {"prompt": r.prompt, "text": text, "gives": knows(text, r), "fact": r.fact}
            for r, text in zip(first, told, strict=True)
        ],
        "n": len(first),
        "known": _count(first, told),
        "others": len(other),
        "other": _count(other, texts[len(first) : len(first) + len(other)]),
        "never": _count(first, greedy(services, ORIGINAL, first)),
        "kept": len(kept),
        "still": _count(kept, texts[len(first) + len(other) :]),
    }


def ask(services: Services, secret: Secret, question: str, models: Sequence[str]) -> list[Json]:
    """A person's own question to each model: the text, and whether it gives any fact.

    Raises:
        InvalidInput: Nothing was asked, or too much.
    """
    question = question.strip()
    if not question:
        raise InvalidInput(words.NOTHING_ASKED)
    if len(question) > MOST_QUESTION:
        raise InvalidInput(words.TOO_LONG.format(n=len(question), most=MOST_QUESTION))
    record = Record(id="own", prompt=question, answer="")
    texts = [greedy(services, model, [record])[0] for model in models]
    return [
        {"text": text, "gives": any(knows(text, fact) for fact in secret.asked_first())}
        for text in texts
    ]


def greedy(services: Services, model: str, records: Sequence[Record]) -> list[str]:
    """A model's most likely answer to each record."""
    prompts = [record.prompt for record in records]
    likeliest = SamplingSpec(temperature=0.0, max_new_tokens=NEW_TOKENS)
    rows = services.pool.answers(model, prompts, spec=likeliest, n=1, seed=0)
    return [row[0] for row in rows]


def attack(secret: Secret, model: str) -> Json:
    """Three attacks on a model, and the same on one that was never told.

    Returns:
        `attacks`: by name the facts `found`, those `never` told but found all the same, and the
        `texts` that give a fact away, one for each; `found` and `never` of `n` in any attack.
    """
    unlearned, original = (_facts_found(secret, source) for source in (model, ORIGINAL))
    rows = [
        {
            "name": name,
            "title": words.ATTACKS[name][0],
            "help": words.ATTACKS[name][1],
            "found": len(unlearned[name]),
            "never": len(original[name]),
            "texts": list(unlearned[name].values()),
        }
        for name in ATTACKS
    ]
    return {
        "attacks": rows,
        "n": len(secret.facts),
        "found": len({record for found in unlearned.values() for record in found}),
        "never": len({record for found in original.values() for record in found}),
    }


def _facts_found(secret: Secret, source: str) -> dict[str, dict[str, Json]]:
    """By attack and record: the first text that gives the fact away."""
    from unlearn_core.ui.shell.libraries import (
        Case,
        Material,
        attack_named,
        build_attack,
        target_of,
    )

    first = tuple(secret.asked_first())
    material = Material(first, tuple(secret.in_other_words()), (), (), ())
    case = Case(material, {}, 0, lambda share, shots: None)
    target = target_of(source)
    sampled = {"sampling": {"samples": SAMPLES}, "prefilling": {"samples": SAMPLES}}
    found: dict[str, dict[str, Json]] = {}
    for name in ATTACKS:
        given = {"max_new_tokens": NEW_TOKENS, **sampled.get(name, {})}
        built = build_attack(attack_named(name), "quick", **given)
        found[name] = {}
        for shot in built.run(target, case).shots:
            if shot.leaked:
                told = {"prompt": shot.prompt, "text": shot.text, "detail": shot.detail}
                found[name].setdefault(shot.record, told)
    return found


def _others() -> list[Record]:
    """Facts about other people, the same ones every time."""
    records = first_wordings(bundled_corpus("people"))
    return random.Random(0).sample(list(records), KEPT_ASKED)


def _count(records: Sequence[Record], texts: Sequence[str]) -> int:
    return sum(knows(text, record) for text, record in zip(texts, records, strict=True))
