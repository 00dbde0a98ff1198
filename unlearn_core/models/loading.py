"""Loading a model with its tokenizer, and saving one whole or not at all."""

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peft import PeftModel
from safetensors import SafetensorError
from torch import nn
from transformers import AutoModelForCausalLM, PreTrainedModel, PreTrainedTokenizerBase

from unlearn_core.data.encoder import Preface
from unlearn_core.errors import InvalidInput
from unlearn_core.files import whole_folder
from unlearn_core.models.card import ModelCard
from unlearn_core.models.describing import make_card
from unlearn_core.models.devices import precision, resolve_device
from unlearn_core.models.making import MAKING
from unlearn_core.models.reading import read_config, read_tokenizer, unreadable
from unlearn_core.models.source import BUNDLED_MODELS, Source, find_source, is_local
from unlearn_core.models.spec import TRAINED_ADAPTER, DType, ModelSpec
from unlearn_core.models.steering import SteeredModel, read_steering, require_plain, steer


@dataclass(frozen=True)
class LoadedModel:
    """A model in evaluation mode on its device, with its tokenizer and card."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    card: ModelCard


def load(spec: ModelSpec) -> LoadedModel:
    """Load a model from safetensors.

    An adapter is merged into its base, so that whatever is loaded can be trained again with an
    adapter of its own; in half precision the merged weights are rounded to that precision.

    Raises:
        InvalidInput: Unknown model, no usable weights, not a causal model, unknown device, or one
            that forgets only while it answers.
        MissingPrerequisite: The bundled model has not been built.
    """
    device = resolve_device(spec.device)
    source = find_source(spec)
    require_plain(source.adapters, spec.source)
    config = read_config(source, spec)
    tokenizer = read_tokenizer(source, spec)
    try:
        with MAKING:
            loaded = AutoModelForCausalLM.from_pretrained(
                source.folder,
                config=config,
                dtype=precision(spec.dtype),
                use_safetensors=True,
                trust_remote_code=spec.trusted,
            )
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise unreadable(source, error) from error
    assert isinstance(loaded, PreTrainedModel)
    model: PreTrainedModel = nn.Module.to(loaded, device)
    for adapter in source.adapters:
        model = _with_adapter(model, source, adapter)
    model.name_or_path = _lasting_name(spec.source)
    return LoadedModel(model.train(False), tokenizer, make_card(spec, model, tokenizer, device))


@dataclass(frozen=True)
class AnsweringModel:
    """Whatever can be asked: a model as it is, or one that is steered while it answers.

    Attributes:
        preface: What must stand before every question.
    """

    model: PreTrainedModel | PeftModel | SteeredModel
    tokenizer: PreTrainedTokenizerBase
    card: ModelCard
    preface: Preface


def load_answering(spec: ModelSpec) -> AnsweringModel:
    """Load a model to ask it, also one that forgets only while it answers.

    Raises:
        InvalidInput: As `load`.
        MissingPrerequisite: The bundled model has not been built.
    """
    source = find_source(spec)
    steering = read_steering(source.adapters[-1]) if source.adapters else None
    if steering is None:
        loaded = load(spec)
        return AnsweringModel(loaded.model, loaded.tokenizer, loaded.card, Preface())
    *below, top = source.adapters
    base = str(below[-1]) if below else source.name
    loaded = load(spec.model_copy(update={"source": base, "base": ""}))
    model = _put_on(loaded.model, source, top).train(False)
    return AnsweringModel(steer(model, steering), loaded.tokenizer, loaded.card, steering.preface)


def save(
    model: PreTrainedModel | PeftModel,
    tokenizer: PreTrainedTokenizerBase,
    folder: Path,
    dtype: DType | None = None,
    name: str = TRAINED_ADAPTER,
) -> None:
    """Save the trained adapter, or all weights of a model without one, as safetensors.

    Adapters that a method put beside the trained one are left out. The folder appears whole or not
    at all; what it held before is replaced.

    Args:
        model: What to save.
        tokenizer: Saved beside it.
        folder: Where.
        dtype: Number format of full weights; None keeps the model's own.
        name: Which adapter of a model with several.

    Raises:
        InvalidInput: The folder cannot be written.
    """
    adapter = isinstance(model, PeftModel)
    if dtype is not None and not adapter and model.dtype != precision(dtype):
        model = nn.Module.to(copy.deepcopy(model), precision(dtype))
    options: dict[str, Any] = {}
    if adapter:
        # Left to itself, peft asks the hub whether the base's vocabulary has grown.
        options = {"selected_adapters": [name], "save_embedding_layers": False}
    try:
        with whole_folder(folder) as place:
            model.save_pretrained(str(place), **options)
            if adapter and name != TRAINED_ADAPTER:  # peft gives any other one its own folder
                for path in (place / name).iterdir():
                    path.rename(place / path.name)
                (place / name).rmdir()
            tokenizer.save_pretrained(str(place))
    except (OSError, SafetensorError) as error:
        raise InvalidInput(
            f"The model cannot be saved in '{folder}': {error}. "
            "Choose a folder that can be written and has room."
        ) from error


def _lasting_name(source: str) -> str:
    """What an adapter saved later calls its base: right from any folder, and on any machine."""
    if is_local(source) and source not in BUNDLED_MODELS:
        return str(Path(source).expanduser().resolve())
    return source


def _with_adapter(model: PreTrainedModel, source: Source, folder: Path) -> PreTrainedModel:
    plain = _put_on(model, source, folder).merge_and_unload()
    assert isinstance(plain, PreTrainedModel)
    return plain


def _put_on(model: PreTrainedModel, source: Source, folder: Path) -> PeftModel:
    try:
        with MAKING:
            return PeftModel.from_pretrained(model, str(folder), use_safetensors=True)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise InvalidInput(
            f"The adapter in '{folder}' cannot be put on the base model '{source.name}'. "
            "Give the base model that it was trained on."
        ) from error
