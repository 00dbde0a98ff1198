"""Where lessons are found: every file of this folder that has a `LESSON`."""

import importlib
import pkgutil
from functools import lru_cache

import unlearn_core.ui.lessons as package
from unlearn_core.ui.lessons.base import Lesson

PREFIX = "lesson_"


@lru_cache(maxsize=1)
def lessons() -> tuple[Lesson, ...]:
    """All lessons, in their order.

    Raises:
        ValueError: Two have the same number, or a number is left out.
    """
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    found: list[Lesson] = [
        importlib.import_module(f"{package.__name__}.{name}").LESSON
        for name in names
        if name.startswith(PREFIX)
    ]
    found.sort(key=lambda lesson: lesson.order)
    if [lesson.order for lesson in found] != list(range(1, len(found) + 1)):
        raise ValueError(f"the lessons' numbers are {[lesson.order for lesson in found]}")
    return tuple(found)
