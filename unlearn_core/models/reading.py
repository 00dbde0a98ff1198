"""A model's configuration and tokenizer, and what to say when they cannot be read."""

from typing import Any

from transformers import AutoConfig, AutoTokenizer, PreTrainedConfig, PreTrainedTokenizerBase
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

from unlearn_core.errors import InvalidInput
from unlearn_core.models.source import Source
from unlearn_core.models.spec import ModelSpec


def read_config(source: Source, spec: ModelSpec) -> PreTrainedConfig:
    """The model's configuration.

    Raises:
        InvalidInput: It cannot be found, or the model is not a causal language model.
    """
    try:
        config = AutoConfig.from_pretrained(source.folder, trust_remote_code=spec.trusted)
    except (OSError, ValueError, KeyError) as error:
        raise unreadable(source, error) from error
    _check_causal(source, config, spec.trusted)
    assert isinstance(config, PreTrainedConfig)
    return config


def read_tokenizer(source: Source, spec: ModelSpec) -> PreTrainedTokenizerBase:
    """The model's tokenizer.

    Raises:
        InvalidInput: There is none, or it cannot be read.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(source.folder, trust_remote_code=spec.trusted)
    except (OSError, ValueError, KeyError) as error:
        raise InvalidInput(
            f"The model '{source.name}' has no tokenizer that can be read ({_first(error)}). "
            "Put its tokenizer files beside its weights."
        ) from error
    assert isinstance(tokenizer, PreTrainedTokenizerBase)
    return tokenizer


def unreadable(source: Source, error: Exception) -> InvalidInput:
    """One sentence for a model that transformers could not read."""
    if "trust_remote_code" in str(error):
        return InvalidInput(
            f"The model '{source.name}' brings its own Python code, which is not run unless you "
            "name the model under 'Trust remote code of'."
        )
    return InvalidInput(
        f"The model '{source.name}' cannot be read: {_first(error)}. Its folder may be incomplete."
    )


def _check_causal(source: Source, config: PreTrainedConfig, trusted: bool) -> None:
    known = set(_names(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES))
    named = config.architectures or []
    own_code = trusted and "AutoModelForCausalLM" in getattr(config, "auto_map", {})
    supported = config.model_type in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
    causal = supported and (not named or bool(known & set(named)))
    if own_code or (causal and not config.is_encoder_decoder):
        return
    raise InvalidInput(
        f"The model '{source.name}' is a {(named or [config.model_type])[0]}, not a causal "
        "language model. Choose one whose architecture ends in ForCausalLM, such as Llama, Qwen, "
        "Gemma, Phi or GPT-2."
    )


def _names(mapping: Any) -> list[str]:
    names: list[str] = []
    for value in mapping.values():
        names.extend([value] if isinstance(value, str) else value)
    return names


def _first(error: Exception) -> str:
    line = (str(error).strip() or type(error).__name__).splitlines()[0]
    return line[:200].rstrip(".")
