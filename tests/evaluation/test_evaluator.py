"""Measurements of a model against obvious ones."""

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import pytest
import torch

from tests.helpers.jobs import FORGET, RETAIN, make_context
from unlearn_core.data.records import Record, Split
from unlearn_core.errors import InvalidInput
from unlearn_core.evaluation.before_after import evaluate
from unlearn_core.evaluation.evaluator import Evaluator, ask, subset
from unlearn_core.evaluation.live import Monitor, spread_by_subject
from unlearn_core.evaluation.readings import evaluated
from unlearn_core.settings.measuring import MeasureSpec


def evaluator(**answers: str) -> Evaluator:
    """A tiny model; greedy answers come from a script where one is given."""
    context = make_context()
    made = Evaluator(context.model, context.encoder, context.sampler, context.device, 12)
    if not answers:
        return made
    encoder = context.encoder
    script = {tuple(encoder.prompt(r.prompt)): answers.get(r.id, "") for r in (*FORGET, *RETAIN)}

    class Scripted:
        def greedy(self, prompts: list[list[int]], max_new_tokens: int) -> list[list[int]]:
            return [encoder.text(script[tuple(prompt)]) for prompt in prompts]

        def sample(self, prompts, n, spec, generator):  # type: ignore[no-untyped-def]
            return [self.greedy([p], 1) * (n - 1) + [encoder.text("other")] for p in prompts]

    return dataclasses.replace(made, sampler=Scripted())


def forget_score(made: Evaluator, **settings: object) -> dict[str, Any]:
    """What is measured of the forget set."""
    spec = MeasureSpec.model_validate({"leak_samples": 0, **settings})
    return dict(evaluate(made, {"forget": FORGET}, spec, seed=0)["forget"])


def log_likelihoods(made: Evaluator, records: Sequence[Record]) -> list[float]:
    """Mean log-probability per token of each true answer."""
    return [one.mean for one in evaluated(made, [(r.prompt, r.answer) for r in records])]


def test_recall_counts_facts_and_rouge_takes_the_true_answer() -> None:
    made = evaluator(f0="cat 0", f1="It is cat 1.", f2="cat 9", f3="dog")
    score = forget_score(made)
    assert (score["records"], score["fact_recall"]) == (4, 0.5)
    # ROUGE-L recall against "cat i": 1, 1, one of two words, none.
    assert score["rouge_l_recall"] == pytest.approx((1 + 1 + 0.5 + 0) / 4)


def test_log_likelihood_is_the_mean_over_tokens_of_each_record() -> None:
    made = evaluator()
    value = log_likelihoods(made, FORGET[:1])[0]
    row = made.encoder.pair(FORGET[0].prompt, FORGET[0].answer)
    logits = made.model(torch.tensor([row.ids])).logits[0].log_softmax(-1)
    terms = [float(logits[i - 1, row.ids[i]]) for i in range(row.n_prompt, len(row.ids))]
    assert value == pytest.approx(sum(terms) / len(terms), abs=1e-4)


def test_log_likelihoods_keep_the_order_of_the_records() -> None:
    made = evaluator()
    records = [r.model_copy(update={"answer": "x" * (9 - i)}) for i, r in enumerate(FORGET)]
    together = log_likelihoods(made, records)
    alone = [log_likelihoods(made, [record])[0] for record in records]
    assert together == pytest.approx(alone, abs=1e-4)


def test_leak_share_counts_samples() -> None:
    # Three of four samples repeat the greedy answer, which leaks for one of two records.
    made = evaluator(f0="cat 0", f1="no")
    result = evaluate(made, {"forget": FORGET[:2]}, MeasureSpec(leak_samples=4), seed=0)
    assert result["leak_share"] == 3 / 8


def test_an_empty_group_has_no_score() -> None:
    assert evaluate(evaluator(), {"forget": ()}, MeasureSpec(), 0) == {"leak_share": None}


def test_every_run_measures_three_metrics_and_others_when_asked() -> None:
    made = evaluator(f0="cat 0")
    always = ["records", "fact_recall", "log_likelihood", "rouge_l_recall"]
    assert list(forget_score(made)) == always
    further = forget_score(made, metrics=("probability", "fact_recall", "distinct_forget"))
    assert list(further) == [*always, "probability"]
    assert {name: further[name] for name in always} == forget_score(made)


def test_a_metric_on_models_stands_beside_the_groups() -> None:
    spec = MeasureSpec(leak_samples=0, metrics=("distinct_forget", "forget_quality"))
    result = evaluate(evaluator(f0="cat 0 is"), {"forget": FORGET}, spec, seed=0)
    assert result["model"] == {"distinct_forget": 1.0, "forget_quality": None}


def test_a_metric_that_is_not_there_is_named_with_the_nearest() -> None:
    with pytest.raises(InvalidInput, match="'perplexity_retian'. Did you mean 'perplexity_retain'"):
        forget_score(evaluator(), metrics=("perplexity_retian",))


def test_a_passage_is_asked_by_its_first_half() -> None:
    made = evaluator()
    passage = Record(id="p", prompt="", answer="abcd efgh 4711", fact="4711")
    asked = ask(passage, made.encoder)
    assert made.encoder.decode(asked.ids) == "abcd ef"
    assert (asked.expected.answer, asked.expected.fact) == ("gh 4711", "4711")


def test_evaluate_leaves_out_groups_without_records() -> None:
    spec = MeasureSpec(leak_samples=2, final_records=3)
    result = evaluate(evaluator(f0="cat 0"), {"forget": FORGET, "world": ()}, spec, seed=0)
    assert set(result) == {"forget", "leak_share"}
    assert result["forget"]["records"] == 3


def test_subset_is_seeded_and_in_order() -> None:
    chosen = subset(RETAIN, 3, seed=5)
    assert chosen == subset(RETAIN, 3, seed=5)
    assert [r.id for r in chosen] == sorted(r.id for r in chosen)


def test_spread_takes_each_subject_in_turn() -> None:
    chosen = spread_by_subject((*FORGET, *RETAIN), 4)
    assert [r.subject for r in chosen] == ["Ada", "Bo", "Ada", "Bo"]
    assert len({r.id for r in chosen}) == 4


def monitor(**settings: object) -> Monitor:
    split = Split(forget=FORGET, paraphrased=(), retain=RETAIN, world=(), holdout=())
    spec = MeasureSpec.model_validate({"watched": 2, "samples": 8, **settings})
    return Monitor(evaluator(), spec, split, RETAIN[:2], seed=0)


def test_a_measurement_has_every_signal_and_answer() -> None:
    measured = monitor().measure(0)
    assert {name for name in measured.scalars if name.startswith("collapse/")} == {
        f"collapse/{name}"
        for name in ("distinct", "entropy", "top_share", "similarity", "leak", "loglik")
    }
    assert {"loss/forget", "loss/retain", "utility/forget_recall", "utility/retain_recall"} <= set(
        measured.scalars
    )
    assert all(math.isfinite(value) for value in measured.scalars.values())
    assert [sum(n for _, n in row["answers"]) for row in measured.answers] == [8, 8]
    assert [probe["group"] for probe in measured.probes] == ["forget"] * 2 + ["neighbour"] * 2 + [
        "retain"
    ] * 2


def test_measuring_changes_neither_weights_nor_random_numbers() -> None:
    watched = monitor()
    torch.manual_seed(0)
    before = torch.get_rng_state()
    first, second = watched.measure(1), watched.measure(2)
    assert torch.equal(before, torch.get_rng_state())
    assert first.scalars == second.scalars


def test_measurements_keep_to_their_share_of_the_time() -> None:
    watched = monitor(cost_share=0.1)
    due = []
    for step in range(1, 61):
        # A tenth of 100 seconds holds five measurements of two seconds.
        if watched.due(step, 60, run_seconds=100.0):
            due.append(step)
            watched.seconds, watched._cost, watched._last_step = watched.seconds + 2, 2.0, step
        elif step == 1:
            watched._cost = 2.0
    assert due == [12, 24, 36, 48, 60]
    assert watched.seconds == 10.0


def test_fixed_intervals_and_none_at_all() -> None:
    every = monitor(every=3)
    assert [step for step in range(1, 8) if every.due(step, 7, 1.0)] == [3, 6, 7]
    never = monitor(cost_share=0.0)
    assert [step for step in range(1, 8) if never.due(step, 7, 1.0)] == [7]
