"""Evaluating 400 forget questions: all at once, against one record at a time.

Both give greedy answers, probabilities of the true answer and of five wrong ones (truth ratio) and
memorisation; a check makes sure that the numbers agree.

Run: python -m benchmarks.evaluation
"""

import argparse
import math
from collections.abc import Sequence
from statistics import fmean
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from benchmarks.common import environment, interleaved, summary, write_result
from unlearn_core.data.batches import IGNORED
from unlearn_core.data.bundled import bundled_corpus
from unlearn_core.data.encoder import Encoder, make_encoder
from unlearn_core.data.records import Record
from unlearn_core.evaluation.evaluator import Evaluator
from unlearn_core.evaluation.readings import read_records
from unlearn_core.models.loading import LoadedModel, load
from unlearn_core.models.spec import ModelSpec
from unlearn_core.sampling.tree import TreeSampler

NEW_TOKENS = 48
Row = tuple[str, float, float, float]
"""Greedy answer, probability, truth ratio, memorisation accuracy."""


@torch.no_grad()
def one_at_a_time(loaded: LoadedModel, encoder: Encoder, records: Sequence[Record]) -> list[Row]:
    """As published evaluation code works on a batch of one."""
    rows = []
    for record in records:
        prompt = torch.tensor([encoder.prompt(record.prompt)])
        said = loaded.model.generate(  # type: ignore[operator]
            input_ids=prompt, max_new_tokens=NEW_TOKENS, do_sample=False,
            pad_token_id=encoder.pad_id, eos_token_id=list(encoder.eos_ids),
        )  # fmt: skip
        answer = encoder.decode(said[0, prompt.shape[1] :].tolist())
        true, memorised = _teacher_forced(loaded, encoder, record.prompt, record.answer)
        wrong = [_teacher_forced(loaded, encoder, record.prompt, a)[0] for a in record.perturbed]
        rows.append((answer, math.exp(true), math.exp(fmean(wrong) - true), memorised))
    return rows


def _teacher_forced(
    loaded: LoadedModel, encoder: Encoder, prompt: str, answer: str
) -> tuple[float, float]:
    """Mean log-probability and memorisation accuracy of one answer."""
    batch = encoder.batch([(prompt, answer)])
    logits, labels = loaded.model(input_ids=batch.input_ids).logits[0, :-1], batch.labels[0, 1:]
    nll = float(cross_entropy(logits, labels, ignore_index=IGNORED))
    counted = labels != IGNORED
    right = (logits.argmax(-1) == labels)[counted]
    return -nll, float(right[:-1].float().mean())


def all_at_once(evaluator: Evaluator, records: Sequence[Record]) -> list[Row]:
    """As Lethe reads records."""
    return [
        (
            one.answer,
            math.exp(one.mean_log_prob),
            math.exp(fmean(one.perturbed) - one.mean_log_prob),
            fmean(one.right),
        )
        for one in read_records(evaluator, records)
    ]


def differences(ours: Sequence[Row], theirs: Sequence[Row]) -> dict[str, Any]:
    """How far the two agree."""
    same = sum(a[0] == b[0] for a, b in zip(ours, theirs, strict=True))
    largest = max(
        abs(x - y) / max(1.0, abs(y))
        for a, b in zip(ours, theirs, strict=True)
        for x, y in zip(a[1:], b[1:], strict=True)
    )
    return {"same_answers": same, "records": len(ours), "largest_relative_difference": largest}


def main() -> None:
    """Time both in turns, compare their numbers, print, record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    loaded = load(ModelSpec())
    encoder = make_encoder(loaded.tokenizer)
    sampler = TreeSampler(loaded.model, encoder.eos_ids, encoder.pad_id)
    evaluator = Evaluator(loaded.model, encoder, sampler, loaded.model.device, NEW_TOKENS)
    # The other wordings of the true answer are left out: the reference does not read them.
    records = [
        record.model_copy(update={"paraphrases": ()})
        for record in bundled_corpus("people").records[: args.records]
    ]
    seconds: dict[str, list[float]] = {"one_at_a_time": [], "lethe": []}
    found: dict[str, list[Row]] = {}

    def record_time(name: str, taken: float, rows: Any) -> None:
        seconds[name].append(taken)
        found[name] = rows

    interleaved(
        {
            "one_at_a_time": lambda: one_at_a_time(loaded, encoder, records),
            "lethe": lambda: all_at_once(evaluator, records),
        },
        args.rounds,
        record_time,
    )
    times = {name: summary(values) for name, values in seconds.items()}
    faster = times["one_at_a_time"]["median"] / times["lethe"]["median"]
    agreement = differences(found["lethe"], found["one_at_a_time"])
    print(times, f"{faster:.1f} times faster", agreement)
    write_result(
        "evaluation",
        {
            "environment": environment(),
            "records": args.records,
            "seconds": times,
            "times_faster": round(faster, 1),
            "agreement": agreement,
        },
    )


if __name__ == "__main__":
    main()
