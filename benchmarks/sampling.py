"""Useful tokens per second of the sampler against `generate` with repeated prompts.

    python -m benchmarks.sampling --threads 2 --rounds 5

Settings are those of the published PMC reference: temperature 0.9, top-k 50, top-p 0.95, prompts
repeated n times before they are read, 8 prompts a call, answers ending by themselves. A token is
useful if it stands before the end of an answer.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
)

from benchmarks.common import environment, interleaved, summary, write_result
from unlearn_core.data.bundled import BUNDLED_FOLDER
from unlearn_core.data.encoder import make_encoder
from unlearn_core.data.sources import DataSpec, load_corpus
from unlearn_core.sampling.tree import TreeSampler
from unlearn_core.settings.sampling import SamplingSpec

SPEC = SamplingSpec(temperature=0.9, top_k=50, top_p=0.95, max_new_tokens=48)
PROMPTS_A_CALL = 8
END_BIAS = 2.3
"""Makes the random model end an answer after about 12 tokens, as short answers do."""

Answers = list[list[list[int]]]


@dataclass(frozen=True)
class Subject:
    """A model with prompts to answer."""

    name: str
    model: PreTrainedModel
    prompts: list[list[int]]
    eos_ids: tuple[int, ...]
    pad_id: int


def random_llama(seed: int) -> Subject:
    """30 million random weights: hidden 512, 10 layers, 8 heads over 4, 2,048 tokens."""
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=2048,
        hidden_size=512,
        intermediate_size=1312,
        num_hidden_layers=10,
        num_attention_heads=8,
        num_key_value_heads=4,
        max_position_embeddings=512,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )
    model = LlamaForCausalLM(config).eval()
    head = torch.nn.Linear(512, 2048)
    with torch.no_grad():
        head.weight.copy_(model.lm_head.weight)
        head.bias.zero_()
        head.bias[2] = END_BIAS
    model.lm_head = head
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.randint(8, 25, (24,), generator=generator).tolist()
    prompts = [torch.randint(3, 2048, (k,), generator=generator).tolist() for k in lengths]
    return Subject("random 30M", model, prompts, (2,), 0)


def bundled() -> Subject:
    """The shipped model with 40 questions on people, one in twenty of the corpus."""
    folder = BUNDLED_FOLDER / "model"
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    encoder = make_encoder(tokenizer)
    records = load_corpus(DataSpec()).records
    questions = list(dict.fromkeys(record.prompt for record in records))
    chosen = questions[:: max(1, len(questions) // 40)][:40]
    prompts = [encoder.prompt(question) for question in chosen]
    return Subject("bundled", model, prompts, encoder.eos_ids, encoder.pad_id)


@torch.no_grad()
def by_generate(subject: Subject, n: int) -> Answers:
    """The reference's way."""
    answers: Answers = []
    for start in range(0, len(subject.prompts), PROMPTS_A_CALL):
        prompts = subject.prompts[start : start + PROMPTS_A_CALL]
        width = max(map(len, prompts))
        ids = torch.tensor([[subject.pad_id] * (width - len(p)) + p for p in prompts])
        mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in prompts])
        out = subject.model.generate(
            ids.repeat_interleave(n, 0),
            attention_mask=mask.repeat_interleave(n, 0),
            do_sample=True,
            temperature=SPEC.temperature,
            top_k=SPEC.top_k,
            top_p=SPEC.top_p,
            max_new_tokens=SPEC.max_new_tokens,
            eos_token_id=list(subject.eos_ids),
            pad_token_id=subject.pad_id,
        )
        rows = [_until_end(row, subject.eos_ids) for row in out[:, width:].tolist()]
        answers += [rows[i : i + n] for i in range(0, len(rows), n)]
    return answers


def by_sampler(subject: Subject, n: int, seed: int, half: bool) -> Answers:
    """Our way."""
    sampler = TreeSampler(subject.model, subject.eos_ids, subject.pad_id, half_precision=half)
    return sampler.sample(subject.prompts, n, SPEC, torch.Generator().manual_seed(seed))


def measure(subject: Subject, n: int, rounds: int, seed: int) -> dict[str, Any]:
    """Rates of all three ways, and their ratios to the first."""
    torch.manual_seed(seed)
    ways: dict[str, Callable[[], Answers]] = {
        "generate": partial(by_generate, subject, n),
        "sampler_float32": partial(by_sampler, subject, n, seed, False),
        "sampler_bfloat16": partial(by_sampler, subject, n, seed, True),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    lengths: dict[str, float] = {}

    def record(name: str, seconds: float, answers: Answers) -> None:
        tokens = [len(answer) for samples in answers for answer in samples]
        rates[name].append(sum(tokens) / seconds)
        lengths[name] = round(sum(tokens) / len(tokens), 2)

    interleaved(ways, rounds, record)
    times = {name: summary(values) for name, values in rates.items()}
    base = times["generate"]["median"]
    return {
        "model": subject.name,
        "parameters": subject.model.num_parameters(),
        "prompts": len(subject.prompts),
        "n": n,
        "mean_answer_tokens": lengths,
        "useful_tokens_per_second": times,
        "times_faster": {name: round(times[name]["median"] / base, 2) for name in ways},
    }


def _until_end(tokens: Sequence[int], eos_ids: tuple[int, ...]) -> list[int]:
    return list(tokens[: next((i for i, t in enumerate(tokens) if t in eos_ids), len(tokens))])


def main() -> None:
    """Measure, print and write `results/sampling.json`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--n", type=int, nargs="+", default=[8, 20])
    parser.add_argument("--models", nargs="+", default=["bundled", "random"])
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    makers = {"bundled": bundled, "random": partial(random_llama, options.seed)}
    result = {**environment(), "seed": options.seed, "spec": SPEC.model_dump(), "measured": []}
    for name in options.models:
        subject = makers[name]()
        for n in options.n:
            measured = measure(subject, n, options.rounds, options.seed)
            print(measured["model"], "n", n, measured["times_faster"], flush=True)
            result["measured"].append(measured)
    print(write_result("sampling", result))


if __name__ == "__main__":
    main()
