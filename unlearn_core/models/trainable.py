"""Making a model trainable, in full or by an adapter, and the original under an adapter."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch import nn
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.models.spec import TRAINED_ADAPTER, TuningSpec


def prepare_for_training(model: PreTrainedModel, tuning: TuningSpec) -> PreTrainedModel | PeftModel:
    """Make the weights trainable that the settings name; the model given is changed.

    Full fine-tuning turns every weight into float32, so that small steps are not lost in rounding;
    half precision is then only the arithmetic of the forward pass (autocast). LoRA keeps the base
    as loaded and adds float32 adapters, whose first effect is zero. The adapter's random start
    comes from torch's global generator.

    Raises:
        InvalidInput: float16 on a CPU, or unknown layer names.
    """
    if model.dtype == torch.float16 and model.device.type == "cpu":
        raise InvalidInput(
            "Training in float16 does not work on a CPU. Choose float32 or bfloat16 as precision."
        )
    if tuning.mode == "full":
        nn.Module.to(model, torch.float32).requires_grad_(True)
        return model
    return get_peft_model(model, _lora(model, tuning))


@contextmanager
def reference_model(model: nn.Module) -> Iterator[nn.Module]:
    """The model as it was before training, at no second copy: the adapter is off inside.

    Raises:
        MissingPrerequisite: Every weight is trained, so the original is no longer there.
    """
    if not isinstance(model, PeftModel):
        raise MissingPrerequisite(
            "The original model is needed during training, but full fine-tuning changes its "
            "weights. Train with LoRA instead."
        )
    with model.disable_adapter():
        yield model


def has_adapter(model: nn.Module) -> bool:
    """Whether an adapter is trained, so that the original weights are still there."""
    return isinstance(model, PeftModel)


def merged(model: PreTrainedModel | PeftModel) -> PreTrainedModel:
    """A model without adapter that computes the same; the model given stays as it is."""
    if not isinstance(model, PeftModel):
        return model
    plain = copy.deepcopy(model).merge_and_unload(adapter_names=[TRAINED_ADAPTER])
    assert isinstance(plain, PreTrainedModel)
    return plain


def linear_layers(model: PreTrainedModel) -> dict[str, nn.Module]:
    """The layers an adapter can sit on, by full name: all linear ones but the output layer."""
    output = model.get_output_embeddings()  # type: ignore[no-untyped-call]
    return {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear | Conv1D) and module is not output
    }


def _lora(model: PreTrainedModel, tuning: TuningSpec) -> LoraConfig:
    return LoraConfig(
        task_type="CAUSAL_LM",
        r=tuning.rank,
        lora_alpha=tuning.alpha,
        lora_dropout=tuning.dropout,
        target_modules=_targets(model, tuning.target_modules),
        # GPT-2 stores its weights transposed.
        fan_in_fan_out=any(isinstance(module, Conv1D) for module in model.modules()),
    )


def _targets(model: PreTrainedModel, text: str) -> list[str] | str:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        return "all-linear"
    known = sorted({layer.rpartition(".")[2] for layer in linear_layers(model)})
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InvalidInput(
            f"The model has no linear layer '{unknown[0]}' for an adapter; "
            f"it has {', '.join(known)}."
        )
    return names
