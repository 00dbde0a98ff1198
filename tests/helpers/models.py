"""Small random models of four families and a byte-level tokenizer, built in milliseconds."""

from typing import Literal

import torch
from tokenizers import Tokenizer, decoders, pre_tokenizers, processors
from tokenizers.models import BPE
from transformers import (
    AutoModelForCausalLM,
    Gemma2Config,
    GPT2Config,
    LlamaConfig,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    Qwen3Config,
)

from unlearn_core.models.making import MAKING

Kind = Literal["llama", "gpt2", "qwen", "gemma"]
KINDS: tuple[Kind, ...] = ("llama", "gpt2", "qwen", "gemma")
PAD, BOS, EOS = 0, 1, 2
VOCABULARY = 300
CONTEXT = 256


def toy_tokenizer(adds_bos: bool = False) -> PreTrainedTokenizerFast:
    """Bytes as tokens, after `<pad>`, `<s>` and `</s>`; no chat template."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: i for i, token in enumerate(["<pad>", "<s>", "</s>", *alphabet])}
    inner = Tokenizer(BPE(vocab=vocabulary, merges=[]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    if adds_bos:
        inner.post_processor = processors.TemplateProcessing(
            single="<s> $A", special_tokens=[("<s>", BOS)]
        )
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        model_max_length=CONTEXT,
    )


def tiny_model(kind: Kind = "llama", seed: int = 0) -> PreTrainedModel:
    """A random causal model of 100 to 300 thousand parameters: eval mode, float32, CPU.

    Llama, Qwen 3 and Gemma 2 have four heads over two key-value heads; Gemma 2 has one sliding
    window layer (16 tokens) and both soft caps; Qwen 3 and GPT-2 tie their embeddings.
    """
    with MAKING, torch.random.fork_rng(devices=[]):  # a page of an earlier test may still read one
        torch.manual_seed(seed)
        model = AutoModelForCausalLM.from_config(_config(kind), dtype=torch.float32)
    assert isinstance(model, PreTrainedModel)
    return model.eval()


def _config(kind: Kind) -> PreTrainedConfig:
    ids = {"pad_token_id": PAD, "bos_token_id": BOS, "eos_token_id": EOS}
    # Wide initial weights: at the usual 0.02 a tiny model's distribution is nearly uniform.
    grouped = {
        "vocab_size": VOCABULARY,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 16,
        "max_position_embeddings": CONTEXT,
        "initializer_range": 0.2,
        **ids,
    }
    match kind:
        case "llama":
            return LlamaConfig(**grouped)
        case "qwen":
            return Qwen3Config(tie_word_embeddings=True, **grouped)
        case "gemma":
            # Tied, random embeddings scaled by 8 would only ever echo the last token.
            return Gemma2Config(
                tie_word_embeddings=False, sliding_window=16, query_pre_attn_scalar=16, **grouped
            )
        case "gpt2":
            return GPT2Config(
                vocab_size=VOCABULARY,
                n_embd=64,
                n_layer=2,
                n_head=4,
                n_positions=CONTEXT,
                initializer_range=0.2,
                **ids,
            )
