"""Embeddings by a small local model."""

from pathlib import Path

import numpy as np
import pytest

from tests.helpers.models import tiny_model, toy_tokenizer
from unlearn_core.errors import InvalidInput
from unlearn_core.models.embedding import load_embedding
from unlearn_core.models.loading import save


def test_texts_become_vectors_whatever_stands_beside_them(tmp_path: Path) -> None:
    save(tiny_model("llama"), toy_tokenizer(), tmp_path / "model")
    embed = load_embedding(str(tmp_path / "model"), "cpu")
    alone, beside = embed(["a cat"]), embed(["a cat", "a much longer text than that", ""])
    assert alone.shape[0] == 1 and beside.shape == (3, alone.shape[1])
    np.testing.assert_allclose(alone[0], beside[0], atol=1e-5)
    assert np.isfinite(beside).all() and not np.allclose(beside[0], beside[1])


def test_a_folder_without_a_model_is_told() -> None:
    with pytest.raises(InvalidInput, match="No embedding model can be read from '/nowhere'"):
        load_embedding("/nowhere", "cpu")
