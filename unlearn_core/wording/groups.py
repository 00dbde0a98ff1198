"""What groups of records are called, with a sentence for each."""

from collections.abc import Mapping

_OTHER_WORDS = ("To forget, asked in other words", "Never trained on; should disappear too.")
_NEIGHBOURS = ("Neighbours", "Kept records most like the marked ones. Should stay.")

GROUPS: Mapping[str, tuple[str, str]] = {
    "forget": ("To forget", "Marked records. Their facts should disappear."),
    "paraphrased": _OTHER_WORDS,
    "neighbours": _NEIGHBOURS,
    "neighbour": _NEIGHBOURS,
    "retain": ("To keep", "Records that were not marked. Should stay."),
    "world": ("General knowledge", "Nothing to do with the marked records. Should stay."),
    "own": ("Your own prompts", "Prompts you typed."),
    "holdout": ("Never seen by any model", "Records that no model was trained on."),
    "model": ("Whole model", "All records together."),
}

_TAUGHT_OTHER = ("Taught, asked in other words", "Never trained on; should be known too.")
TAUGHT: Mapping[str, tuple[str, str]] = {
    "forget": ("Taught", "Should be known now."),
    "paraphrased": _TAUGHT_OTHER,
}
"""The groups of a run that teaches, where they are called otherwise."""


def group_title(name: str, *, taught: bool = False) -> str:
    """What a group is called; its own name where it is not known.

    Args:
        name: Such as `paraphrased`.
        taught: The run teaches.
    """
    groups = {**GROUPS, **TAUGHT} if taught else GROUPS
    return groups[name][0] if name in groups else name
