"""What needs the large libraries: import it inside the function that uses it.

So the page opens before they are there. Everything goes through this one file because two threads
that import transformers at once, each by another way, get it half made.
"""

from unlearn_core.attacks.base import Case, Material, Target
from unlearn_core.attacks.prefilling import own_words
from unlearn_core.attacks.registry import attack as attack_named
from unlearn_core.attacks.registry import attacks
from unlearn_core.attacks.registry import build as build_attack
from unlearn_core.audits.spec import (
    audit_of_run,
    newest_audit,
    queue_audit,
)
from unlearn_core.comparison.model_pool import ModelPool
from unlearn_core.data.encoder import make_encoder
from unlearn_core.evaluation.recall import accuracy, token_recall
from unlearn_core.metrics.leak import knows
from unlearn_core.metrics.registry import metrics
from unlearn_core.models.describing import describe
from unlearn_core.models.loading import load
from unlearn_core.models.spec import ModelSpec
from unlearn_core.sampling.tree import TreeSampler
from unlearn_core.share.export import export_model
from unlearn_core.share.hub import Upload, prepared, push_model, strangers_spec

__all__ = [
    "ModelPool",
    "TreeSampler",
    "Case",
    "Material",
    "Upload",
    "accuracy",
    "attack_named",
    "attacks",
    "audit_of_run",
    "build_attack",
    "describe",
    "export_model",
    "knows",
    "metrics",
    "newest_audit",
    "own_words",
    "prepared",
    "push_model",
    "queue_audit",
    "strangers_spec",
    "target_of",
    "token_recall",
]


def target_of(source: str) -> Target:
    """A bundled model, or one of a folder, as attacks take it."""
    loaded = load(ModelSpec(source=source, device="cpu"))
    device = next(loaded.model.parameters()).device
    encoder = make_encoder(loaded.tokenizer)
    return Target("unlearned", loaded.model, encoder, device, None)
