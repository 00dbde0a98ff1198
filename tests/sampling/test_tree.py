"""Sampling against `generate`, against a slow obvious reference, and against itself."""

from collections import Counter
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
import torch
from peft import LoraConfig, get_peft_model
from torch import Tensor
from transformers import (
    AutoModelForCausalLM,
    Lfm2Config,
    MambaConfig,
    PreTrainedModel,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from tests.helpers.models import CONTEXT, EOS, KINDS, PAD, Kind, tiny_model
from unlearn_core.errors import InvalidInput
from unlearn_core.sampling import cache as sampling_cache
from unlearn_core.sampling import tree as sampling
from unlearn_core.sampling.cache import Decoding, attention_windows
from unlearn_core.sampling.tree import TreeSampler, choose, kept, row_budget, stream_each
from unlearn_core.settings.sampling import SamplingSpec

# One token, ragged, twice the same, and longer than Gemma's window of 16.
PROMPTS = [[7], [9, 8, 7, 6], [11] * 3 + [5, 4], [9, 8, 7, 6], list(range(20, 50)), [30, 40]]
FLAT = SamplingSpec(temperature=1.0, top_k=0, top_p=1.0, max_new_tokens=12)


def exact(kind: Kind = "llama") -> PreTrainedModel:
    """A tiny model in float64, where no two ways of computing disagree on a token."""
    return tiny_model(kind).double()


def rounded(model: PreTrainedModel) -> PreTrainedModel:
    """Weights in bfloat16; buffers, such as rotary frequencies, as they were."""
    for parameter in model.parameters():
        parameter.data = parameter.data.bfloat16()
    return model


def sampler(model: PreTrainedModel, **changes: object) -> TreeSampler:
    return replace(TreeSampler(model, eos_ids=(EOS,), pad_id=PAD), **changes)  # type: ignore[arg-type]


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def streamed(model: PreTrainedModel, prompt: list[int], *asked: Any) -> list[int]:
    return [token for (token,) in stream_each(model, [prompt], *asked) if token is not None]


def generated(
    model: PreTrainedModel, prompt: list[int], new: int, eos: tuple[int, ...]
) -> list[int]:
    ids = torch.tensor([prompt])
    out = model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=new,
        do_sample=False,
        eos_token_id=list(eos),
        pad_token_id=PAD,
    )
    answer = out[0, len(prompt) :].tolist()
    return answer[: next((i for i, token in enumerate(answer) if token in eos), len(answer))]


@pytest.mark.parametrize("kind", KINDS)
def test_greedy_equals_generate_with_ragged_prompts_and_several_end_tokens(kind: Kind) -> None:
    model = exact(kind)
    long = [generated(model, prompt, 40, (EOS,)) for prompt in PROMPTS]
    # Ends that really occur, early in one answer and late in another.
    eos = (EOS, long[1][3], long[4][25])
    expected = [generated(model, prompt, 40, eos) for prompt in PROMPTS]
    assert len({len(answer) for answer in expected}) > 1

    answers = sampler(model, eos_ids=eos).greedy(PROMPTS, 40)

    assert answers == expected


@pytest.mark.parametrize("kind", KINDS)
def test_each_step_gives_the_logits_of_a_full_recompute(kind: Kind) -> None:
    model = exact(kind)
    texts = [[7, 8], list(range(20, 45)), list(range(20, 45)), [3, 4, 5]]
    rows = torch.tensor([0, 1, 1, 2])
    decoding = Decoding(model, PAD)
    with torch.no_grad():
        logits = decoding.start([texts[0], texts[1], texts[3]], len(rows), 24)
        for step in range(24):
            # The two samples of one prompt say the same for five steps.
            speakers = torch.tensor([0, 1, 1 if step < 5 else 2, 3])[-len(texts) :]
            for text, row in zip(texts, rows.tolist(), strict=True):
                expected = model(torch.tensor([text])).logits[0, -1]
                # The library takes Gemma's softmax in float32 whatever the weights.
                torch.testing.assert_close(logits[row], expected, rtol=1e-5, atol=1e-5)
            if step == 12:
                texts, rows, speakers = texts[1:], rows[1:], speakers[1:]
            tokens = (speakers * 17 + step * 5) % 250 + 3
            texts = [[*text, int(token)] for text, token in zip(texts, tokens, strict=True)]
            logits, rows = decoding.advance(rows, tokens)
            assert len(logits) == (3 if step < 5 or step >= 12 else 4)


@pytest.mark.parametrize(
    "config",
    [
        Lfm2Config(
            vocab_size=300,
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=1,
            layer_types=["conv", "full_attention"],
            initializer_range=0.2,
        ),
        MambaConfig(vocab_size=300, hidden_size=32, num_hidden_layers=2, initializer_range=0.2),
    ],
    ids=["hybrid", "state-space"],
)
def test_models_without_keys_to_preallocate_use_the_library_cache(config: object) -> None:
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config).double().eval()
    assert attention_windows(model) == ()

    answers = sampler(model).greedy(PROMPTS, 8)

    assert answers == [generated(model, prompt, 8, (EOS,)) for prompt in PROMPTS]


def slow_distribution(model: PreTrainedModel, text: list[int], spec: SamplingSpec) -> Tensor:
    """Softmax of one full forward, the k largest, then the fewest of those that reach p."""
    logits = model(torch.tensor([text])).logits[0, -1] / spec.temperature
    p = logits.softmax(-1)
    order = p.argsort(descending=True).tolist()[: spec.top_k or len(p)]
    total = float(p[order].sum())
    chosen, reached = [], 0.0
    for token in order:
        if reached >= spec.top_p:
            break
        chosen.append(token)
        reached += float(p[token]) / total
    out = torch.zeros_like(p)
    out[chosen] = p[chosen] / p[chosen].sum()
    return out


@pytest.mark.parametrize(
    "spec",
    [
        SamplingSpec(temperature=0.7, top_k=0, top_p=1.0, max_new_tokens=2),
        SamplingSpec(temperature=0.9, top_k=6, top_p=0.8, max_new_tokens=2),
        SamplingSpec(temperature=0.5, top_k=0, top_p=0.5, max_new_tokens=2),
    ],
    ids=["all", "top-k and top-p", "top-p"],
)
@torch.no_grad()
def test_one_and_two_tokens_have_the_slow_reference_distribution(spec: SamplingSpec) -> None:
    # 2 tokens of a vocabulary of 300 give 90,000 pairs; a sharp model keeps the table small.
    model = exact()
    model.lm_head.weight *= 3
    prompt, n = [9, 8, 7], 40_000
    answers = sampler(model, eos_ids=()).sample([prompt], n, spec, seeded())[0]

    first = slow_distribution(model, prompt, spec)
    seen_first = torch.bincount(torch.tensor([a[0] for a in answers]), minlength=300) / n
    assert 0.5 * (seen_first - first).abs().sum() < 0.015

    likely = int(first.argmax())
    seen = Counter(tuple(answer) for answer in answers)
    second = slow_distribution(model, [*prompt, likely], spec)
    joint = {(likely, token): float(first[likely] * second[token]) for token in range(300)}
    gap = sum(abs(seen[pair] / n - share) for pair, share in joint.items())
    assert 0.5 * gap < 0.015


@pytest.mark.parametrize("top_k", [0, 5, 50])
@pytest.mark.parametrize("top_p", [0.3, 0.95, 1.0])
def test_kept_tokens_and_probabilities_equal_the_library_processors(
    top_k: int, top_p: float
) -> None:
    logits = torch.randn(64, 300, generator=seeded(), dtype=torch.float64) * 3
    spec = SamplingSpec(temperature=0.9, top_k=top_k, top_p=top_p)
    processors = [TemperatureLogitsWarper(0.9)]
    processors += [TopKLogitsWarper(top_k)] if top_k else []
    processors += [TopPLogitsWarper(top_p)] if top_p < 1 else []
    expected = logits
    for processor in processors:
        expected = processor(torch.empty(64, 0), expected)

    probabilities, ids = kept(logits, spec)

    table = (
        probabilities if ids is None else torch.zeros_like(logits).scatter(1, ids, probabilities)
    )
    torch.testing.assert_close(table / table.sum(1, keepdim=True), expected.softmax(-1))
    assert torch.equal(table > 0, expected > -torch.inf)


def test_choose_walks_the_cumulative_distribution() -> None:
    logits = torch.tensor([[0.5, 0.2, 0.3]]).log().repeat(5, 1)
    uniforms = torch.tensor([1e-9, 0.49, 0.51, 0.71, 1.0])

    assert choose(logits, FLAT, uniforms, torch.arange(5)).tolist() == [0, 0, 1, 2, 2]


def test_choose_never_takes_a_token_of_probability_zero() -> None:
    logits = torch.tensor([[-torch.inf, 0.0, -torch.inf]]).repeat(2, 1)

    assert choose(logits, FLAT, torch.tensor([1e-30, 1.0]), torch.arange(2)).tolist() == [1, 1]


def test_half_precision_logits_are_drawn_from_in_float32() -> None:
    logits = torch.zeros(1, 4096, dtype=torch.bfloat16)

    # A bfloat16 sum of 4,096 equal shares stalls at 1/16 of the way.
    rows = torch.zeros(1, dtype=torch.long)
    assert choose(logits, FLAT, torch.tensor([0.75]), rows).item() == pytest.approx(3072, abs=2)


def test_same_seed_same_answers_and_another_seed_others() -> None:
    ours = sampler(tiny_model())
    first = ours.sample(PROMPTS, 3, FLAT, seeded(1))

    assert ours.sample(PROMPTS, 3, FLAT, seeded(1)) == first
    assert ours.sample(PROMPTS, 3, FLAT, seeded(2)) != first


def test_samples_of_equal_prompts_are_independent() -> None:
    answers = sampler(tiny_model()).sample(PROMPTS, 2, FLAT, seeded())

    assert PROMPTS[1] == PROMPTS[3]
    assert len({tuple(answer) for answer in answers[1] + answers[3]}) == 4


@pytest.mark.parametrize("kind", KINDS)
def test_answers_do_not_depend_on_row_budget_or_squeezing(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = exact(kind)
    eos = tuple(range(2, 40))  # about one token in eight ends an answer: ragged ends
    expected = sampler(model, eos_ids=eos).sample(PROMPTS, 4, FLAT, seeded())
    assert len({len(answer) for row in expected for answer in row}) > 4

    for budget, least_used in [(1, 1.0), (5, 1.0), (7, 0.5), (1000, 0.0)]:
        monkeypatch.setattr(sampling_cache, "LEAST_USED", least_used)
        changed = sampler(model, eos_ids=eos, row_budget=budget)
        assert changed.sample(PROMPTS, 4, FLAT, seeded()) == expected


def row_counts(model: PreTrainedModel) -> list[tuple[int, ...]]:
    """Shapes of the ids the model reads from now on."""
    shapes: list[tuple[int, ...]] = []
    model.register_forward_pre_hook(
        lambda _, args, kwargs: shapes.append(tuple(kwargs["input_ids"].shape)), with_kwargs=True
    )
    return shapes


def test_each_distinct_prompt_is_read_once_and_ended_rows_leave() -> None:
    model = tiny_model()
    shapes = row_counts(model)
    eos = tuple(range(2, 60))
    long = FLAT.model_copy(update={"max_new_tokens": 40})

    sampler(model, eos_ids=eos).sample(PROMPTS, 20, long, seeded())

    assert shapes[0] == (5, 30)
    rows = [size[0] for size in shapes[1:]]
    assert 60 < rows[0] <= 120 and rows[-1] < 30
    assert len(rows) < 39


def test_samples_share_a_row_as_long_as_they_say_the_same() -> None:
    model = tiny_model()
    shapes = row_counts(model)
    nearly_greedy = SamplingSpec(temperature=1e-4, top_k=0, top_p=1.0, max_new_tokens=6)

    answers = sampler(model, eos_ids=()).sample([[5, 6], [7]], 50, nearly_greedy, seeded())

    assert len({tuple(answer) for answer in answers[0]}) == 1
    assert shapes == [(2, 2)] + [(2, 1)] * 5


def test_an_active_adapter_is_honoured_and_a_disabled_one_is_not() -> None:
    base = exact()
    before = sampler(base).greedy(PROMPTS, 12)
    tuned = get_peft_model(base, LoraConfig(r=4, target_modules=["q_proj", "v_proj"])).double()
    for name, parameter in tuned.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, generator=seeded())
    ours = sampler(tuned)

    with_adapter = ours.greedy(PROMPTS, 12)
    with tuned.disable_adapter():
        without = ours.greedy(PROMPTS, 12)

    merged = tuned.merge_and_unload()
    assert without == before
    assert with_adapter == sampler(merged).greedy(PROMPTS, 12) != before


def test_modes_and_gradients_are_left_as_they_were() -> None:
    model = tiny_model("gpt2").train()
    model.transformer.h[0].eval()
    modes = [module.training for module in model.modules()]

    sampler(model).sample(PROMPTS, 2, FLAT, seeded())
    streamed(model, [5, 6], FLAT, (EOS,), seeded())

    assert [module.training for module in model.modules()] == modes
    assert model(torch.tensor([[1]])).logits.requires_grad


def test_dropout_is_off_while_sampling() -> None:
    model = tiny_model("gpt2")
    expected = sampler(model).greedy(PROMPTS, 12)

    assert sampler(model.train()).greedy(PROMPTS, 12) == expected


def test_half_precision_follows_the_weights_and_puts_them_back() -> None:
    model = tiny_model()
    reference = sampler(rounded(tiny_model()))
    weights = {name: (p, p.data_ptr(), p.clone()) for name, p in model.named_parameters()}
    half = sampler(model, half_precision=True)

    assert half.sample(PROMPTS, 3, FLAT, seeded()) == reference.sample(PROMPTS, 3, FLAT, seeded())
    for name, parameter in model.named_parameters():
        same, address, value = weights[name]
        assert parameter is same and parameter.data_ptr() == address
        assert torch.equal(parameter, value)

    with torch.no_grad():
        model.lm_head.weight.neg_()
        reference.model.lm_head.weight.neg_()
    assert half.greedy(PROMPTS, 8) == reference.greedy(PROMPTS, 8)


def test_weights_come_back_after_a_failure_in_half_precision() -> None:
    model = tiny_model()
    half = sampler(model, half_precision=True)

    with patch.object(sampling, "choose", side_effect=RuntimeError), pytest.raises(RuntimeError):
        half.greedy(PROMPTS, 4)

    assert all(parameter.dtype == torch.float32 for parameter in model.parameters())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_models_run(kind: Kind, dtype: torch.dtype) -> None:
    answers = sampler(tiny_model(kind).to(dtype), eos_ids=()).sample(PROMPTS, 2, FLAT, seeded())

    assert {len(answer) for row in answers for answer in row} == {12}


def test_stream_yields_what_sample_returns_for_one_seed() -> None:
    model = exact("gemma")
    eos = tuple(range(2, 20))
    for seed in range(5):
        expected = sampler(model, eos_ids=eos).sample([PROMPTS[4]], 1, FLAT, seeded(seed))[0][0]
        assert streamed(model, PROMPTS[4], FLAT, eos, seeded(seed)) == expected


def test_stream_without_a_spec_is_greedy() -> None:
    model = exact()
    expected = sampler(model).greedy([[5, 6, 7]], SamplingSpec().max_new_tokens)[0]

    assert streamed(model, [5, 6, 7], None, (EOS,), seeded()) == expected


def test_temperature_zero_is_greedy_for_every_sample() -> None:
    ours = sampler(exact())
    spec = SamplingSpec(temperature=0.0, max_new_tokens=6)

    assert ours.sample(PROMPTS, 2, spec, seeded()) == [[a, a] for a in ours.greedy(PROMPTS, 6)]


def test_no_prompts_give_no_answers() -> None:
    ours = sampler(tiny_model())

    assert ours.sample([], 3, FLAT, seeded()) == []
    assert ours.greedy([], 3) == []


def test_n_of_zero_is_refused() -> None:
    with pytest.raises(InvalidInput, match="n is 0"):
        sampler(tiny_model()).sample(PROMPTS, 0, FLAT, seeded())


def test_an_empty_prompt_is_refused() -> None:
    with pytest.raises(InvalidInput, match="Prompt 2 of 2 has no tokens"):
        sampler(tiny_model()).greedy([[5], []], 4)


@pytest.mark.parametrize("kind", KINDS)
def test_the_context_can_be_filled_but_not_passed(kind: Kind) -> None:
    ours = sampler(tiny_model(kind), eos_ids=())
    prompt = [5] * (CONTEXT - 4)

    assert len(ours.greedy([prompt], 4)[0]) == 4
    with pytest.raises(InvalidInput, match=r"252 tokens and 5 new .* 256; .* at most 4 new"):
        ours.greedy([prompt], 5)


def test_row_budget_follows_free_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_model()
    # A row of 100 tokens: keys and values 2*2*64*100, activations 16*64*100, logits 4*300.
    row_bytes = (25_600 + 102_400 + 1_200) * 4
    monkeypatch.setattr(sampling, "_free_memory", lambda _: 4 * 10 * row_bytes)
    assert row_budget(model, 100) == 10

    monkeypatch.setattr(sampling, "_free_memory", lambda _: 0)
    assert row_budget(model, 100) == 1
