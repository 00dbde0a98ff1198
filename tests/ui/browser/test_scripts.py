"""The page's scripts: what may be in them, how they are served, and their own tests in node."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from unlearn_core.ui.browser.document import Document
from unlearn_core.ui.browser.island import island
from unlearn_core.ui.browser.scripts import PLOTLY, PREFIX, UI, address, loader, served

ROOT = UI.parents[1]
SCRIPTS = sorted(UI.rglob("*.js"))
MADE_ON_THE_SERVER = {"gone.js", "step_parts.js"}
"""Show whole views or formulas, made of escaped text only, as the tests of those rooms prove."""
BEFORE_THE_PAGE = "translate.js"
"""Stands within the document, before gradio's own scripts, so it is no module."""
NODE = shutil.which("node")


def name_of(path: Path) -> str:
    return path.relative_to(UI).as_posix()


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(Starlette(middleware=[Middleware(Document)]))


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_model_text_is_never_parsed_as_html(script: Path) -> None:
    if script.name not in MADE_ON_THE_SERVER:
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|insertAdjacentHTML|outerHTML|document\.write", text)


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_no_script_names_another_place_of_the_web(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_what_a_script_imports_is_there(script: Path, client: TestClient) -> None:
    text = script.read_text(encoding="utf-8")
    for imported in re.findall(r'from "([^"]+)"', text):
        assert (script.parent / imported).resolve() in SCRIPTS
    found = client.get(f"/{address(name_of(script))}")
    assert found.text == text and found.headers["content-type"].startswith("text/javascript")


def test_only_what_runs_before_the_page_is_no_module() -> None:
    plain = [path.name for path in SCRIPTS if "export" not in path.read_text(encoding="utf-8")]
    assert sorted(plain) == ["access.js", BEFORE_THE_PAGE]


def test_plotly_comes_with_the_package() -> None:
    assert PLOTLY.is_file() and PLOTLY in served().values()


def test_scripts_are_kept_by_the_browser_and_never_mixed_with_older_ones(
    client: TestClient,
) -> None:
    now = address("film/film.js")
    assert "immutable" in client.get(f"/{now}").headers["cache-control"]
    older = re.sub(r"/[0-9a-f]{12}/", "/0123456789ab/", now)
    assert older != now and client.get(f"/{older}").status_code == 404


@pytest.mark.parametrize("path", ["film/view.py", "../shell/app.py", "%2e%2e/errors.py", ""])
def test_nothing_but_scripts_is_served(client: TestClient, path: str) -> None:
    root = address("film/film.js").removesuffix("film/film.js")
    assert root.startswith(f"{PREFIX}/") and client.get(f"/{root}{path}").status_code == 404


def test_scripts_are_found_relative_to_the_page() -> None:
    assert "document.baseURI" in loader() and f'"{PREFIX}/' in loader()


def test_an_island_is_one_call_that_can_tell_the_page_something() -> None:
    made = island("runs-table", "runs/runs.js", {"words": "it's"})
    assert made.js_on_load and "\n" not in made.js_on_load
    assert made.js_on_load.startswith('lethe("runs/runs.js", ')
    assert made.select


@pytest.mark.skipif(NODE is None, reason="there is no node")
def test_the_scripts_own_tests_pass() -> None:
    command = [str(NODE), "--test", *map(str, sorted((ROOT / "tests" / "js").glob("*.test.js")))]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(
    NODE is None or not (ROOT / "node_modules" / "eslint").exists(),
    reason="there is no eslint; make check installs it where there is node",
)
def test_the_linter_finds_nothing() -> None:
    command = [str(NODE), "node_modules/eslint/bin/eslint.js"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout
