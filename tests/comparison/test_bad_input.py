"""Whatever is typed, there is an answer or a sentence; and conversations, good and bad."""

from pathlib import Path

import pytest
from tokenizers import Tokenizer, pre_tokenizers
from tokenizers.models import WordLevel
from transformers import PreTrainedTokenizerFast

from tests.helpers.models import tiny_model
from unlearn_core.comparison.answering import Column
from unlearn_core.comparison.model_pool import ModelPool
from unlearn_core.models.loading import save
from unlearn_core.settings.sampling import SamplingSpec

SPEC = SamplingSpec(max_new_tokens=4, temperature=0.0)
ANSWERED = [
    "",
    "   ",
    "\n\t",
    "🦉🔥👩‍👩‍👧",
    "من هي آدا؟",
    "<script>alert(1)</script>",
    "</s>",
    "\0",
]


def last(pool: ModelPool, sources: list[str], prompt: str) -> tuple[Column, ...]:
    return list(pool.stream(sources, prompt, spec=SPEC, seed=0))[-1]


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A model whose tokenizer knows three words and has no token for any other."""
    words = {"<s>": 0, "</s>": 1, "who": 2, "Question": 3, ":": 4, "Answer": 5}
    inner = Tokenizer(WordLevel(vocab=words, unk_token="<none>"))
    inner.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner, bos_token="<s>", eos_token="</s>", pad_token="</s>"
    )
    folder = tmp_path_factory.mktemp("models") / "narrow"
    save(tiny_model("llama", seed=3), tokenizer, folder)
    return str(folder)


@pytest.mark.parametrize("prompt", ANSWERED)
def test_odd_prompts_are_answered(base: str, adapters: tuple[str, ...], prompt: str) -> None:
    pool = ModelPool()
    columns = last(pool, [base, adapters[0]], prompt)
    assert [column.problem for column in columns] == ["", ""]
    answers = pool.answers_of([base, adapters[0]], [prompt], spec=SPEC, n=1, seed=0)
    assert [found[0][0] for found in answers] == [column.text for column in columns]


@pytest.mark.parametrize("prompt", ["a" * 100_000, "x" * 250, "\ud83d"])
def test_prompts_that_no_model_can_take_say_why(
    base: str, adapters: tuple[str, ...], prompt: str
) -> None:
    pool = ModelPool()
    for column in last(pool, [base, adapters[0]], prompt):
        assert column.finished and not column.text
        assert "tokens" in column.problem or "cannot encode" in column.problem
        assert len(column.problem) < 400
    for found in pool.answers_of([base, adapters[0]], [prompt], spec=SPEC, n=2, seed=0):
        assert isinstance(found, str)
    for view in pool.token_views([base], prompt, "x"):
        assert isinstance(view, str)


def test_a_tokenizer_that_cannot_encode_leaves_the_others(base: str, narrow: str) -> None:
    pool = ModelPool()
    columns = last(pool, [narrow, base], "Who is Ada?")
    assert "cannot encode" in columns[0].problem
    assert columns[1] == last(ModelPool(), [base], "Who is Ada?")[0]
    assert last(pool, [narrow], "who")[0].problem == ""


def test_conversations_are_answered_by_those_with_a_template(
    base: str, chatty: str, tmp_path: Path
) -> None:
    pool = ModelPool()
    assert [pool.has_chat(base), pool.has_chat(chatty)] == [False, True]
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Who?"},
        {"role": "assistant", "content": "Ada."},
        {"role": "user", "content": "Where?"},
    ]
    columns = list(pool.stream_chat([base, chatty], messages, spec=SPEC, seed=0))[-1]
    assert "no chat template" in columns[0].problem
    assert columns[1].text and not columns[1].problem
    # One question is a conversation of one turn.
    single = list(pool.stream_chat([chatty], messages[1:2], spec=SPEC, seed=0))[-1]
    assert single == last(ModelPool(), [chatty], "Who?")
    assert single != columns[1:]
    assert pool.has_chat(chatty)


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ([], "nothing to answer"),
        ([{"role": "user", "content": "  "}], "nothing to answer"),
        ([{"role": "assistant", "content": "Hm."}], "nothing to answer"),
        ([{"role": "wizard", "content": "Hm."}], "wizard"),
        ([{"role": "user"}], "content"),
        ([{"role": "user", "content": "x" * 100_000}], "tokens"),
    ],
)
def test_conversations_that_cannot_be_answered_say_why(
    chatty: str, messages: list[dict[str, str]], words: str
) -> None:
    (column,) = list(ModelPool().stream_chat([chatty], messages, spec=SPEC, seed=0))[-1]
    assert words in column.problem and column.finished
