"""Hidden states read out: the last layer is the model itself, and ties are nobody's."""

import pytest
import torch

from tests.helpers.models import KINDS, Kind, tiny_model, toy_tokenizer
from unlearn_core.attacks.fact_tokens import fact_row
from unlearn_core.attacks.logit_lens import fact_log_probs, lens_of, top
from unlearn_core.data.encoder import make_encoder
from unlearn_core.data.records import Record
from unlearn_core.evaluation.readings import likelihoods

RECORDS = (
    Record(id="a", prompt="Pet of Ada?", answer="Ada has a cat.", fact="cat"),
    Record(id="b", prompt="Year?", answer="In 1987 she was born, they say.", fact="1987"),
)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "gemma"])
@pytest.mark.parametrize("most", [1, 8])
def test_the_last_layer_says_what_the_model_says(kind: Kind, most: int) -> None:
    model, encoder = tiny_model(kind), make_encoder(toy_tokenizer(), max_length=128)
    lens = lens_of(model)
    assert lens is not None
    rows = [fact_row(record, encoder) for record in RECORDS]
    found = list(fact_log_probs(model, lens, rows, most))
    pairs = [(record.prompt, record.answer) for record in RECORDS]
    whole = likelihoods(model, encoder, torch.device("cpu"), pairs)
    for layers, row, one in zip(found, rows, whole, strict=True):
        own = one.log_probs[row.start - row.n_prompt : row.end - row.n_prompt]
        assert len(layers) == 3
        assert layers[-1].item() == pytest.approx(sum(own) / len(own), abs=1e-4)
        assert abs(layers[0] - layers[-1]) > 1e-3


def test_the_norm_is_the_one_behind_the_layers() -> None:
    for kind, name in (("llama", "norm"), ("gpt2", "ln_f"), ("gemma", "norm")):
        model = tiny_model(kind)
        lens = lens_of(model)
        assert lens is not None and lens[0] is model.base_model.get_submodule(name)


def test_likeliest_by_hand() -> None:
    # Layer 0: the true one; 1: the second wrong one; 2: a tie.
    scores = torch.tensor([[-1.0, -3.0, -1.0], [-2.0, -2.0, -1.0], [-3.0, -1.0, -2.0]])
    found = top(scores)
    assert found.true == (1.0, 0.0, 0.0)
    assert found.wrong == ((0.0, 0.0, 0.0), (0.0, 1.0, 0.0))
