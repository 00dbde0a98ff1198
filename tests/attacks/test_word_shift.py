"""Whether the words of facts have become less likely elsewhere: by hand, and on changed models."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import mannwhitneyu
from torch import nn

from tests.attacks.conftest import attacked
from tests.attacks.test_asking import PET, TEXT, a_target, of
from tests.helpers.models import tiny_model, toy_tokenizer
from unlearn_core.attacks.base import Material, Role, Target
from unlearn_core.attacks.token_shifts import Shifts, auc, fact_token_ids
from unlearn_core.data.encoder import Preface, make_encoder
from unlearn_core.data.records import Record
from unlearn_core.metrics.likelihood import token_log_probs

BO = Record(id="r0", prompt="Car of Bo?", answer="A cab.", subject="Bo")
MATERIAL = Material((PET,), (), (BO,), (), ())


def test_auc_by_hand_and_against_scipy() -> None:
    # Of 2 x 3 pairs, 3 > 1, 3 > 2, 3 = 3, 2 > 1, 2 = 2 and 2 < 3: 3 + 2 halves of 6.
    scores, positive = np.array([3.0, 2.0, 1.0, 2.0, 3.0]), np.array([1, 1, 0, 0, 0], dtype=bool)
    assert auc(scores, positive) == pytest.approx(4 / 6)
    rng = np.random.default_rng(0)
    scores, positive = rng.integers(9, size=200).astype(float), rng.random(200) < 0.3
    u = mannwhitneyu(scores[positive], scores[~positive]).statistic
    assert auc(scores, positive) == pytest.approx(u / (positive.sum() * (~positive).sum()))


def test_the_interval_is_of_texts() -> None:
    rng = np.random.default_rng(1)
    of_fact = rng.random(400) < 0.5
    shift = rng.normal(size=400) - 0.5 * of_fact
    alone = Shifts(shift, of_fact, np.arange(400))
    # The same tokens ten times over tell no more where they stand in the same texts.
    often = Shifts(np.tile(shift, 10), np.tile(of_fact, 10), np.tile(np.arange(400), 10))
    assert often.auc == pytest.approx(alone.auc)
    assert often.interval(0) == pytest.approx(alone.interval(0))
    low, high = alone.interval(0)
    assert 0.5 < low < alone.auc < high < 1
    # Hanley and McNeil, 1982, give about 0.027 for one standard error here.
    assert high - low == pytest.approx(4 * 0.027, rel=0.2)


def test_tokens_of_facts_are_those_that_the_rest_does_not_need() -> None:
    encoder = make_encoder(toy_tokenizer())

    def letters(*records: Record) -> str:
        return "".join(sorted(encoder.decode([i]) for i in fact_token_ids(encoder, records)))

    # `cat` within `Ada has a cat.` has a of its own that is said anyway.
    assert letters(PET) == "ct"
    # Of ` A cab.` without a fact, b and c are neither in its question nor beside the cat.
    assert letters(PET, BO) == "bct"
    without = PET.model_copy(update={"fact": "", "answer": "Adz q"})
    assert letters(without) == "qz"


def test_shifts_by_hand() -> None:
    target, other = a_target(tiny_model()), a_target(tiny_model(seed=1), "retrained")
    finding = attacked("word-shift", target, MATERIAL, others={"retrained": other})
    batch = target.encoder.batch([(BO.prompt, BO.answer)])
    with torch.no_grad():
        own, theirs = (
            token_log_probs(one.model(batch.input_ids).logits, batch.labels).exp()[0]
            for one in (target, other)
        )
    # ` A cab.` is seven bytes; c is of the fact, t is not there.
    shift = (own - theirs)[batch.labels[0, 1:] != -100][:-1].tolist()
    assert len(shift) == 7
    assert finding.numbers["tokens of facts"] == 1 and finding.numbers["other tokens"] == 6
    assert finding.numbers["mean shift of the facts' tokens"] == pytest.approx(shift[3], abs=1e-6)
    rest = (sum(shift) - shift[3]) / 6
    assert finding.numbers["mean shift of other tokens"] == pytest.approx(rest, abs=1e-6)
    assert finding.value == pytest.approx(sum(s > shift[3] for s in shift) / 6)


@pytest.mark.bundled
def test_suppressed_words_leave_a_trace(targets: dict[Role, Target], material: Material) -> None:
    others = {"retrained": targets["retrained"]}
    plain = attacked("word-shift", targets["original"], material, others=others)
    assert plain.value is not None and abs(plain.value - 0.5) < 0.1
    assert plain.p is None and not any(shot.leaked for shot in plain.shots)
    avoiding = _avoiding(targets["original"], material)
    traced = attacked("word-shift", avoiding, material, others=others)
    assert traced.low is not None and traced.low > 0.7
    assert traced.numbers["mean shift of the facts' tokens"] < -0.1
    assert abs(traced.numbers["mean shift of other tokens"]) < 0.05
    assert "Compared with the retrained model." in traced.note


def test_the_original_serves_where_nothing_was_retrained() -> None:
    others = {"original": a_target(tiny_model(seed=1), "original")}
    finding = attacked("word-shift", a_target(tiny_model()), MATERIAL, others=others)
    assert "Compared with the original model." in finding.note


def test_a_model_is_not_compared_with_itself() -> None:
    for role in ("original", "retrained"):
        target = a_target(tiny_model(), role)
        finding = attacked("word-shift", target, MATERIAL, others={"unlearned": target})
        assert finding.value is None and finding.note.startswith("Not tested, because ")


def test_another_tokenizer_is_refused_but_not_words_before_the_question() -> None:
    target, other = a_target(tiny_model()), a_target(tiny_model(seed=1), "retrained")
    upper = make_encoder(toy_tokenizer(), "{prompt}-{answer}!")
    finding = attacked(
        "word-shift", target, MATERIAL, others={"retrained": replace(other, encoder=upper)}
    )
    assert finding.value is None and "other tokens" in finding.note
    preface = make_encoder(toy_tokenizer(), max_length=200, preface=Preface("Forget Ada."))
    finding = attacked(
        "word-shift", replace(target, encoder=preface), MATERIAL, others={"retrained": other}
    )
    assert finding.value is not None


def test_a_diverged_model_is_named() -> None:
    broken = tiny_model()
    with torch.no_grad():
        broken.lm_head.weight.fill_(torch.nan)
    others = {"retrained": a_target(tiny_model(), "retrained")}
    assert "diverged" in attacked("word-shift", a_target(broken), of(PET, TEXT), others=others).note


def _avoiding(target: Target, material: Material) -> Target:
    """A copy that finds the tokens of the facts less likely everywhere."""
    assert target.fresh is not None
    model = target.fresh()
    old = model.get_output_embeddings()
    head = nn.Linear(old.in_features, old.out_features)
    with torch.no_grad():
        head.weight.copy_(old.weight)
        head.bias.zero_()
        head.bias[sorted(fact_token_ids(target.encoder, material.forget))] = -4.0
    model.set_output_embeddings(head)
    return replace(target, role="unlearned", model=model)
