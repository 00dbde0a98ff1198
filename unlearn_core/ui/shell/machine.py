"""What the page knows of models and of this machine, in words."""

from collections.abc import Mapping
from typing import Any

import torch

from unlearn_core.models.card import ModelCard
from unlearn_core.models.name import BUNDLED, TWIN, run_of
from unlearn_core.models.spec import ModelSpec
from unlearn_core.settings.config import parse
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.texts import common as texts

NAMES = {BUNDLED: texts.BUNDLED, TWIN: texts.TWIN}


def model_card(services: Services, model: Mapping[str, Any]) -> ModelCard:
    """The card of a chosen model, from its configuration alone.

    Raises:
        LetheError: The model cannot be used.
    """
    return services.launcher.card(parse(ModelSpec, model, "model"))


def model_name(services: Services, source: str) -> str:
    """A model's source as people say it."""
    run = run_of(source)
    return (
        texts.RESULT_OF.format(run=services.store.get(run).name)
        if run
        else NAMES.get(source, source)
    )


def device_words(device: str, threads: int) -> str:
    """A device as people say it."""
    if device != "cpu":
        return device.upper()
    return f"CPU, {texts.count(threads or torch.get_num_threads(), 'thread')}"
