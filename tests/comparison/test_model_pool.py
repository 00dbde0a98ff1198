"""Models side by side: answers, growing answers, differences, histograms."""

import threading
from pathlib import Path

import pytest
import torch

from tests.comparison.conftest import make_adapter
from tests.helpers.models import tiny_model, toy_tokenizer
from unlearn_core.comparison import model_cache as cache
from unlearn_core.comparison.model_pool import ModelPool
from unlearn_core.data.encoder import make_encoder
from unlearn_core.errors import InvalidInput
from unlearn_core.models.loading import load, save
from unlearn_core.models.spec import ModelSpec
from unlearn_core.sampling.tree import TreeSampler
from unlearn_core.settings.sampling import SamplingSpec

PROMPTS = ["Who is Ada?", "Where?"]
SPEC = SamplingSpec(max_new_tokens=12)


def plain(source: str, spec: SamplingSpec, n: int, seed: int) -> list[list[str]]:
    """The same answers from a model loaded on its own, its adapter merged."""
    loaded = load(ModelSpec(source=source))
    encoder = make_encoder(loaded.tokenizer)
    sampler = TreeSampler(loaded.model, encoder.eos_ids, encoder.pad_id)
    generator = torch.Generator().manual_seed(seed)
    rows = sampler.sample([encoder.prompt(p) for p in PROMPTS], n, spec, generator)
    return [[encoder.decode(ids) for ids in row] for row in rows]


def test_sides_that_share_a_base_answer_as_if_loaded_alone(
    base: str, adapters: tuple[str, ...]
) -> None:
    pool = ModelPool()
    sources = (base, *adapters[:2])
    expected = [plain(source, SPEC, 3, 7) for source in sources]
    assert expected[0] != expected[1] != expected[2]
    for _ in range(2):
        got = [pool.answers(source, PROMPTS, spec=SPEC, n=3, seed=7) for source in sources]
        assert got == expected
    assert len(pool._cache.bases) == 1


def test_greedy_repeats_one_answer(base: str) -> None:
    greedy = ModelPool().answers(base, PROMPTS, spec=None, n=2, seed=0)
    assert [row[0] for row in greedy] == [row[1] for row in greedy]
    longer = SamplingSpec(temperature=0.0)
    assert greedy == plain(base, longer, 2, 0)


@pytest.mark.parametrize("spec", [None, SPEC])
def test_streams_end_in_the_answers_and_grow_in_step(
    base: str, adapters: tuple[str, ...], spec: SamplingSpec | None
) -> None:
    pool = ModelPool()
    sources = (adapters[0], base, adapters[1])
    seen = list(pool.stream(sources, PROMPTS[0], spec=spec, seed=3))
    final = [pool.answers(s, PROMPTS[:1], spec=spec, n=1, seed=3)[0][0] for s in sources]
    assert [column.text for column in seen[-1]] == final
    assert len(seen) <= (spec or SamplingSpec()).max_new_tokens + 1
    assert all(column.finished for column in seen[-1])
    assert all(len(texts) == 3 for texts in seen)


def test_a_stream_left_early_leaves_the_bench_usable(base: str, adapters: tuple[str, ...]) -> None:
    pool = ModelPool()
    growing = pool.stream((base, adapters[0]), PROMPTS[0], spec=SPEC, seed=0)
    next(growing)
    answers = pool.answers(base, PROMPTS, spec=SPEC, n=1, seed=0)
    growing.close()
    assert pool.answers(base, PROMPTS, spec=SPEC, n=1, seed=0) == answers


def test_threads_get_the_answers_of_their_own_side(base: str, adapters: tuple[str, ...]) -> None:
    pool = ModelPool()
    sources = (base, *adapters[:2])
    expected = [pool.answers(s, PROMPTS, spec=SPEC, n=2, seed=1) for s in sources]
    got: dict[str, list[list[str]]] = {}

    def ask(source: str) -> None:
        for _ in range(3):
            got[source] = pool.answers(source, PROMPTS, spec=SPEC, n=2, seed=1)

    threads = [threading.Thread(target=ask, args=(source,)) for source in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [got[source] for source in sources] == expected


def test_a_run_folder_stands_for_its_model(
    base: str, tmp_path: Path, adapters: tuple[str, ...]
) -> None:
    (tmp_path / "run").mkdir()
    inside = make_adapter(base, tmp_path / "run" / "model", 1)
    pool = ModelPool()
    answers = [
        pool.answers(source, PROMPTS, spec=SPEC, n=1, seed=0)
        for source in (str(tmp_path / "run"), inside, adapters[0])
    ]
    assert answers[0] == answers[1] == answers[2]


def test_the_oldest_model_and_adapter_make_room(
    base: str, adapters: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "MOST_MODELS", 1)
    monkeypatch.setattr(cache, "MOST_ADAPTERS", 1)
    pool = ModelPool()
    first = [pool.answers(s, PROMPTS, spec=SPEC, n=1, seed=0) for s in (base, *adapters[:2])]
    (held,) = pool._cache.bases.values()
    assert held.model is not None and len(held.model.peft_config) == 1
    save(tiny_model("llama", seed=5), toy_tokenizer(), tmp_path / "other")
    pool.warm(str(tmp_path / "other"))
    assert len(pool._cache.bases) == 1
    again = [pool.answers(s, PROMPTS, spec=SPEC, n=1, seed=0) for s in (base, *adapters[:2])]
    assert again == first


def test_replaced_weights_are_loaded_again(tmp_path: Path) -> None:
    pool, folder = ModelPool(), tmp_path / "model-folder"
    save(tiny_model("llama", seed=1), toy_tokenizer(), folder)
    before = pool.answers(str(folder), PROMPTS, spec=SPEC, n=1, seed=0)
    save(tiny_model("llama", seed=2), toy_tokenizer(), folder)
    assert pool.answers(str(folder), PROMPTS, spec=SPEC, n=1, seed=0) != before


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(InvalidInput):
        ModelPool().answers("no such folder!", PROMPTS, spec=None, n=1, seed=0)
