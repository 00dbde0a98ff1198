"""The rules that end a run before its last step."""

from collections.abc import Mapping

from unlearn_core.settings.training import TrainingSpec


def stop_reason(spec: TrainingSpec, scalars: Mapping[str, float]) -> str | None:
    """The first stop rule that a measurement meets, in words."""
    rules = (
        ("loss/retain", spec.stop_retain_loss, 1, "the retain loss rose above"),
        ("utility/retain_recall", spec.stop_retain_recall, -1, "retain recall fell below"),
        ("utility/forget_recall", spec.stop_forget_recall, -1, "forget recall fell to"),
        ("utility/forget_recall", spec.target_recall, 1, "recall of the taught records rose to"),
    )
    for name, limit, sign, words in rules:
        value = scalars.get(name)
        if limit is None or value is None:
            continue
        strict = words.endswith(("above", "below"))
        if sign * (value - limit) > 0 or (value == limit and not strict):
            return f"Stop rule: {words} {limit:g} (it is {value:.3g})."
    return None
