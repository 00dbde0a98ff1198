"""Peak memory of each method under LoRA, beside plain training of the same adapter.

A Llama-shaped model with random weights and 32,000 words, so that the logits of a second model
would show; each method in a process of its own, a few steps on eight forget and eight retain rows.
Plain training passes over as many rows, sixteen, at once.

Run: python -m benchmarks.memory
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from benchmarks.common import environment, write_result
from unlearn_core.demo.corpus import bundled_folder
from unlearn_core.methods.base import MethodInfo
from unlearn_core.methods.registry import method, methods
from unlearn_core.models.loading import save

STEPS = 4
UNTRAINED = ("in-context", "retrain")
SHAPE = {
    "hidden_size": 512,
    "intermediate_size": 1408,
    "num_hidden_layers": 8,
    "num_attention_heads": 8,
    "vocab_size": 32_000,
    "max_position_embeddings": 512,
}


def make_model(folder: Path) -> None:
    """Random weights with the bundled tokenizer."""
    tokenizer = PreTrainedTokenizerFast.from_pretrained(bundled_folder() / "model")
    torch.manual_seed(0)
    config = LlamaConfig(
        **SHAPE,  # type: ignore[arg-type]
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    save(LlamaForCausalLM(config), tokenizer, folder)


def one(name: str, folder: str) -> None:
    """In a process of its own: train a few steps and print the peak, in bytes."""
    from benchmarks.steps import ROWS
    from unlearn_core.data.encoder import make_encoder
    from unlearn_core.data.marks import Marks, split_corpus
    from unlearn_core.data.sources import DataSpec, load_corpus
    from unlearn_core.demo.corpus import default_forget_subjects
    from unlearn_core.methods.base import Context
    from unlearn_core.models.devices import peak_memory_bytes, reset_peak_memory
    from unlearn_core.models.loading import load
    from unlearn_core.models.spec import ModelSpec, TuningSpec
    from unlearn_core.models.trainable import prepare_for_training
    from unlearn_core.sampling.tree import TreeSampler
    from unlearn_core.settings.training import TrainingSpec
    from unlearn_core.training.loop import Trainer

    spec = ModelSpec(source=folder, device="cpu")
    loaded = load(spec)
    model = prepare_for_training(loaded.model, TuningSpec(mode="lora"))
    encoder = make_encoder(loaded.tokenizer)
    marks = Marks(subjects=tuple(default_forget_subjects()))
    split = split_corpus(load_corpus(DataSpec()), marks)
    plain = name == "teach"
    rows = 2 * ROWS if plain else ROWS
    context = Context(
        model=model,
        encoder=encoder,
        sampler=TreeSampler(model, encoder.eos_ids, encoder.pad_id),
        forget=(split.retain if plain else split.forget)[: STEPS * rows],
        retain=() if plain else split.retain,
        device=loaded.model.device,
        generator=torch.Generator().manual_seed(0),
        load_original=lambda: load(spec).model,
    )
    info = method("teach", "teach") if plain else method(name)
    training = TrainingSpec(epochs=1, batch_size=rows, learning_rate=1e-6, precision="float32")
    reset_peak_memory(context.device)
    trainer = Trainer(info.build(info.config(**_shortened(info))), context, training, seed=0)
    trainer.prepare()
    for _ in trainer.steps():
        pass
    print(json.dumps({"peak": peak_memory_bytes(context.device)}))


def _shortened(info: MethodInfo) -> dict[str, Any]:
    """The small default set, with as little done before the first step as can be."""
    settings = {} if info.kind == "teach" else dict(info.small.method)
    fields = info.config.model_fields
    if "strengthen_epochs" in fields:
        settings["strengthen_epochs"] = 1
    if "candidates" in fields:
        settings["candidates"] = 2
    return settings


def measured(name: str, folder: str) -> int:
    """The peak of one method."""
    command = [sys.executable, "-m", "benchmarks.memory", "--one", name, "--folder", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(json.loads(done.stdout.strip().splitlines()[-1])["peak"])


def main() -> None:
    """Measure plain training and every method, print, record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", default="")
    parser.add_argument("--folder", default="")
    args = parser.parse_args()
    torch.set_num_threads(2)
    if args.one:
        one(args.one, args.folder)
        return
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        make_model(Path(folder) / "model")
        plain = measured("teach", f"{folder}/model")
        print(f"plain LoRA training {plain / 2**20:.0f} MiB", flush=True)
        for name, info in methods().items():
            if name in UNTRAINED:
                continue
            peak = measured(name, f"{folder}/model")
            reference = bool({"reference", "teacher"} & set(info.card.needs))
            found[name] = {"mib": round(peak / 2**20), "ratio": round(peak / plain, 3),
                           "reference": reference}  # fmt: skip
            print(name, found[name], flush=True)
    told = {"environment": environment(), "shape": SHAPE, "plain_mib": round(plain / 2**20)}
    write_result("memory", {**told, "methods": found})


if __name__ == "__main__":
    main()
