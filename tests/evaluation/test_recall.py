"""What a model says by itself, token by token, on a tiny model."""

import torch

from tests.helpers.models import tiny_model, toy_tokenizer
from unlearn_core.data.encoder import make_encoder
from unlearn_core.data.records import Record
from unlearn_core.evaluation.recall import ROWS, accuracy, token_recall
from unlearn_core.metrics.memorisation import memorisation_accuracy
from unlearn_core.models.forward import answer_logits


def test_hits_are_memorisation_accuracy_whatever_the_batch() -> None:
    model, encoder = tiny_model("llama"), make_encoder(toy_tokenizer())
    records = [Record(id=str(i), prompt="", answer=f"Ada has {i} A{i}.") for i in range(ROWS + 3)]
    model.train()
    found = token_recall(model, encoder, records)
    assert model.training
    model.eval()
    for record, tokens in zip(records, found, strict=True):
        with torch.no_grad():
            out = answer_logits(model, encoder.batch([(record.prompt, record.answer)]))
        assert accuracy(tokens) == memorisation_accuracy(out.logits, out.labels).item()
        assert all(0 <= token.probability <= 1 for token in tokens)
        assert all((token.guess == token.text) for token in tokens if token.hit)
        assert tokens[-1].text == "■"  # the end is learnt too


def test_of_a_question_only_the_answer_counts() -> None:
    model, encoder = tiny_model("llama"), make_encoder(toy_tokenizer())
    record = Record(id="1", prompt="Pet of Ada?", answer="A cat.")
    (tokens,) = token_recall(model, encoder, [record])
    said = "".join(token.text for token in tokens)
    assert "cat" in said and "Pet" not in said
