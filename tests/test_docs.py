"""The docs say what the code does."""

import re
import sys
import tomllib
from pathlib import Path

import pytest

from tests.test_architecture import FILES, imports
from tools.rooms import PICTURE, drawn
from unlearn_core.cli.reference import pages
from unlearn_core.runs.events import EVENT_KINDS

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])

# Packages whose import has another name.
IMPORTED_AS = {"annotated-types": "annotated_types", "scikit-learn": "sklearn"}


def requirements(file: str) -> list[str]:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return [
        re.split(r"[<>=~! ]", line)[0]
        for line in lines
        if line.strip() and not line.startswith(("#", "-r"))
    ]


def named_page(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("name", ["methods.md", "configuration.md", "attacks.md", "metrics.md"])
def test_a_made_page_is_current(name: str) -> None:
    written = (DOCS / name).read_text(encoding="utf-8")
    assert written == pages()[name], f"docs/{name} is out of date; run `make docs`"


def test_the_picture_of_the_rooms_is_current() -> None:
    assert PICTURE.read_text(encoding="utf-8") == drawn(), "run `make docs`"


def test_every_dependency_has_its_line_in_the_docs() -> None:
    page = (DOCS / "dependencies.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| (\w[\w-]*) \| \S", page, flags=re.MULTILINE)
    assert explained == ["package", *requirements("requirements.txt")]


def test_the_product_imports_its_requirements_and_nothing_else() -> None:
    used = {module.split(".")[0] for path in FILES for module in imports(path)}
    foreign = used - set(sys.stdlib_module_names) - {"unlearn_core"}
    declared = {IMPORTED_AS.get(name, name) for name in requirements("requirements.txt")}
    assert foreign == declared


def test_development_tools_are_explained_too() -> None:
    page = (DOCS / "dependencies.md").read_text(encoding="utf-8")
    assert [name for name in requirements("requirements-dev.txt") if name not in page] == []


def test_every_kind_of_event_is_explained() -> None:
    page = (DOCS / "events.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, flags=re.MULTILINE) == list(EVENT_KINDS)


@pytest.mark.parametrize("path", PAGES, ids=named_page)
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_the_newest_change_is_of_the_version_that_is_built() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+)", changes, flags=re.MULTILINE)
    assert newest is not None
    assert newest.group(1) == project["version"]
