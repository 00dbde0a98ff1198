"""Which tokens say the fact."""

import pytest

from tests.helpers.models import toy_tokenizer
from unlearn_core.attacks.fact_tokens import fact_row, of_fact
from unlearn_core.data.encoder import make_encoder
from unlearn_core.data.records import Record
from unlearn_core.evaluation.readings import Likelihood

ENCODER = make_encoder(toy_tokenizer(), max_length=128)


def said(record: Record) -> str:
    row = fact_row(record, ENCODER)
    return str(ENCODER.tokenizer.decode(list(row.ids[row.start : row.end])))


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (Record(id="q", prompt="Pet?", answer="Ada has a cat.", fact="cat"), " a cat"),
        (Record(id="w", prompt="Pet?", answer="A cat.", fact="dog"), " A cat."),
        (Record(id="n", prompt="Pet?", answer="x"), " x"),
        (Record(id="p", prompt="", answer="Ada has cat 7 now.", fact="cat 7"), " cat 7"),
    ],
)
def test_the_fact_is_found(record: Record, expected: str) -> None:
    assert said(record) == expected


def test_a_row_that_was_cut_keeps_a_token() -> None:
    encoder = make_encoder(toy_tokenizer(), max_length=24)
    row = fact_row(Record(id="c", prompt="P", answer="Ada has a cat.", fact="cat"), encoder)
    assert len(row.ids) == 24 and row.start < row.end <= 24


def test_the_likelihood_of_the_fact_alone() -> None:
    record = Record(id="q", prompt="Pet?", answer="is cat.", fact="cat")
    row = fact_row(record, ENCODER)
    size = len(row.ids) - row.n_prompt
    whole = Likelihood(tuple(range(size)), (True,) * (size - 1), tuple(range(size)), 0.0)
    # " is cat.</s>" is nine tokens; the fact with its space is the fourth to seventh.
    assert of_fact(whole, row).log_probs == (3, 4, 5, 6)
