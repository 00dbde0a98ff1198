"""Build the bundled assets: data, tokenizer, model, retain-only twin, model card."""

import argparse
import json
import time
from collections.abc import Callable, Iterable
from copy import deepcopy
from pathlib import Path

import torch
from torch import nn
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from unlearn_core.data.records import Record
from unlearn_core.demo.card import model_card
from unlearn_core.demo.passages import Passage, make_passages, passage_records
from unlearn_core.demo.properties import measure, measure_twin
from unlearn_core.demo.recipe import (
    Progress,
    Recipe,
    new_model,
    seeded,
    tokenizer_texts,
    train,
    train_tokenizer,
)
from unlearn_core.demo.stream import known_stream, memory_batches, prior_batches, prior_stream
from unlearn_core.demo.world import (
    World,
    holdout_records,
    make_world,
    people_records,
    unseen_wording_records,
)
from unlearn_core.demo.world_facts import world_records
from unlearn_core.files import whole_folder

SEED = 7


def build(
    folder: Path,
    *,
    seed: int = SEED,
    threads: int = 2,
    device: str = "cpu",
    progress: Progress | None = None,
    recipe: Recipe | None = None,
) -> None:
    """Train the bundled model and its twin and write everything into `folder`.

    The twin shares phase 1, which knows none of the people, and repeats phase 2 without the
    default forget people.
    """
    recipe, report, started = recipe or Recipe(), progress or _silent, time.monotonic()
    torch.set_num_threads(threads)
    world, passages = make_world(seed), make_passages(seed)
    folder.mkdir(parents=True, exist_ok=True)
    write_data(folder, world, passages, recipe)
    tokenizer = _tokenizer(world, passages, recipe)
    prior = nn.Module.to(new_model(recipe, seed), device)
    batches = prior_batches(world, recipe.prior_steps, recipe.batch_size, seeded(seed, "prior"))
    train(prior, tokenizer, batches, recipe.prior_steps, recipe, _phase(report, "prior"))
    kept = tuple(p for p in world.people if p.name not in world.forget_subjects)
    for name, people in (("model", world.people), ("retrained", kept)):
        model = deepcopy(prior)
        batches = memory_batches(
            world, people, passages, recipe.memory_steps, recipe.batch_size, seeded(seed, "memory")
        )
        train(model, tokenizer, batches, recipe.memory_steps, recipe, _phase(report, name))
        save(model, tokenizer, folder / name)
    card = model_card(
        world,
        recipe,
        measure(folder, device),
        measure_twin(folder, device),
        parameters=prior.num_parameters(),
        seconds=time.monotonic() - started,
        threads=threads,
    )
    (folder / "MODEL_CARD.md").write_text(card, encoding="utf-8")


def write_data(folder: Path, world: World, passages: tuple[Passage, ...], recipe: Recipe) -> None:
    """Write the record files and `world.json`."""
    write_records(folder / "people.jsonl", people_records(world))
    write_records(folder / "unseen_wordings.jsonl", unseen_wording_records(world))
    write_records(folder / "holdout.jsonl", holdout_records(world))
    write_records(folder / "world_facts.jsonl", world_records())
    write_records(folder / "passages.jsonl", passage_records(passages))
    facts = {
        "seed": world.seed,
        "forget_subjects": list(world.forget_subjects),
        "passages_seen": {p.id: p.times_seen for p in passages},
        "recipe": recipe.model_dump(),
    }
    (folder / "world.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def write_records(path: Path, records: Iterable[Record]) -> None:
    """Write records as JSON lines."""
    lines = (json.dumps(record.model_dump(), ensure_ascii=False) + "\n" for record in records)
    path.write_text("".join(lines), encoding="utf-8")


def save(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Write half-precision safetensors and the tokenizer, replacing what is there."""
    half = nn.Module.to(deepcopy(model), "cpu", torch.float16)
    with whole_folder(folder) as place:
        half.save_pretrained(place)
        tokenizer.save_pretrained(place)


def _tokenizer(
    world: World, passages: tuple[Passage, ...], recipe: Recipe
) -> PreTrainedTokenizerFast:
    rng = seeded(world.seed, "tokenizer")
    streams = (prior_stream(world, rng), known_stream(world.people, rng))
    return train_tokenizer(tokenizer_texts(streams, (p.text for p in passages), 10_000), recipe)


def _phase(report: Progress, phase: str) -> Callable[[int, int, float], None]:
    return lambda step, steps, loss: report(phase, step, steps, loss)


def _silent(phase: str, step: int, steps: int, loss: float) -> None:
    """Say nothing."""


def _print(phase: str, step: int, steps: int, loss: float) -> None:
    if step % 20 == 0 or step == steps:
        print(f"{time.strftime('%H:%M:%S')} {phase} {step}/{steps} loss {loss:.3f}", flush=True)


def main() -> None:
    """Build from a terminal: `python -m unlearn_core.demo.build --out DIR`."""
    parser = argparse.ArgumentParser(description="Rebuild the bundled world and model.")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    build(args.out, seed=args.seed, threads=args.threads, device=args.device, progress=_print)


if __name__ == "__main__":
    main()
