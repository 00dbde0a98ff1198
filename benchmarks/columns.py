"""Six columns that answer side by side, against one column alone.

The original and five adapters on the bundled model, 64 new tokens each: a copy of the model whose
end token is one that it never says, so that no column ends early. Adapters are random and weak.
peft's own mixed batches (`generate` with `adapter_names`) stand beside it.

Run: python -m benchmarks.columns
"""

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import torch
from peft import PeftModel

from benchmarks.common import environment, interleaved, summary, write_result
from unlearn_core.comparison.answering import MOST_COLUMNS
from unlearn_core.comparison.model_pool import ModelPool
from unlearn_core.data.bundled import BUNDLED_FOLDER
from unlearn_core.data.encoder import make_encoder
from unlearn_core.models.loading import load, save
from unlearn_core.models.spec import ModelSpec, TuningSpec
from unlearn_core.models.trainable import prepare_for_training
from unlearn_core.settings.sampling import SamplingSpec

PROMPT = "Where was Fiora Brinridge born?"
NEW_TOKENS = 64
SPEC = SamplingSpec(temperature=0.0, max_new_tokens=NEW_TOKENS)


def endless_model(folder: Path) -> str:
    """The bundled model with a beginning of text as its end token, which it never says."""
    shutil.copytree(BUNDLED_FOLDER / "model", folder)
    path = folder / "tokenizer_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**config, "eos_token": config["bos_token"]}), encoding="utf-8")
    return str(folder)


def adapter(base: str, folder: Path, seed: int) -> str:
    """A random adapter on every linear layer, of the default rank."""
    loaded = load(ModelSpec(source=base))
    model = prepare_for_training(loaded.model, TuningSpec())
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                parameter.normal_(std=0.02, generator=generator)
    save(model, loaded.tokenizer, folder)
    return str(folder)


def answered(pool: ModelPool, sources: Sequence[str]) -> float:
    """Let all columns answer; seconds to the first word."""
    start = time.perf_counter()
    steps = pool.stream(sources, PROMPT, spec=SPEC, seed=0)
    next(steps)
    first = time.perf_counter() - start
    count = 1 + sum(not any(column.finished for column in columns) for columns in steps)
    assert count == NEW_TOKENS, f"a column ended after {count} tokens"
    return first


def by_peft(base: str, adapters: Sequence[str]) -> Callable[[], float]:
    """The same by peft's mixed batches; gives no words before the end."""
    loaded = load(ModelSpec(source=base))
    encoder = make_encoder(loaded.tokenizer)
    model = PeftModel.from_pretrained(loaded.model, adapters[0], adapter_name="0").eval()
    for i, folder in enumerate(adapters[1:], start=1):
        model.load_adapter(folder, adapter_name=str(i))
    names = ["__base__", *map(str, range(len(adapters)))]
    ids = torch.tensor([encoder.prompt(PROMPT)] * len(names))

    @torch.inference_mode()
    def answer() -> float:
        model.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), adapter_names=names,
            min_new_tokens=NEW_TOKENS, max_new_tokens=NEW_TOKENS, do_sample=False,
            pad_token_id=encoder.pad_id,
        )  # fmt: skip
        return float("nan")

    return answer


def first_comparison(base: str, sources: Sequence[str]) -> float:
    """Seconds to the first word where only the original has been loaded, as when the app opens."""
    pool = ModelPool()
    pool.warm(base)
    return answered(pool, sources)


def main() -> None:
    """Time all ways in turns, print, record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    with tempfile.TemporaryDirectory() as ref:
        base = endless_model(Path(ref) / "base")
        adapters = [adapter(base, Path(ref) / f"adapter-{i}", i) for i in range(MOST_COLUMNS - 1)]
        result = measure(base, adapters, args.rounds)
    print(json.dumps(result, indent=2))
    write_result("columns", {"environment": environment(), "new_tokens": NEW_TOKENS, **result})


def measure(base: str, adapters: Sequence[str], rounds: int) -> dict[str, Any]:
    """Seconds of each way, their ratios, and seconds to the first word."""
    # A pool of its own: no adapter lies beside the original that answers alone.
    alone, pool = ModelPool(), ModelPool()
    six = [base, *adapters]
    seconds: dict[str, list[float]] = {}
    first: dict[str, list[float]] = {}

    def record(name: str, taken: float, first_word: float) -> None:
        seconds.setdefault(name, []).append(taken)
        first.setdefault(name, []).append(first_word)

    interleaved(
        {
            "original_alone": lambda: answered(alone, [base]),
            "adapter_alone": lambda: answered(pool, adapters[:1]),
            "six": lambda: answered(pool, six),
            "six_by_peft": by_peft(base, adapters),
        },
        rounds,
        record,
    )
    first["six_when_the_app_opens"] = [first_comparison(base, six) for _ in range(min(3, rounds))]
    del first["six_by_peft"]
    one = median(seconds["original_alone"])
    return {
        "seconds": {name: summary(values) for name, values in seconds.items()},
        "ratio": {name: round(median(values) / one, 2) for name, values in seconds.items()},
        "first_word_seconds": {name: summary(values) for name, values in first.items()},
    }


if __name__ == "__main__":
    main()
