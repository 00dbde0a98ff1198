"""Words for what methods log at each step beside the total, forget and retain loss.

A part that is not here is drawn all the same, under its own name.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Part(NamedTuple):
    """A logged number's name on screen, and what a person should know to read it."""

    label: str
    help: str


PARTS: Mapping[str, Part] = {
    "loss/ce-u": Part("CE-U", "Distance from a spread in which the true token has no place."),
    "loss/distillation": Part(
        "Distillation", "Divergence from the teacher's answers. Lower means closer to the teacher."
    ),
    "loss/dpo": Part(
        "DPO", "Preference of the replacement over the true answer. Lower means more preferred."
    ),
    "loss/drift": Part(
        "Drift", "How far the hidden states of kept records moved from the original's. Goal: 0."
    ),
    "loss/flat": Part(
        "FLAT", "Negative divergence of replacement answers from true ones. Lower is further apart."
    ),
    "loss/forget_entropy": Part(
        "Entropy, forget", "Spread of the next token on forget answers. What it should do, the "
        "method's settings say."
    ),
    "loss/generic": Part("Generic answer", "Surprise at the generic words. Lower is more generic."),
    "loss/jensun": Part("JensUn", "Divergence of forget answers from a refusal. Goal: 0."),
    "loss/js": Part(
        "JS to the original", "Jensen-Shannon divergence of kept answers from before. Goal: 0."
    ),
    "loss/kl": Part(
        "KL to the original", "How far kept answers moved from the original's. Goal: 0."
    ),
    "loss/npo": Part(
        "NPO", "Falls as true answers become less likely than under the original model."
    ),
    "loss/pdu": Part("Flat logits", "How uneven the logits of forget answers are. Goal: 0."),
    "loss/refusal": Part(
        "Refusal", "Surprise at the refusals. Lower means it refuses more surely."
    ),
    "loss/retain_entropy": Part("Entropy, retain", "Spread of the next token on kept answers."),
    "loss/rmu": Part(
        "RMU", "Distance of the hidden states of forget records from a random direction. Goal: 0."
    ),
    "loss/satimp": Part("SatImp", "Weighted log-likelihood of true answers. Falls as they go."),
    "loss/simnpo": Part("SimNPO", "Falls as true answers become less likely, by their length."),
    "loss/taught": Part("Taught", "Surprise at the taught answers. Lower means learnt."),
    "loss/undial": Part(
        "UNDIAL", "Distance from the model's own answers with the true token pushed down. Goal: 0."
    ),
    "loss/wga": Part("WGA", "Weighted log-likelihood of true answers. Falls as they go."),
    "pdu/weight": Part("Weight of the retain loss", "Rises while kept answers are worse than set."),
    "train/grad_norm": Part("Gradient norm", "Length of the gradient before it is clipped."),
    "train/learning_rate": Part("Learning rate", "Size of a step; it warms up first."),
}  # fmt: skip
"""By the name of the scalar in a run's events, in the order of their names."""
