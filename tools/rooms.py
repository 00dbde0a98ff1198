"""The picture of the rooms in docs/architecture.md, from what the code imports.

Run: python -m tools.rooms
"""

import ast
from collections.abc import Mapping
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "unlearn_core"
PICTURE = ROOT / "docs" / "pictures" / "rooms.svg"
SHARED = ("errors", "files", "settings")
"""Rooms that nearly all others use: their arrows would hide the rest."""
WIDTH, HEIGHT, GAP, RISE, WHOLE = 120, 36, 24, 62, 600


def rooms() -> dict[str, list[Path]]:
    """Python files by room: the folders of the package, and its loose files by their own name."""
    found: dict[str, list[Path]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if not name.startswith("__"):
            found.setdefault(name, []).append(path)
    return found


def uses(files: Mapping[str, list[Path]]) -> dict[str, set[str]]:
    """The rooms that each room imports, also inside functions."""
    return {
        room: {other for path in paths for other in _imported(path)} & files.keys() - {room}
        for room, paths in files.items()
    }


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            parts = node.module.split(".")
            if parts[0] == "unlearn_core":
                names |= {parts[1]} if parts[1:] else {alias.name for alias in node.names}
    return names


def floors(used: Mapping[str, set[str]]) -> list[list[str]]:
    """Rooms by floor, the lowest first: each stands just above the highest room that it uses."""
    height: dict[str, int] = {}

    def climb(room: str, below: frozenset[str]) -> int:
        if room not in height:
            others = used[room] - below  # the command that opens the app is the one way up
            height[room] = 1 + max((climb(o, below | {room}) for o in others), default=-1)
        return height[room]

    # From above, so that the one way up is met where it closes a circle.
    for room in sorted(used, key=lambda name: (name != "ui", name)):
        climb(room, frozenset())
    return [
        sorted(r for r in used if height[r] == floor) for floor in range(max(height.values()) + 1)
    ]


def direct(used: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """What a room uses without what it reaches through another room anyway."""

    def reach(room: str, seen: set[str]) -> set[str]:
        for other in used[room] - seen:
            seen.add(other)
            reach(other, seen)
        return seen

    return {
        room: {o for o in others if not any(o in reach(p, {room}) for p in others - {o})}
        for room, others in used.items()
    }


def drawn() -> str:
    """The picture as SVG."""
    files = rooms()
    used = uses(files)
    used["cli"].discard("ui")
    stack = floors(used)
    place: dict[str, tuple[float, float]] = {}
    for floor, names in enumerate(reversed(stack)):
        left = (WHOLE - len(names) * (WIDTH + GAP) + GAP) / 2
        for i, name in enumerate(names):
            place[name] = (left + i * (WIDTH + GAP), 10 + floor * RISE)
    arrows = [
        _arrow(place[room], place[other])
        for room, others in direct(used).items()
        for other in sorted(others - set(SHARED))
    ]
    boxes = [_box(name, *place[name]) for name in files]
    height = 10 + len(stack) * RISE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WHOLE} {height}" '
        'font-family="sans-serif" font-size="13" text-anchor="middle" role="img" '
        'aria-label="The rooms of unlearn_core; each uses only rooms below it">'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(arrows)}{"".join(boxes)}</svg>\n'
    )


def _arrow(above: tuple[float, float], below: tuple[float, float]) -> str:
    x1, y1 = above[0] + WIDTH / 2, above[1] + HEIGHT
    x2, y2 = below[0] + WIDTH / 2, below[1]
    bend = (y2 - y1) / 2
    return (
        f'<path d="M{x1:g} {y1:g}C{x1:g} {y1 + bend:g} {x2:g} {y2 - bend:g} {x2:g} {y2:g}" '
        'fill="none" stroke="#9fb6b3"/>'
    )


def _box(name: str, x: float, y: float) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="6" fill="#eef4f3" '
        f'stroke="#0f766e"/><text x="{x + WIDTH / 2:g}" y="{y + HEIGHT / 2 + 5:g}" '
        f'font-weight="600">{escape(name)}</text>'
    )


if __name__ == "__main__":
    PICTURE.write_text(drawn(), encoding="utf-8")
    print(PICTURE.relative_to(ROOT))
