"""Which attacks on a model count, judged together: more than guessing, and not by chance."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from unlearn_core.attacks.base import AttackInfo, Finding, Role

FAMILY_ERROR = 0.05
"""Share of audits, at most, that may accuse a model that never knew, all attacks together."""
MARGIN = 0.05
"""An attack counts when it reaches at least so much more than guessing."""

Known = Mapping[str, AttackInfo]
"""Attacks by name."""
Findings = Mapping[str, Finding]
"""What attacks got out of one model, by name."""
Name = TypeVar("Name", bound=Hashable)
Test = tuple[str, Literal["above", "below"]]
"""An attack, and whether it gets more than guessing, or its records look less familiar."""


@dataclass(frozen=True)
class Outcome:
    """Which attacks on one model count, by name, judged together.

    Attributes:
        more: Got more out of it than guessing would.
        pushed_away: Tell the marked records by looking less familiar than unseen ones.
        undecided: Something came out, but of so few records that it cannot be told from guessing.
    """

    more: frozenset[str]
    pushed_away: frozenset[str]
    undecided: frozenset[str]

    @property
    def succeeded(self) -> frozenset[str]:
        """Attacks that count, either way."""
        return self.more | self.pushed_away


def holm(ps: Mapping[Name, float], error: float = FAMILY_ERROR) -> frozenset[Name]:
    """Which of several hypotheses are rejected together, step by step from the smallest p.

    Of m the k-th smallest is rejected while `p_(k) <= error / (m - k + 1)`. However they depend
    on each other, a true one is rejected with probability `error` at most (Holm, 1979).
    """
    ordered = sorted(ps, key=lambda name: ps[name])
    for done, name in enumerate(ordered):
        if ps[name] > error / (len(ordered) - done):
            return frozenset(ordered[:done])
    return frozenset(ordered)


def beyond(finding: Finding) -> float:
    """How much more came out than guessing gives; of what was not tested nothing."""
    return (finding.value or 0.0) - (finding.chance or 0.0)


def outcome(findings: Findings) -> Outcome:
    """Judge attacks on one model together, by the rules of the verdict.

    Args:
        findings: By attack; traces, which are no leak, left out.
    """
    ps = _tests(findings)
    sure = holm(ps)
    told = {name: one for name, one in findings.items() if one.value is not None}
    enough = {name for name, one in told.items() if beyond(one) >= MARGIN}
    unknown = {name for name in told if (name, "above") not in ps}
    more = {name for name in enough if (name, "above") in sure}
    more |= {name for name in unknown if (told[name].low or 0.0) > MARGIN}
    less = {n for n, one in told.items() if (n, "below") in sure and beyond(one) <= -MARGIN}
    few = {n for n in enough - more if n in unknown or _too_few(n, told[n].least_p, ps)}
    return Outcome(frozenset(more), frozenset(less), frozenset(few))


def outcome_of(findings: Mapping[str, Mapping[Role, Finding]], role: Role, known: Known) -> Outcome:
    """Judge all attacks of an audit on one of its models.

    Args:
        findings: By attack and role.
        role: Of the model.
        known: Attack infos by name; what is not among them is not judged.
    """
    return outcome(
        {
            name: roles[role]
            for name, roles in findings.items()
            if role in roles and name in known and known[name].card.kind != "trace"
        }
    )


def _tests(findings: Findings) -> dict[Test, float]:
    """Every p that is judged: of more than guessing and, for detection, of less than chance."""
    ps: dict[Test, float] = {}
    for name, finding in findings.items():
        if finding.value is None or finding.chance is None or finding.p is None:
            continue
        ps[name, "above"] = finding.p
        below = finding.numbers.get("p_below")
        if below is not None:
            ps[name, "below"] = below
    return ps


def _too_few(name: str, least_p: float | None, ps: Mapping[Test, float]) -> bool:
    """Whether even the smallest p that an attack's records could give would not count."""
    return least_p is not None and (name, "above") not in holm({**ps, (name, "above"): least_p})
