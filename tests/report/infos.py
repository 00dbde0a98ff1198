"""Attacks and metrics as the registries hold them, few and fixed, so that words can be checked."""

from unlearn_core.attacks.base import Attack, AttackCard, AttackInfo, Kind
from unlearn_core.metrics.base import Better, MetricInfo
from unlearn_core.settings.config import Config


def attack_info(name: str, title: str, measure: str, kind: Kind) -> AttackInfo:
    card = AttackCard(f"{title} in a sentence.", measure, kind, "A paper, 2025", "seconds")
    return AttackInfo(name, title, Config, Attack, card)


ATTACKS = {
    info.name: info
    for info in (
        attack_info("prefilling", "Prefilled answers", "facts found", "recovery"),
        attack_info("sampling", "Sampling", "share of answers that give the fact", "recovery"),
        attack_info("membership", "Membership", "AUC: 1 looks read, 0.5 cannot be told",
                    "detection"),
        attack_info("relearning", "Relearning", "facts found", "recovery"),
        attack_info("depth", "Way back", "share of the change", "trace"),
        attack_info("word-shift", "Word shift", "AUC", "trace"),
        attack_info("logit-lens", "Logit lens", "share of layers", "trace"),
    )
}  # fmt: skip


def metric_info(name: str, title: str, better: Better, of_record: bool) -> MetricInfo:
    return MetricInfo(name, title, "memory", f"{title} <help>", "x", "A paper", better,
                      of_record=(lambda reading: 0.0) if of_record else None)  # fmt: skip


METRICS = {
    info.name: info
    for info in (
        metric_info("probability", "Probability", "lower", True),
        metric_info("privleak", "PrivLeak", "near 0", False),
    )
}
