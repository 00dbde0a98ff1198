"""Fixtures that several rooms use."""

import pytest
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from tests.helpers.models import tiny_model, toy_tokenizer


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Tiny models run fastest, and repeat exactly, on one thread."""
    torch.set_num_threads(1)


@pytest.fixture
def tokenizer() -> PreTrainedTokenizerFast:
    """A fresh byte-level tokenizer without a chat template."""
    return toy_tokenizer()


@pytest.fixture
def tiny_llama() -> PreTrainedModel:
    """A fresh random Llama."""
    return tiny_model("llama")


@pytest.fixture
def tiny_gpt2() -> PreTrainedModel:
    """A fresh random GPT-2."""
    return tiny_model("gpt2")


@pytest.fixture
def tiny_qwen() -> PreTrainedModel:
    """A fresh random Qwen 3."""
    return tiny_model("qwen")


@pytest.fixture
def tiny_gemma() -> PreTrainedModel:
    """A fresh random Gemma 2."""
    return tiny_model("gemma")
