"""What of a link to a comparison is still here."""

from collections.abc import Collection
from dataclasses import dataclass

from unlearn_core.ui.compare.links import Comparison
from unlearn_core.ui.texts.compare import FROM_LINK, GONE, KINDS_OF_THINGS


@dataclass(frozen=True)
class Restored:
    """A comparison of which everything is here, and the sentences about what is not."""

    comparison: Comparison
    notes: tuple[str, ...]


def restore(
    wanted: Comparison,
    sources: Collection[str],
    questions: Collection[str],
    sets: Collection[str],
) -> Restored:
    """Keep what can still be compared.

    Args:
        wanted: What the link names.
        sources, questions, sets: What is there to be chosen.
    """
    named = {
        "sources": (wanted.sources, sources),
        "questions": (wanted.questions, questions),
        "prompt_set": ((wanted.prompt_set,) if wanted.prompt_set else (), sets),
    }
    notes, kept = [FROM_LINK], {}
    for field, (names, there) in named.items():
        kept[field] = tuple(name for name in names if name in there)
        lost = [name for name in names if name not in there]
        if lost:
            one, many = KINDS_OF_THINGS[field]
            single = len(lost) == 1
            notes.append(
                GONE.format(
                    what=one if single else many,
                    are="is" if single else "are",
                    names=", ".join(lost),
                )
            )
    prompt_set = next(iter(kept.pop("prompt_set")), "")
    return Restored(wanted.model_copy(update={**kept, "prompt_set": prompt_set}), tuple(notes))
