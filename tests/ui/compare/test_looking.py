"""Token probabilities, next tokens and ranks as the browser gets them."""

import math
from typing import Any, cast

import pytest

from tests.ui.compare.made_up import EchoPool, answered, make_job
from unlearn_core.comparison.model_pool import ModelPool
from unlearn_core.comparison.views import NextToken, TokenView, TrueRank
from unlearn_core.errors import InvalidInput
from unlearn_core.ui.compare.desk import Desk
from unlearn_core.ui.compare.job import Side
from unlearn_core.ui.compare.looking import look_at


class ReadingBench(EchoPool):
    """Every model reads alike, but `other` cuts texts in its own way and `broken` fails."""

    def token_views(self, sources: Any, prompt: str, text: str, template: str) -> Any:
        def view(source: str) -> Any:
            tokens = (text,) if source == "other" else tuple(text.split())
            numbers = tuple(-1.0 for _ in tokens)
            return TokenView(tokens, numbers, tuple(2 for _ in tokens), numbers)

        return tuple("Out of memory." if s == "broken" else view(s) for s in sources)

    def next_tokens(self, sources: Any, prompt: str, prefix: str, k: int, template: str) -> Any:
        return tuple((NextToken(f"{prefix}!", 0.5),) for _ in sources)

    def true_rank(self, sources: Any, record: Any, template: str) -> Any:
        return tuple(TrueRank(2, 5, -math.inf, 3.5) for _ in sources)


def look(what: str, *sources: str, blind: bool = False, **more: Any) -> dict[str, Any]:
    pool = ReadingBench()
    desk = Desk(lambda: cast(ModelPool, pool))
    job = make_job(*sources, blind=blind)
    desk.start(job)
    return look_at(desk, {"ticket": job.ticket, "question": 0, "what": what, **more})


def test_tokens_have_shares_and_are_the_same_where_all_cut_alike() -> None:
    found = look("tokens", "a", "b", text="one two")
    assert found["same"] is True
    first = found["columns"][0]["tokens"][0]
    assert first == {"text": "one", "share": math.exp(-1), "rank": 2, "entropy": -1.0}
    assert found["columns"][1]["mean"] == -1.0
    assert look("tokens", "a", "other", text="one two")["same"] is False


def test_failing_column_leaves_the_others_and_is_not_named_when_blind() -> None:
    found = look("tokens", "a", "broken", text="one")
    assert found["columns"][1] == {"problem": "Out of memory."} and found["same"]
    assert "memory" not in str(look("tokens", "a", "broken", text="one", blind=True))


def test_next_tokens_and_ranks() -> None:
    assert look("next", "a", "b", prefix="x")["columns"][1] == {
        "bars": [{"text": "x!", "share": 0.5}]
    }
    assert look("rank", "a", "b")["columns"][0] == {
        "place": 2, "answers": 5, "mean": None, "rank": 3.5,
    }  # fmt: skip


def test_a_deleted_model_is_not_asked() -> None:
    job = make_job("a")
    job.sides = (*job.sides, Side("", "Deleted", "There is no run 'x'."))
    desk = Desk(lambda: cast(ModelPool, ReadingBench()))
    desk.start(answered(job))
    found = look_at(desk, {"ticket": job.ticket, "question": 0, "what": "tokens", "text": "one"})
    assert found["columns"][1] == {"problem": "There is no run 'x'."}


def test_nothing_to_look_at_is_told() -> None:
    with pytest.raises(InvalidInput, match="no text to look at"):
        look("tokens", "a", "b", text="  ")
    with pytest.raises(InvalidInput, match="kept no longer"):
        look_at(Desk(lambda: cast(ModelPool, None)), {"ticket": "x", "question": 0, "what": "rank"})
