"""PMC as Lethe runs it against the same computation done the way the published code does it.

The baseline is written from the description of that code: every row padded to 200 tokens and the
whole vocabulary computed at each of them, `generate` on prompts repeated n times until the longest
answer ends, a new ROUGE scorer for every answer, and one more forward pass over the true forget
answers for a log line. Method, data, seeds, learning rate and number of steps are the same.

Run: python -m benchmarks.pmc
"""

import argparse
import time
from collections.abc import Sequence
from statistics import median
from typing import Any

import torch
import torch.nn.functional as F
from rouge_score import rouge_scorer

from benchmarks.common import environment, write_result
from unlearn_core.data.encoder import make_encoder
from unlearn_core.data.marks import Marks, split_corpus
from unlearn_core.data.records import Record, Split
from unlearn_core.data.sources import DataSpec, load_corpus
from unlearn_core.demo.corpus import default_forget_subjects
from unlearn_core.evaluation.before_after import evaluate
from unlearn_core.evaluation.evaluator import Evaluator
from unlearn_core.methods.base import Context
from unlearn_core.methods.pmc import PMC, PMCConfig
from unlearn_core.models.loading import load
from unlearn_core.models.spec import ModelSpec, TuningSpec
from unlearn_core.models.trainable import prepare_for_training
from unlearn_core.sampling.tree import TreeSampler
from unlearn_core.settings.measuring import MeasureSpec
from unlearn_core.settings.training import TrainingSpec
from unlearn_core.training.loop import Trainer, _order, _schedule

PADDED = 200
"""Tokens every row of the published code is padded to."""


def context_of(split: Split, seed: int) -> Context:
    """The bundled model, loaded afresh, with both sets."""
    torch.manual_seed(seed)
    loaded = load(ModelSpec(device="cpu"))
    model = prepare_for_training(loaded.model, TuningSpec(mode="full"))
    encoder = make_encoder(loaded.tokenizer)
    return Context(
        model=model,
        encoder=encoder,
        sampler=TreeSampler(model, encoder.eos_ids, encoder.pad_id),
        forget=split.forget,
        retain=split.retain,
        device=torch.device("cpu"),
        generator=torch.Generator().manual_seed(seed),
        load_original=lambda: load(ModelSpec(device="cpu")).model.float(),
    )


def lethe_auto(context: Context, spec: TrainingSpec, seed: int) -> None:
    """The run as the app does it, in bfloat16 arithmetic where the processor has it."""
    lethe(context, spec.model_copy(update={"precision": "auto"}), seed)


def lethe(context: Context, spec: TrainingSpec, seed: int) -> None:
    """The run as the app does it, in float32, without measurements."""
    trainer = Trainer(PMC(PMCConfig()), context, spec, seed=seed)
    trainer.prepare()
    for _ in trainer.steps():
        pass


def reference(context: Context, spec: TrainingSpec, seed: int) -> None:
    """The same run done as the published code does it."""
    config, model = PMCConfig(), context.model
    torch.manual_seed(seed)
    originals = {r.id: _generate(context, [r], None, 1)[0] for r in context.forget}
    picked: dict[str, tuple[float, str]] = {}
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=spec.learning_rate, weight_decay=spec.weight_decay
    )
    per_epoch = -(-len(context.forget) // spec.batch_size)
    schedule = _schedule(optimizer, spec, per_epoch, spec.epochs * per_epoch)
    retain_at = 0
    for epoch in range(spec.epochs):
        order = [context.forget[i] for i in _order(len(context.forget), seed, epoch)]
        for start in range(0, len(order), spec.batch_size):
            forget = order[start : start + spec.batch_size]
            places = range(retain_at, retain_at + len(forget))
            retain = [context.retain[i % len(context.retain)] for i in places]
            retain_at += len(forget)
            _pick(context, forget, originals, picked, config)
            model.train()
            collapse = _padded_ce(context, [(r.prompt, picked[r.id][1]) for r in forget])
            kept = _padded_ce(context, [(r.prompt, r.answer) for r in retain])
            with torch.no_grad():
                logged = _padded_ce(context, [(r.prompt, r.answer) for r in forget])
            total = collapse + config.retain_weight * kept
            _ = [value.item() for value in (collapse, kept, logged, total)]
            total.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), spec.max_grad_norm)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()


def _pick(
    context: Context,
    forget: Sequence[Record],
    originals: dict[str, str],
    picked: dict[str, tuple[float, str]],
    config: PMCConfig,
) -> None:
    asked = [r for r in forget if picked.get(r.id, (1.0, ""))[0] > 0]
    if not asked:
        return
    answers = _generate(context, asked, config, config.samples)
    for i, record in enumerate(asked):
        for answer in answers[i * config.samples : (i + 1) * config.samples]:
            scorer = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=True)
            score = scorer.score(originals[record.id], answer)["rougeL"].recall
            if score <= picked.get(record.id, (2.0, ""))[0]:
                picked[record.id] = (score, answer)


@torch.no_grad()
def _generate(
    context: Context, records: Sequence[Record], config: PMCConfig | None, n: int
) -> list[str]:
    encoder, model = context.encoder, context.model
    prompts = [encoder.prompt(record.prompt) for record in records]
    width = max(map(len, prompts))
    ids = torch.tensor([[encoder.pad_id] * (width - len(p)) + p for p in prompts])
    mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in prompts])
    sampling: dict[str, Any] = {"do_sample": False}
    if config is not None:
        sampling = {
            "do_sample": True,
            "temperature": config.temperature,
            "top_p": config.top_p,
            "top_k": config.top_k,
        }
    model.eval()
    out = model.generate(
        input_ids=ids.repeat_interleave(n, 0),
        attention_mask=mask.repeat_interleave(n, 0),
        max_length=PADDED,
        eos_token_id=list(encoder.eos_ids),
        pad_token_id=encoder.pad_id,
        **sampling,
    )
    return [encoder.decode(row) for row in out[:, width:].tolist()]


def _padded_ce(context: Context, pairs: Sequence[tuple[str, str]]) -> torch.Tensor:
    """Cross-entropy over answer tokens of rows padded to `PADDED` tokens, all logits computed."""
    batch = context.encoder.batch(pairs)
    extra = PADDED - batch.input_ids.shape[1]
    ids = F.pad(batch.input_ids, (0, extra), value=context.encoder.pad_id)
    mask = F.pad(batch.attention_mask, (0, extra))
    labels = F.pad(batch.labels, (0, extra), value=-100)
    logits = context.model(input_ids=ids, attention_mask=mask).logits
    return F.cross_entropy(logits[:, :-1].float().flatten(0, 1), labels[:, 1:].flatten())


def recalls(context: Context, split: Split, seed: int) -> dict[str, float]:
    """Fact recall after the run."""
    evaluator = Evaluator(context.model, context.encoder, context.sampler, context.device, 48)
    groups = {
        "forget": split.forget,
        "paraphrased": split.paraphrased,
        "retain": split.retain,
    }
    scores = evaluate(evaluator, groups, MeasureSpec(leak_samples=0, final_records=2000), seed)
    return {name: scores[name]["fact_recall"] for name in groups}


def main() -> None:
    """Run both, one after the other, `--rounds` times, and record the ratio of medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=24)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    split = split_corpus(load_corpus(DataSpec()), Marks(subjects=tuple(default_forget_subjects())))
    # The settings of the published Phi-1.5 runs, at a rate that suits so small a model.
    spec = TrainingSpec(epochs=args.epochs, batch_size=20, learning_rate=3e-4)
    ways = {"reference": reference, "lethe float32": lethe, "lethe auto": lethe_auto}
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in ways}
    for seed in range(args.rounds):
        for name, run in ways.items():
            context = context_of(split, seed)
            start = time.perf_counter()
            run(context, spec, seed)
            seconds = time.perf_counter() - start
            runs[name].append({"seed": seed, "seconds": seconds, **recalls(context, split, seed)})
            print(name, runs[name][-1], flush=True)
    medians = {name: median(run["seconds"] for run in rows) for name, rows in runs.items()}
    speed_up = {name: round(medians["reference"] / value, 2) for name, value in medians.items()}
    print("times faster", speed_up)
    write_result(
        "pmc",
        {
            "environment": environment(),
            "questions": len(split.forget),
            "settings": spec.model_dump(),
            "runs": runs,
            "speed_up": speed_up,
        },
    )


if __name__ == "__main__":
    main()
