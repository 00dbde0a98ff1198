"""Attacks, models and what was found, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unlearn_core.attacks.base import AttackInfo, Finding, Kind, Role
from unlearn_core.audits.outcome import Known, outcome_of
from unlearn_core.wording.numbers import percent, plain

if TYPE_CHECKING:
    from unlearn_core.audits.result import Evidence

ROLES: Mapping[Role, str] = {
    "original": "Original",
    "unlearned": "Unlearned",
    "retrained": "Retrained",
}
ROLE_HELP = (
    "Original: the model before the run. Unlearned: after it. Retrained: never saw the marked "
    "facts, the ideal to reach."
)
KINDS: Mapping[Kind, str] = {
    "recovery": "brings facts back",
    "detection": "tells that something was there",
    "trace": "shows where it was; no leak by itself",
}


@dataclass(frozen=True)
class AttackWords:
    """What is said of an attack; an attack that is no longer known has only its name."""

    name: str
    title: str
    idea: str = ""
    measure: str = "facts found"
    kind: Kind = "recovery"
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

    @property
    def about(self) -> list[tuple[str, str]]:
        """What its card says, as names and values."""
        weights = "the model's weights" if self.needs_weights else "only the model's answers"
        return [
            ("Measure", self.measure),
            ("Kind", KINDS[self.kind]),
            ("The attacker needs", weights),
            ("Cost", self.cost),
            ("Source", self.paper),
        ]

    def amount(self, value: float) -> str:
        """A value as it is read: recovered facts in per cent, other measures from 0 to 1."""
        return percent(value) if self.kind == "recovery" else f"{value:.2f}"

    def found(self, finding: Finding) -> int | None:
        """How many facts were found, where the attack's value is the share of them."""
        if self.kind != "recovery" or not self.measure.startswith("facts"):
            return None
        hits = (finding.value or 0.0) * finding.count
        return round(hits) if finding.count and abs(hits - round(hits)) < 1e-6 else None

    def result(self, finding: Finding) -> str:
        """What it got out of a model, and what guessing gets, in a sentence."""
        if finding.value is None:
            return finding.note or "Not tested."
        hits, chance = self.found(finding), finding.chance
        if hits is not None:
            text = f"found {hits} of {finding.count} facts"
            guess = None if chance is None else f"finds {plain(chance * finding.count, 1)}"
        else:
            text = f"{self.measured}: {self.amount(finding.value)}"
            guess = None if chance is None else f"reaches {self.amount(chance)}"
        return text if guess is None else f"{text}; guessing alone {guess} on average"

    def interval(self, finding: Finding) -> str:
        """The 95 % interval, such as `18 to 46 %`; empty where none is known."""
        if finding.low is None or finding.high is None:
            return ""
        low = self.amount(finding.low).removesuffix(" %")
        return f"{low} to {self.amount(finding.high)}"

    def value(self, finding: Finding) -> str:
        """A value with its 95 % interval, such as `30 % (18 to 46 %)`; empty for none."""
        if finding.value is None:
            return ""
        text, between = self.amount(finding.value), self.interval(finding)
        return f"{text} ({between})" if between else text

    def small_print(self, finding: Finding) -> str:
        """Interval, how often guessing does as well, and what was left out."""
        between, shown = self.interval(finding), ""
        if between and finding.value is not None:
            share = "" if self.found(finding) is None else f"{self.amount(finding.value)}, "
            shown = f"{share}95 % interval {between}."
        return " ".join(part for part in (shown, p_words(finding.p), finding.note) if part)


def attack_words(names: Iterable[str], infos: Known) -> list[AttackWords]:
    """Attacks in their order; those that are not known come last."""
    names = list(names)
    known = [_words(info) for name, info in infos.items() if name in names]
    return known + [AttackWords(name, _as_title(name)) for name in names if name not in infos]


def known_attacks() -> Known:
    """The registered attacks, whose import takes a while."""
    from unlearn_core.attacks.registry import attacks

    return attacks()


def method_title(name: str) -> str:
    """A method's name for people; its short name where it is not known any more."""
    from unlearn_core.methods.registry import methods

    infos = {**methods("teach"), **methods("unlearn")}
    return infos[name].title if name in infos else name


def roles_of(audit: "Evidence") -> list[Role]:
    """The models of an audit: original, unlearned, retrained, as far as they are there."""
    present = {model.role for model in audit.models}
    return [role for role in ROLES if role in present]


def succeeded(
    audit: "Evidence", role: Role = "unlearned", infos: Known | None = None
) -> frozenset[str]:
    """Names of the attacks that count against a model of an audit, as its verdict has it."""
    known = known_attacks() if infos is None else infos
    return outcome_of(audit.findings, role, known).succeeded


def p_words(p: float | None) -> str:
    """How often guessing alone does as well, in words; empty where it is not known."""
    if p is None:
        return ""
    if p < 0.001:
        return "Guessing alone does as well in fewer than 1 of 1,000 tries."
    of, scale = ("1,000", 1000) if p < 0.01 else ("100", 100)
    return f"Guessing alone does as well in {plain(p * scale, 0)} of {of} tries."


def _words(info: AttackInfo) -> AttackWords:
    card = info.card
    return AttackWords(
        info.name, info.title, card.idea, card.measure, card.kind, card.paper, card.cost,
        card.needs_weights,
    )  # fmt: skip


def _as_title(name: str) -> str:
    return name.replace("-", " ").replace("_", " ").capitalize()
