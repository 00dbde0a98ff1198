"""The code that decides what an audit finds, told from the imports of what reads and attacks."""

import ast
import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
_READ_AND_ATTACK = ("audits/models.py", "attacks/registry.py")
_CARRY = ("runs", "audits")
"""Rooms that only queue, keep and pass on: what they pass on is in the name of what is kept."""


@lru_cache(maxsize=1)
def code_print(package: Path = PACKAGE) -> str:
    """Changes when the code that decides what is found does."""
    whole = hashlib.sha256()
    for path in deciding_files(package):
        whole.update(path.read_bytes())
    return whole.hexdigest()[:32]


def deciding_files(package: Path = PACKAGE) -> tuple[Path, ...]:
    """What reads and attacks a model, with everything of the package that it imports in turn."""
    found: set[Path] = set()
    ahead = [package / name for name in _READ_AND_ATTACK]
    while ahead:
        path = ahead.pop()
        if path not in found:
            found.add(path)
            ahead += _imported(package, path)
    return tuple(sorted(found))


def _imported(package: Path, path: Path) -> Iterator[Path]:
    for name in _names(ast.parse(path.read_text(encoding="utf-8"))):
        first, *inside = name.split(".")
        if first == package.name and inside and inside[0] not in _CARRY:
            yield from _files(package.joinpath(*inside))


def _names(tree: ast.Module) -> Iterator[str]:
    """Every module that is imported, also inside functions, and what is imported out of it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(place: Path) -> list[Path]:
    """A module's file, also of a name inside it; every file of a package, as a registry needs."""
    for module in (place, place.parent):
        if module.with_suffix(".py").is_file():
            return [module.with_suffix(".py")]
    return sorted(place.rglob("*.py"))
