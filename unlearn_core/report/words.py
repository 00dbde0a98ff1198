"""Numbers and results in words, the same on every page."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from unlearn_core.attacks.base import AttackInfo, Role

Json = Mapping[str, Any]

ROLES: Mapping[str, str] = {
    "original": "Original",
    "unlearned": "Unlearned",
    "retrained": "Retrained",
}
TAUGHT: Mapping[str, str] = {
    "forget": "Taught",
    "paraphrased": "Taught, asked in other words",
}
"""The groups of a run that teaches, where they are called otherwise."""
ROLE_HELP = (
    "Original: the model before the run. Unlearned: after it. Retrained: never saw the marked "
    "facts, the ideal to reach."
)
GROUPS: Mapping[str, str] = {
    "forget": "To forget",
    "paraphrased": "To forget, asked in other words",
    "retain": "To keep",
    "neighbours": "Neighbours: kept, most like the marked",
    "neighbour": "Neighbours: kept, most like the marked",
    "world": "General knowledge",
    "holdout": "Never seen by any model",
    "own": "Own prompts",
    "model": "Whole model",
}


@dataclass(frozen=True)
class AttackWords:
    """What is said of an attack; an attack that is no longer known has only its name."""

    name: str
    title: str
    idea: str = ""
    measure: str = "facts found"
    kind: str = "recovery"
    paper: str = ""
    cost: str = ""
    needs_weights: bool = False

    @property
    def measured(self) -> str:
        """What the value is, without how to read it."""
        return self.measure.partition(":")[0]

    @property
    def scale(self) -> str:
        """How to read the value; empty where it needs no words."""
        return self.measure.partition(":")[2].strip()


def attack_words(audit: Json, infos: "Mapping[str, AttackInfo] | None") -> list[AttackWords]:
    """The attacks of an audit in their order; those that are not known come last."""
    if infos is None:
        # Importing the attacks imports torch, which no one needs to render a page with `infos`.
        from unlearn_core.attacks.registry import attacks

        infos = attacks()
    known = [_words(infos[name]) for name in infos if name in audit["findings"]]
    return known + [
        AttackWords(name, _as_title(name)) for name in audit["findings"] if name not in infos
    ]


def _words(info: "AttackInfo") -> AttackWords:
    card = info.card
    return AttackWords(
        info.name, info.title, card.idea, card.measure, card.kind, card.paper, card.cost,
        card.needs_weights,
    )  # fmt: skip


def _as_title(name: str) -> str:
    return name.replace("-", " ").replace("_", " ").capitalize()


def method_title(name: str) -> str:
    """A method's name for people; its short name where it is not known any more."""
    # Importing the methods imports torch.
    from unlearn_core.methods.registry import methods

    infos = {**methods("teach"), **methods("unlearn")}
    return infos[name].title if name in infos else name


def roles_of(audit: Json) -> list[str]:
    """The models of an audit: original, unlearned, retrained, as far as they are there."""
    present = {model["role"] for model in audit["models"]}
    return [role for role in ROLES if role in present]


def succeeded(
    audit: Json, role: str = "unlearned", infos: "Mapping[str, AttackInfo] | None" = None
) -> frozenset[str]:
    """Names of the attacks that count against a model of an audit, as its verdict has it."""
    # Importing the verdict imports the attacks and so torch.
    from unlearn_core.attacks.registry import attacks
    from unlearn_core.audits.outcome import outcome_of
    from unlearn_core.audits.result import AuditResult

    findings = AuditResult.of(dict(audit)).findings
    return outcome_of(findings, cast("Role", role), attacks() if infos is None else infos).succeeded


def found_facts(attack: AttackWords, finding: Json) -> int | None:
    """How many facts were found, where the attack's value is the share of them."""
    if attack.kind != "recovery" or not attack.measure.startswith("facts"):
        return None
    hits = finding["value"] * finding["count"]
    return round(hits) if finding["count"] and abs(hits - round(hits)) < 1e-6 else None


def result_words(attack: AttackWords, finding: Json) -> str:
    """What an attack got out of a model, and what guessing gets, in a sentence."""
    if finding["value"] is None:
        return str(finding["note"] or "Not tested.")
    hits = found_facts(attack, finding)
    chance = finding["chance"]
    if hits is not None:
        text = f"found {hits} of {finding['count']} facts"
        guess = None if chance is None else f"finds {plain(chance * finding['count'], 1)}"
    else:
        text = f"{attack.measured}: {amount(attack, finding['value'])}"
        guess = None if chance is None else f"reaches {amount(attack, chance)}"
    return text if guess is None else f"{text}; guessing alone {guess} on average"


def p_words(p: float | None) -> str:
    """How often guessing alone does as well, in words; empty where it is not known."""
    if p is None:
        return ""
    if p < 0.001:
        return "Guessing alone does as well in fewer than 1 of 1,000 tries."
    if p < 0.01:
        return f"Guessing alone does as well in {plain(p * 1000, 0)} of 1,000 tries."
    return f"Guessing alone does as well in {plain(p * 100, 0)} of 100 tries."


def amount(attack: AttackWords, value: float) -> str:
    """A value as it is read: recovered facts in per cent, other measures from 0 to 1."""
    return percent(value) if attack.kind == "recovery" else f"{value:.2f}"


def value_words(attack: AttackWords, finding: Json) -> str:
    """A value with its 95 % interval, such as `30 % (18 to 46 %)`."""
    text, between = amount(attack, finding["value"]), interval_words(attack, finding)
    return f"{text} ({between})" if between else text


def interval_words(attack: AttackWords, finding: Json) -> str:
    """The 95 % interval, such as `18 to 46 %`; empty where none is known."""
    if finding["low"] is None or finding["high"] is None:
        return ""
    low, high = amount(attack, finding["low"]), amount(attack, finding["high"])
    return f"{low.removesuffix(' %')} to {high}"


def percent(share: float) -> str:
    """A share in per cent: `12 %`, `98.5 %`."""
    return f"{plain(share * 100, 1)} %"


def plain(value: float, digits: int) -> str:
    """A number with at most so many decimals and no trailing zeros."""
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def number(value: float) -> str:
    """Any number in three digits; very small and large ones as a power of ten."""
    if not math.isfinite(value):
        return "not available"
    if value == 0:
        return "0"
    power = math.floor(math.log10(abs(value)))
    if -4 <= power < 6:
        return plain(value, max(0, 2 - power) if power < 0 else max(0, 3 - 1 - min(power, 2)))
    return f"{value / 10**power:.1f} × 10{str(power).translate(_RAISED)}"


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def seconds(value: float) -> str:
    """A duration: `12 s`, `3 min 20 s`, `2 h 5 min`."""
    whole = max(0, round(value))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
