"""Can forget records be told from records that no model ever saw? AUC of each score, and PrivLeak.

Forget records are the learnt ones, holdout records the others.
"""

from collections.abc import Callable, Sequence
from math import nan

from unlearn_core.metrics.base import Estimate, Measured, Reading, missing
from unlearn_core.metrics.forget_quality import NO_RETRAINED
from unlearn_core.metrics.membership_scores import (
    auc,
    auc_interval,
    loss,
    min_k,
    standardised_tokens,
    text_read,
    text_tokens,
    usable,
    zlib_loss,
)
from unlearn_core.metrics.registry import model_metric

Score = Callable[[Reading], float]
UNTOLD = 0.5
HELP = "1: told from unseen records for sure, 0.5: not at all; below 0.5 forgetting itself shows."


def told_apart(measured: Measured, score: Score) -> Estimate:
    """AUC of a score between forget and holdout records; 1 is remembered, 0.5 unseen."""
    return _between(
        [score(one) for one in measured.group("forget")],
        [score(one) for one in measured.group("holdout")],
    )


def priv_leak(ours: float, retrained: float) -> float:
    """`((1 - AUC) - (1 - AUC_retrained)) / (1 - AUC_retrained) * 100`.

    -100 where everything is remembered, 0 like the retrained model, above where over-forgotten.
    """
    return (retrained - ours) / (1 - retrained) * 100


def _between(forget: Sequence[float], holdout: Sequence[float]) -> Estimate:
    if not holdout:
        return missing(
            "not available, because there is no holdout: records of the same kind that no model "
            "ever saw; give them as the holdout of the data"
        )
    learnt, others = usable(forget), usable(holdout)
    if not learnt or not others:
        return missing(
            "not available, because no forget record or no holdout record has a score; "
            "look whether the true answers have tokens and the model's weights are sound"
        )
    value = auc(learnt, others)
    low, high = auc_interval(value, len(learnt), len(others))
    lost = len(forget) + len(holdout) - len(learnt) - len(others)
    note = f"{lost} records are left out, because they have no score." if lost else ""
    return Estimate(value, low, high, len(learnt), note)


def _loss(reading: Reading) -> float:
    return loss(text_tokens(reading))


def _min_k(reading: Reading) -> float:
    return min_k(text_tokens(reading))


def _register(name: str, title: str, formula: str, score: Score) -> None:
    def value(measured: Measured) -> Estimate:
        return told_apart(measured, score)

    model_metric(
        f"membership_{name}",
        f"Membership by {title} (AUC)",
        "privacy",
        help=HELP,
        formula=rf"\mathrm{{AUC}}\left({formula}\right)",
        source="OpenUnlearning (code): label 0 forget, 1 holdout; answer without its end token.",
        better="near 0.5",
    )(value)


_register("loss", "LOSS", r"-\tfrac{1}{|y|}\log P(y|q)", _loss)
_register(
    "zlib",
    "ZLIB",
    r"-\tfrac{1}{|y|}\log P(y|q)\,/\,|\mathrm{zlib}(y)|",
    lambda one: zlib_loss(text_tokens(one), text_read(one)),
)
_register(
    "min_k",
    "Min-K 40 %",
    r"-\tfrac{1}{|M|}\sum_{t \in M}\log p_t,\ M=\text{lowest }40\,\%",
    _min_k,
)
_register(
    "min_k_plus",
    "Min-K++ 40 %",
    r"-\tfrac{1}{|M|}\sum_{t \in M}\tfrac{\log p_t - \mu_t}{\sigma_t}",
    lambda one: min_k(standardised_tokens(one)),
)


@model_metric(
    "membership_reference",
    "Membership by reference (AUC)",
    "privacy",
    help=HELP,
    formula=r"\mathrm{AUC}\left(\mathrm{loss} - \mathrm{loss}_{\text{retrained}}\right)",
    source="OpenUnlearning (code): the retrained model is the reference.",
    better="near 0.5",
)
def membership_reference(measured: Measured) -> Estimate:
    """LOSS less that of the retrained model, record by record."""
    if measured.retrained is None:
        return missing(NO_RETRAINED)
    return _between(
        *(
            _against(measured.group(group), measured.retrained.group(group))
            for group in ("forget", "holdout")
        )
    )


@model_metric(
    "priv_leak",
    "PrivLeak",
    "privacy",
    help="0: as the retrained model; far below: still remembered; far above: over-forgotten.",
    formula=r"\frac{(1-\mathrm{AUC}) - (1-\mathrm{AUC}_{\text{retrained}})}"
    r"{1-\mathrm{AUC}_{\text{retrained}}}\cdot 100",
    source="MUSE (Shi et al., ICLR 2025) with Min-K 40 %; 0.5 stands for a missing retrained "
    "model. The interval takes the retrained model's AUC as it is.",
    better="near 0",
    lowest=-100.0,
    highest=None,
    unit="%",
)
def priv_leak_of(measured: Measured) -> Estimate:
    """From the AUC of Min-K 40 %."""
    ours = told_apart(measured, _min_k)
    if ours.value is None:
        return ours
    reference, note = _reference(measured)
    if reference == 1:
        return missing(
            "not available, because Min-K tells the retrained model's forget records from holdout "
            "for sure, so the two sets differ by themselves; choose a holdout more like them"
        )
    low, high = (
        None if end is None else priv_leak(end, reference) for end in (ours.high, ours.low)
    )
    note = f"{ours.note} {note}".strip()
    return Estimate(priv_leak(ours.value, reference), low, high, ours.count, note)


def _reference(measured: Measured) -> tuple[float, str]:
    """The retrained model's AUC, or 0.5, and what is to be said of it."""
    theirs = told_apart(measured.retrained, _min_k) if measured.retrained else None
    if theirs is None or theirs.value is None:
        return UNTOLD, "Against 0.5, because there is no retrained model measured."
    return theirs.value, ""


def _against(ours: Sequence[Reading], reference: Sequence[Reading]) -> list[float]:
    """LOSS less that of the reference, record by record; NaN for one that it did not read."""
    known = {one.record.id: _loss(one) for one in reference}
    return [_loss(one) - known.get(one.record.id, nan) for one in ours]
