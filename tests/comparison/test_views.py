"""What each model expects, token by token, held against the plain definition."""

import shutil
from math import exp, log
from pathlib import Path
from statistics import fmean

import pytest
import torch

from tests.helpers.models import toy_tokenizer
from unlearn_core.comparison.model_pool import ModelPool
from unlearn_core.comparison.views import TokenView, TrueRank, pieces
from unlearn_core.data.encoder import make_encoder
from unlearn_core.data.records import Record
from unlearn_core.models.loading import load, load_answering
from unlearn_core.models.spec import ModelSpec
from unlearn_core.models.steering import Steering, write_steering

PROMPT, TEXT = "Who is Ada?", "A poet, é."
RECORD = Record(id="a", prompt=PROMPT, answer="A poet.", perturbed=("A king.", "No one.", "Me."))


def plain_view(source: str) -> tuple[list[float], list[int], list[float]]:
    """Log-probabilities, ranks and entropies one by one, the adapter merged."""
    loaded = load(ModelSpec(source=source))
    head, ids = make_encoder(loaded.tokenizer).answered(PROMPT, TEXT)
    logs, ranks, entropies = [], [], []
    for i, token in enumerate(ids):
        with torch.no_grad():
            logits = loaded.model(torch.tensor([head + ids[:i]])).logits[0, -1].double()
        p = logits.softmax(-1)
        logs.append(log(float(p[token])))
        ranks.append(1 + sum(one > p[token] for one in p).item())
        entropies.append(-sum(float(one) * log(float(one)) for one in p))
    return logs, ranks, entropies


def test_each_token_is_seen_as_by_the_model_alone(
    base: str, twin: str, adapters: tuple[str, ...]
) -> None:
    sources = (adapters[0], twin, base)
    views = ModelPool().token_views(sources, PROMPT, TEXT)
    for source, view in zip(sources, views, strict=True):
        assert isinstance(view, TokenView)
        logs, ranks, entropies = plain_view(source)
        assert view.log_probs == pytest.approx(logs, abs=1e-4)
        assert view.entropies == pytest.approx(entropies, abs=1e-4)
        assert list(view.ranks) == ranks
        assert "".join(view.tokens).strip() == TEXT
        assert len(view.tokens) == len(view.log_probs) == 12


def test_the_next_token_follows_prompt_and_prefix(base: str, adapters: tuple[str, ...]) -> None:
    pool, sources = ModelPool(), (base, adapters[1])
    views = pool.token_views(sources, PROMPT, "A poet")
    found = pool.next_tokens(sources, PROMPT, "A poe", 300)
    for view, likeliest in zip(views, found, strict=True):
        assert isinstance(view, TokenView) and not isinstance(likeliest, str)
        assert len(likeliest) == 300
        probabilities = [one.probability for one in likeliest]
        assert probabilities == sorted(probabilities, reverse=True)
        assert sum(probabilities) == pytest.approx(1, abs=1e-4)
        at = view.ranks[-1] - 1
        assert likeliest[at].text == "t"
        assert probabilities[at] == pytest.approx(exp(view.log_probs[-1]), rel=1e-3)
    assert [len(one) for one in pool.next_tokens(sources, PROMPT, "", 5)] == [5, 5]


def test_what_comes_first_is_what_is_said_first(base: str) -> None:
    pool = ModelPool()
    (first,) = pool.next_tokens([base], PROMPT, "", 1)
    (answer,) = pool.answers(base, [PROMPT], spec=None, n=1, seed=0)
    assert not isinstance(first, str)
    assert answer[0].startswith(first[0].text.strip())


def test_true_answers_are_ranked_by_their_mean_log_probability(
    base: str, adapters: tuple[str, ...]
) -> None:
    for source, found in zip(
        (base, adapters[0]), ModelPool().true_rank((base, adapters[0]), RECORD), strict=True
    ):
        assert isinstance(found, TrueRank)
        loaded = load(ModelSpec(source=source))
        encoder = make_encoder(loaded.tokenizer)
        means = []
        for answer in (RECORD.answer, *RECORD.perturbed):
            pair = encoder.pair(PROMPT, answer)
            with torch.no_grad():
                logs = loaded.model(torch.tensor([pair.ids])).logits[0].log_softmax(-1)
            means.append(
                fmean(float(logs[i - 1, pair.ids[i]]) for i in range(pair.n_prompt, len(pair.ids)))
            )
        assert found.log_prob == pytest.approx(means[0], abs=1e-4)
        assert found.place == 1 + sum(one > means[0] for one in means[1:])
        assert found.answers == 4 and found.token_rank >= 1


def test_a_record_without_wrong_answers_says_so(base: str) -> None:
    (found,) = ModelPool().true_rank([base], RECORD.model_copy(update={"perturbed": ()}))
    assert isinstance(found, str) and "perturbed" in found


def test_steered_models_are_seen_as_they_answer(
    base: str, adapters: tuple[str, ...], tmp_path: Path
) -> None:
    folder = tmp_path / "rise"
    shutil.copytree(adapters[0], folder)
    write_steering(folder, Steering(rule="rise", strength=1.0))
    pool = ModelPool()
    view, plain = pool.token_views((str(folder), base), PROMPT, TEXT)
    assert isinstance(view, TokenView) and isinstance(plain, TokenView)
    answering = load_answering(ModelSpec(source=str(folder)))
    head, ids = make_encoder(answering.tokenizer).answered(PROMPT, TEXT)
    with torch.no_grad():
        logits = answering.model(input_ids=torch.tensor([head + ids])).logits[0]
    logs = logits.log_softmax(-1)[len(head) - 1 :]
    expected = [float(logs[i, token]) for i, token in enumerate(ids)]
    assert view.log_probs == pytest.approx(expected, abs=1e-4)
    assert view.log_probs != plain.log_probs


def test_passages_are_seen_from_their_first_token(base: str) -> None:
    (view,) = ModelPool().token_views([base], "", "Once upon")
    assert isinstance(view, TokenView) and "".join(view.tokens) == "Once upon"


def test_problems_stand_in_the_place_of_their_model(base: str, tmp_path: Path) -> None:
    gone = str(tmp_path / "gone")
    pool = ModelPool()
    for views in (
        pool.token_views((gone, base), PROMPT, TEXT),
        pool.next_tokens((gone, base), PROMPT, TEXT, 3),
        pool.true_rank((gone, base), RECORD),
    ):
        assert isinstance(views[0], str) and not isinstance(views[1], str)
    assert "1 to 512" in str(pool.token_views([base], PROMPT, "")[0])
    assert "tokens" in str(pool.token_views([base], PROMPT, "x" * 100_000)[0])


def test_parts_of_a_character_are_empty_but_the_last() -> None:
    tokenizer = toy_tokenizer()
    ids = tokenizer("aé!", add_special_tokens=False)["input_ids"]
    assert pieces(tokenizer, ids) == ("a", "", "é", "!")
