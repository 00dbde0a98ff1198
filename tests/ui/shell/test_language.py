"""Every text has its translation, and the document around the page is ours."""

import ast
import json
import re
import shutil
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from tools.language import is_known, is_said, key, page_texts, said_in_code, untranslated
from unlearn_core.ui.browser.document import SOCIAL_PATH, Document, dressed
from unlearn_core.ui.shell import language
from unlearn_core.ui.shell.language import FOLDER, catalogs, page_languages, switch
from unlearn_core.ui.texts.common import OWN_NAME

UI = Path(language.__file__).parents[1]
NOT_THE_PAGE = ("api.py", "app.py", "settings.py", "facts.py")
"""What programs and the terminal are told, and what a model is asked."""
SENTENCE = re.compile(r"\W*[A-Z][a-z]+,? [a-z]")
OTHERS = [*catalogs()][1:]
PAGE = """<html><head><meta charset="utf-8" />
<meta property="og:title" content="Gradio" />
<meta
    property="og:image"
    content="https://elsewhere.example/gradio.png"
/>
<meta name="twitter:creator" content="@Gradio" />
<script>window.gradio_config = {"title": "x"};</script>
<script type="module" src="./assets/index.js"></script></head><body></body></html>"""


PUT_TOGETHER = {
    "After {0} restockings: {1} colours left ({2}); colour A has {3}.",
    "Bundled model on {0}",
    "Compared with the retrained model.",
    "Fluency",
    "It is hidden, not gone: {0} bring the facts back.",
    "It is hidden, not gone: {0} brings the facts back.",
    "ROUGE-L recall (%)",
    "expected leak, temperature {0}",
    "facts found after {0} steps",
    "share of wordings that give the fact",
    "the true answer is most likely",
    "{0} points fewer",
    "{0} points more",
    "{0}% of the change taken back",
    "{0}. Original: {1}; Unlearned: {2}.",
    "{0}. Original: {1}; Unlearned: {2}; Retrained: {3}",
    "{0}. Original: {1}; Unlearned: {2}; Retrained: {3}.",
    "{0}: {1} of the facts.",
    "{0}; guessing alone reaches {1} on average",
    "{0}; guessing alone reaches {1} on average.",
    "{0}; guessing alone {1} on average.",
}
"""Sentences that lower rooms make of smaller pieces, so that they stand nowhere as a whole."""


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_the_page_is_translated(language: str) -> None:
    assert untranslated(language) == {}


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_translated_that_nobody_says(language: str) -> None:
    texts = set().union(*page_texts().values())
    known, code = texts | {key(text) for text in texts} | PUT_TOGETHER, said_in_code()
    unsaid = [text for text in catalogs()[language].keys() - known if not is_said(text, code)]
    assert sorted(unsaid) == []


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda path: path.name)
def test_sentences_of_the_page_stand_in_texts(path: Path) -> None:
    """No string of the page's code is a sentence: `ui/texts/` and the lessons have them all."""
    if "texts" in path.parts or path.name.startswith("lesson_") or path.name in NOT_THE_PAGE:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    strings = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    ]
    assert [text for text in strings if SENTENCE.match(text)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_of_its_text(language: str) -> None:
    for text, said in catalogs()[language].items():
        assert said.strip(), text
        assert sorted(re.findall(r"\{\d\}", text)) == sorted(re.findall(r"\{\d\}", said)), text


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalog_is_sorted_and_says_each_text_once(language: str) -> None:
    pairs = json.loads((FOLDER / f"{language}.json").read_text("utf-8"), object_pairs_hook=list)
    keys = [key for key, _ in pairs]
    assert keys == sorted(set(keys))


def test_a_file_among_the_catalogs_is_a_third_choice(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    french = {OWN_NAME: "Français", "Language": "Langue"}
    (tmp_path / "fr.json").write_text(json.dumps(french), encoding="utf-8")
    assert page_languages(tmp_path).translations_dict["fr"] == french
    choices = re.findall(r'<option value="(\w+)">(\w+)', str(switch(tmp_path).value))
    assert choices == [("en", "English"), ("de", "Deutsch"), ("fr", "Français")]


def test_places_are_numbered_and_patterns_fit_what_stands_in_them() -> None:
    assert key("{a} of {b:.2f}") == "{0} of {1}"
    assert is_known("3 of 4", {"{0} of {1}": "{0} von {1}"})
    assert not is_known("3 from 4", {"{0} of {1}": "{0} von {1}"})
    assert is_said("{0} is missing", 'raise InvalidInput(f"{name} is missing")')


def test_the_document_is_ours() -> None:
    page = dressed(PAGE, "https://here.example")
    assert 'content="Gradio"' not in page
    assert "@Gradio" not in page
    assert "elsewhere.example" not in page
    assert page.count("<title>") == 1
    assert f'content="https://here.example{SOCIAL_PATH}"' in page
    places = [page.index(part) for part in ("gradio_config =", "letheLanguage", 'type="module"')]
    assert places == sorted(places)


def test_everything_but_the_page_passes_untouched() -> None:
    async def page(request: Request) -> Response:
        return HTMLResponse(PAGE)

    async def events(request: Request) -> Response:
        return StreamingResponse(
            iter(["data: 1\n\n", "data: 2\n\n"]), media_type="text/event-stream"
        )

    app = Starlette(
        routes=[Route("/", page), Route("/events", events), Route("/raw", page)],
        middleware=[Middleware(Document)],
    )
    client = TestClient(app)
    assert client.get("/").headers["content-length"] == str(len(client.get("/").content))
    assert "letheLanguage" in client.get("/").text
    assert client.get("/raw").text == PAGE
    assert "content-length" not in client.get("/events").headers
    assert client.get("/events").text == "data: 1\n\ndata: 2\n\n"
    assert client.get(SOCIAL_PATH).headers["content-type"] == "image/png"
