"""The models of an audit: loaded when they are asked for, and let go when memory is short."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import psutil
import torch
from torch import nn
from transformers import PreTrainedModel

from unlearn_core.attacks.base import Role, Target
from unlearn_core.audits.cache import fingerprint
from unlearn_core.audits.spec import AuditSpec
from unlearn_core.data.encoder import Preface, make_encoder
from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput
from unlearn_core.evaluation.evaluator import Evaluator
from unlearn_core.evaluation.readings import read_records, with_plainness, with_similarity
from unlearn_core.metrics.base import Reading
from unlearn_core.metrics.semantic import Embed
from unlearn_core.models.embedding import load_embedding
from unlearn_core.models.loading import load, load_answering
from unlearn_core.models.source import find_source
from unlearn_core.models.spec import ModelSpec
from unlearn_core.models.steering import SteeredModel
from unlearn_core.runs.checks import resolve_run
from unlearn_core.runs.store import Store

ROLES: tuple[Role, ...] = ("unlearned", "retrained", "original")
MEMORY_SHARE = 0.5
"""Models are kept loaded while each takes less than this share of the memory that is free."""
MAX_NEW_TOKENS = 48


class Models(Mapping[Role, Target]):
    """Targets by role."""

    def __init__(self, store: Store, spec: AuditSpec, samples: int) -> None:
        """Nothing is loaded yet.

        Raises:
            InvalidInput: One of the models does not exist.
        """
        self._samples = samples
        self._seed = spec.seed
        self._embedding = spec.embedding
        self._template = spec.data.template
        self.sources: dict[Role, str] = {
            "unlearned": spec.model.source,
            **({"retrained": spec.retrained} if spec.retrained else {}),
            "original": spec.original,
        }
        self.roles: tuple[Role, ...] = tuple(role for role in ROLES if role in self.sources)
        bases: dict[Role, str] = {"unlearned": spec.model.base, "original": spec.original_base}
        self._specs: dict[Role, ModelSpec] = {
            role: resolve_run(
                spec.model.model_copy(update={"source": source, "base": bases.get(role, "")}),
                store,
            )
            for role, source in self.sources.items()
        }
        self._prints = {role: fingerprint(find_source(one)) for role, one in self._specs.items()}
        self._loaded: dict[Role, Target] = {}

    def __getitem__(self, role: Role) -> Target:
        if role not in self._loaded:
            self._make_room()
            self._loaded[role] = self._load(role)
        return self._loaded[role]

    def __iter__(self) -> Iterator[Role]:
        return iter(self.roles)

    def __len__(self) -> int:
        return len(self.roles)

    def __contains__(self, role: object) -> bool:
        return role in self.roles

    def print_of(self, role: Role) -> str:
        """Changes when the model does; empty for one that is not there."""
        return self._prints.get(role, "")

    def read(self, role: Role, group: str, records: Sequence[Record]) -> tuple[Reading, ...]:
        """What a model does with the records of a group; forget answers are sampled too."""
        samples = self._samples if group == "forget" else 0
        readings = read_records(self._evaluator(role), records, samples=samples, seed=self._seed)
        readings = with_plainness(readings, self._evaluator("original"), records)
        return with_similarity(readings, self._embed) if self._embedding else readings

    @cached_property
    def _embed(self) -> Embed:
        return load_embedding(self._embedding, self._specs["original"].device)

    def _evaluator(self, role: Role) -> Evaluator:
        target = self[role]
        return Evaluator(
            target.model, target.encoder, target.sampler, target.device, MAX_NEW_TOKENS,
            packed=True,
        )  # fmt: skip

    def _load(self, role: Role) -> Target:
        spec = self._specs[role]
        found = load_answering(spec)
        _check_sound(found.model, self.sources[role])
        encoder = make_encoder(
            found.tokenizer, self._template, found.card.context_length, found.preface
        )
        steered = isinstance(found.model, SteeredModel) or found.preface != Preface()

        def fresh() -> PreTrainedModel:
            self._make_room()
            copy = load(spec).model
            nn.Module.to(copy, torch.float32)
            return copy

        device = torch.device(found.model.device)
        return Target(role, found.model, encoder, device, None if steered else fresh)

    def _make_room(self) -> None:
        """Let the other models go where one more would not leave room to work in."""
        for target in self._loaded.values():
            size = sum(p.numel() * p.element_size() for p in target.model.parameters())
            if size > MEMORY_SHARE * _free(target.device):
                self._loaded.clear()
                return


class Some(Mapping[Role, Target]):
    """Some of the models, loaded when an attack asks for them."""

    def __init__(self, models: Models, roles: Sequence[Role]) -> None:
        """Nothing is loaded yet."""
        self._models = models
        self._roles = tuple(roles)

    def __getitem__(self, role: Role) -> Target:
        if role not in self._roles:
            raise KeyError(role)
        return self._models[role]

    def __iter__(self) -> Iterator[Role]:
        return iter(self._roles)

    def __len__(self) -> int:
        return len(self._roles)


def _check_sound(model: nn.Module, source: str) -> None:
    """What a broken model says proves nothing.

    Raises:
        InvalidInput: Some weights are no numbers.
    """
    broken = next((n for n, p in model.named_parameters() if not bool(p.isfinite().all())), None)
    if broken is not None:
        raise InvalidInput(
            f"The model '{source}' is broken: its weights hold values that are no finite numbers "
            f"(first in {broken}), so there is nothing to attack. Make it again, with a lower "
            "learning rate if training broke it."
        )


def _free(device: torch.device) -> int:
    if device.type == "cuda":
        torch.cuda.empty_cache()
        return int(torch.cuda.mem_get_info(device)[0])
    return int(psutil.virtual_memory().available)
