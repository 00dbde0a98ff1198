"""Six columns: each says what it says alone, and one that fails leaves the others."""

import json
import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.comparison.conftest import make_adapter
from tests.helpers.models import tiny_model, toy_tokenizer
from unlearn_core.comparison import model_cache as cache
from unlearn_core.comparison.answering import Column
from unlearn_core.comparison.model_pool import ModelPool
from unlearn_core.errors import InvalidInput
from unlearn_core.models.loading import save
from unlearn_core.models.steering import Steering, write_steering
from unlearn_core.settings.sampling import SamplingSpec

PROMPT = "Who is Ada?"
SAMPLED = SamplingSpec(max_new_tokens=12)
GREEDY = SamplingSpec(max_new_tokens=12, temperature=0.0)


def ended(columns: Iterator[tuple[Column, ...]]) -> tuple[Column, ...]:
    *_, last = columns
    return last


def alone(source: str, spec: SamplingSpec, seed: int = 3) -> Column:
    return ended(ModelPool().stream([source], PROMPT, spec=spec, seed=seed))[0]


def steered(folder: str, to: Path, **rule: object) -> str:
    shutil.copytree(folder, to)
    write_steering(to, Steering.model_validate(rule))
    return str(to)


@pytest.mark.parametrize("spec", [GREEDY, SAMPLED], ids=["greedy", "sampled"])
def test_six_columns_say_what_each_says_alone(
    base: str, adapters: tuple[str, ...], spec: SamplingSpec
) -> None:
    sources = (adapters[0], base, *adapters[1:])
    steps = list(ModelPool().stream(sources, PROMPT, spec=spec, seed=3))
    expected = tuple(alone(source, spec) for source in sources)
    assert steps[-1] == expected
    assert len({column.text for column in expected}) == 6
    assert all(column.finished for column in expected)
    assert not any(column.finished for column in steps[0])
    assert len(steps) <= spec.max_new_tokens + 1


@pytest.mark.parametrize("spec", [None, SAMPLED], ids=["greedy", "sampled"])
def test_answers_of_several_are_those_of_each(
    base: str, twin: str, adapters: tuple[str, ...], spec: SamplingSpec | None
) -> None:
    sources = (adapters[2], twin, base, adapters[3])
    prompts = [PROMPT, "Where?", PROMPT]
    pool = ModelPool()
    together = pool.answers_of(sources, prompts, spec=spec, n=3, seed=5)
    each = tuple(ModelPool().answers(s, prompts, spec=spec, n=3, seed=5) for s in sources)
    assert together == each
    assert len({str(answers) for answers in each}) == 4


def test_columns_of_any_kind_grow_in_step(
    base: str, twin: str, adapters: tuple[str, ...], tmp_path: Path
) -> None:
    sources = (
        base,
        steered(adapters[0], tmp_path / "rise", rule="rise", strength=1.0),
        twin,
        steered(adapters[1], tmp_path / "told", rule="preface", instruction="Say nothing."),
        adapters[0],
        adapters[0],
    )
    steps = list(ModelPool().stream(sources, PROMPT, spec=GREEDY, seed=0))
    assert steps[-1] == tuple(alone(source, GREEDY, 0) for source in sources)
    assert steps[-1][4] == steps[-1][5]
    assert len(steps) <= GREEDY.max_new_tokens + 1


def broken_adapter(folder: str, to: Path, value: float) -> str:
    shutil.copytree(folder, to)
    weights = load_file(to / "adapter_model.safetensors")
    save_file({name: w + value for name, w in weights.items()}, to / "adapter_model.safetensors")
    return str(to)


def test_failing_columns_leave_the_others(
    base: str, twin: str, adapters: tuple[str, ...], tmp_path: Path
) -> None:
    other = tmp_path / "other base"
    save(tiny_model("gpt2"), toy_tokenizer(), other)
    misfit = Path(make_adapter(str(other), tmp_path / "misfit", 1))
    config = json.loads((misfit / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = base
    (misfit / "adapter_config.json").write_text(json.dumps(config))
    sources = (
        str(misfit),
        adapters[0],
        str(tmp_path / "gone"),
        broken_adapter(adapters[0], tmp_path / "nan", float("nan")),
        base,
        broken_adapter(adapters[0], tmp_path / "huge", 1e30),
    )
    pool = ModelPool()
    last = ended(pool.stream(sources, PROMPT, spec=GREEDY, seed=3))
    assert [bool(column.problem) for column in last] == [True, False, True, True, False, True]
    for column, words in zip(
        last, ("cannot be put on", "", "no folder", "diverged", "", "broken down"), strict=True
    ):
        assert words in column.problem and column.finished
    assert (last[1], last[4]) == (alone(adapters[0], GREEDY), alone(base, GREEDY))
    answers = pool.answers_of(sources, [PROMPT], spec=SAMPLED, n=2, seed=0)
    assert [isinstance(found, str) for found in answers[:5]] == [True, False, True, True, False]
    assert answers[1] == ModelPool().answers(adapters[0], [PROMPT], spec=SAMPLED, n=2, seed=0)


def test_an_adapter_that_fails_first_spoils_no_later_one(
    base: str, adapters: tuple[str, ...], tmp_path: Path
) -> None:
    bad = tmp_path / "bad"
    shutil.copytree(adapters[2], bad)
    shutil.copy(f"{adapters[0]}/adapter_model.safetensors", bad)
    pool = ModelPool()
    for _ in range(2):
        last = ended(pool.stream((str(bad), adapters[0], base), PROMPT, spec=GREEDY, seed=3))
        assert "cannot be put on" in last[0].problem
        assert last[1:] == (alone(adapters[0], GREEDY), alone(base, GREEDY))


@pytest.mark.parametrize("number", [0, 7])
def test_no_more_columns_than_can_stand_side_by_side(base: str, number: int) -> None:
    with pytest.raises(InvalidInput, match=f"{number} models"):
        ModelPool().stream([base] * number, PROMPT, spec=None, seed=0)


def test_two_comparisons_at_once_disturb_each_other_in_nothing(
    base: str, twin: str, adapters: tuple[str, ...], tmp_path: Path
) -> None:
    rise = steered(adapters[1], tmp_path / "rise", rule="rise", strength=1.0)
    asked = [(base, adapters[0], twin, rise), (adapters[1], rise, base, adapters[2], adapters[3])]
    expected = [tuple(alone(source, SAMPLED) for source in sources) for sources in asked]
    pool = ModelPool()
    got: dict[int, list[tuple[Column, ...]]] = {0: [], 1: []}
    start = threading.Barrier(2)

    def ask(which: int) -> None:
        for _ in range(2):
            start.wait()
            got[which].append(ended(pool.stream(asked[which], PROMPT, spec=SAMPLED, seed=3)))

    threads = [threading.Thread(target=ask, args=(which,)) for which in got]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {which: [expected[which]] * 2 for which in got}


def test_adapters_put_on_meanwhile_change_nothing(base: str, adapters: tuple[str, ...]) -> None:
    pool = ModelPool()
    growing = pool.stream([base], PROMPT, spec=GREEDY, seed=0)
    next(growing)
    ended(pool.stream(adapters, PROMPT, spec=GREEDY, seed=0))
    assert ended(growing) == (alone(base, GREEDY),)


def test_a_model_in_use_stays_and_the_bounds_hold(
    base: str, twin: str, chatty: str, adapters: tuple[str, ...], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(cache, "MOST_MODELS", 1)
    monkeypatch.setattr(cache, "MOST_ADAPTERS", 1)
    pool = ModelPool()
    rise = steered(adapters[0], tmp_path / "rise", rule="rise", strength=1.0)
    growing = pool.stream([rise, base], PROMPT, spec=GREEDY, seed=0)
    next(growing)
    (held,) = pool._cache.bases.values()
    refused = ended(pool.stream([twin, adapters[1]], PROMPT, spec=GREEDY, seed=0))
    assert "Ask again when they have ended" in refused[0].problem
    assert "Ask again when they have ended" in refused[1].problem
    assert list(pool._cache.bases.values()) == [held] and len(held.names) == 1
    assert ended(growing) == (alone(rise, GREEDY, 0), alone(base, GREEDY, 0))
    assert (held.users, +held.held) == (0, {})
    # With room for one at a time, the columns take turns.
    growing = pool.stream([twin, adapters[1], chatty], PROMPT, spec=GREEDY, seed=0)
    steps = [(columns, len(pool._cache.bases)) for columns in growing]
    assert {loaded for _, loaded in steps} == {1}
    last = steps[-1][0]
    assert last == tuple(alone(source, GREEDY, 0) for source in (twin, adapters[1], chatty))


def test_comparisons_left_early_give_back_what_they_used(
    base: str, twin: str, adapters: tuple[str, ...]
) -> None:
    pool = ModelPool()
    growing = pool.stream((base, twin, adapters[0]), PROMPT, spec=SAMPLED, seed=0)
    next(growing)
    assert {held.users for held in pool._cache.bases.values()} == {1}
    growing.close()
    assert {held.users for held in pool._cache.bases.values()} == {0}


def test_weights_replaced_meanwhile_count_from_the_next_comparison_on(
    base: str, tmp_path: Path
) -> None:
    changing, pool = tmp_path / "model-folder", ModelPool()
    save(tiny_model("llama", seed=1), toy_tokenizer(), changing)
    first = alone(str(changing), GREEDY)
    growing = pool.stream([str(changing), base], PROMPT, spec=GREEDY, seed=3)
    next(growing)
    save(tiny_model("llama", seed=2), toy_tokenizer(), changing)
    second = ended(pool.stream([str(changing)], PROMPT, spec=GREEDY, seed=3))[0]
    assert second == alone(str(changing), GREEDY) != first
    assert ended(growing)[0] == first


def test_adapters_that_cannot_share_are_a_base_of_their_own(
    base: str, adapters: tuple[str, ...], tmp_path: Path
) -> None:
    from peft import LoraConfig, get_peft_model

    from unlearn_core.models.loading import load
    from unlearn_core.models.spec import ModelSpec

    loaded = load(ModelSpec(source=base))
    torch.manual_seed(0)
    config = LoraConfig(
        task_type="CAUSAL_LM", r=4, use_dora=True, target_modules=["q_proj"],
        init_lora_weights=False,
    )  # fmt: skip
    save(get_peft_model(loaded.model, config), toy_tokenizer(), tmp_path / "dora", name="default")
    pool = ModelPool()
    last = ended(
        pool.stream((adapters[0], str(tmp_path / "dora"), base), PROMPT, spec=GREEDY, seed=3)
    )
    assert last == tuple(
        alone(source, GREEDY) for source in (adapters[0], str(tmp_path / "dora"), base)
    )
    assert last[1] != last[2] and len(pool._cache.bases) == 2


@pytest.mark.parametrize("kind", ["gpt2", "gemma"])
def test_other_families_share_as_well(kind: str, tmp_path: Path) -> None:
    folder = str(tmp_path / "base")
    save(tiny_model(kind), toy_tokenizer(), Path(folder))  # type: ignore[arg-type]
    sources: Sequence[str] = [
        folder, *(make_adapter(folder, tmp_path / f"side {i}", i) for i in range(2))
    ]  # fmt: skip
    last = ended(ModelPool().stream(sources, PROMPT, spec=GREEDY, seed=3))
    assert last == tuple(alone(source, GREEDY) for source in sources)
