"""Readings of many records at once against one record at a time."""

import math

import pytest
import torch

from tests.helpers.jobs import FORGET, make_context
from unlearn_core.data.records import Record
from unlearn_core.evaluation import readings as measuring
from unlearn_core.evaluation.evaluator import Evaluator
from unlearn_core.evaluation.readings import likelihoods, read_records, with_plainness

RICH = tuple(
    record.model_copy(
        update={
            "perturbed": (f"dog {i}", f"a very old horse {i}"),
            "paraphrases": (f"it is a cat {i}",),
        }
    )
    for i, record in enumerate(FORGET)
)
PASSAGE = Record(id="p", prompt="", answer="one two three four five six")


def evaluator() -> Evaluator:
    context = make_context()
    return Evaluator(context.model, context.encoder, context.sampler, context.device, 8)


def slow(made: Evaluator, prompt: str, answer: str) -> list[tuple[float, bool, float]]:
    """Log-probability, first choice and Min-K++ value of each token, one forward pass each."""
    row = made.encoder.pair(prompt, answer)
    found = []
    for place in range(row.n_prompt, len(row.ids)):
        with torch.no_grad():
            logits = made.model(torch.tensor([row.ids[:place]])).logits[0, -1].double()
        log_probs, token = logits.log_softmax(-1), row.ids[place]
        probs = log_probs.exp()
        mean = float((probs * log_probs).sum())
        deviation = math.sqrt(float((probs * (log_probs - mean) ** 2).sum()))
        own = float(log_probs[token])
        found.append((own, int(logits.argmax()) == token, (own - mean) / deviation))
    return found


def mean(made: Evaluator, prompt: str, answer: str) -> float:
    values = [one[0] for one in slow(made, prompt, answer)]
    return sum(values) / len(values)


def test_a_reading_is_what_one_pass_after_another_says() -> None:
    made = evaluator()
    readings = read_records(made, RICH)
    for record, reading in zip(RICH, readings, strict=True):
        expected = slow(made, record.prompt, record.answer)
        assert reading.log_probs == pytest.approx([one[0] for one in expected], abs=1e-4)
        assert list(reading.right) == [one[1] for one in expected[:-1]]  # without the end token
        assert reading.standardised == pytest.approx([one[2] for one in expected], rel=1e-2)
        assert reading.perturbed == pytest.approx(
            [mean(made, record.prompt, text) for text in record.perturbed], abs=1e-4
        )
        assert reading.paraphrased == pytest.approx(
            [mean(made, record.prompt, text) for text in record.paraphrases], abs=1e-4
        )
        assert reading.record.answer == record.answer and reading.samples == ()


def test_a_passage_is_read_whole_and_asked_by_its_first_half() -> None:
    made = evaluator()
    reading = read_records(made, [PASSAGE])[0]
    ids = made.encoder.pair("", PASSAGE.answer).ids
    assert len(reading.log_probs) == len(ids) - 1 and len(reading.right) == len(ids) - 2
    assert PASSAGE.answer.endswith(reading.record.answer) and reading.record.answer


def test_the_size_of_a_pass_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    made = evaluator()
    rows = [(r.prompt, text) for r in RICH for text in (r.answer, *r.perturbed)]
    whole = likelihoods(made.model, made.encoder, made.device, rows)
    monkeypatch.setattr(measuring, "MOST_LOGITS", 1)
    alone = likelihoods(made.model, made.encoder, made.device, rows)
    for a, b in zip(whole, alone, strict=True):
        assert a.log_probs == pytest.approx(b.log_probs, abs=1e-5)


def test_samples_are_drawn_by_the_seed() -> None:
    made = evaluator()
    first, again = (read_records(made, FORGET[:2], samples=3, seed=5) for _ in range(2))
    assert first == again and all(len(one.samples) == 3 for one in first)


def test_plainness_is_the_likelihood_of_the_own_answer_and_missing_for_none() -> None:
    made = evaluator()
    readings = read_records(made, FORGET[:2])
    silent = (readings[0], measuring.replace(readings[1], answer=""))
    plain = with_plainness(silent, made, FORGET[:2])
    assert plain[0].plain == pytest.approx(
        mean(made, FORGET[0].prompt, readings[0].answer), abs=1e-4
    )
    assert math.isnan(plain[1].plain)


def test_nothing_to_read_gives_nothing() -> None:
    assert read_records(evaluator(), []) == ()
