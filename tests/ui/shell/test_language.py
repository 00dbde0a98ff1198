"""Every text has its translation, and the document around the page is ours."""

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

from tools.language_sources import numbered, page_texts, parts_of, python_texts, script_texts
from unlearn_core.ui.browser.document import SOCIAL_PATH, Document, dressed
from unlearn_core.ui.shell.language import FOLDER, catalogs, page_languages, switch
from unlearn_core.ui.texts.common import OWN_NAME

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


@pytest.fixture(scope="module")
def sources() -> dict[str, set[str]]:
    return page_texts()


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_the_page_is_translated(language: str, sources: dict[str, set[str]]) -> None:
    known = catalogs()[language]
    lacking = {name: sorted(texts - known.keys()) for name, texts in sources.items()}
    assert {name: texts for name, texts in lacking.items() if texts} == {}


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_translated_that_the_page_does_not_say(
    language: str, sources: dict[str, set[str]]
) -> None:
    assert sorted(catalogs()[language].keys() - set().union(*sources.values())) == []


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


def test_texts_are_found_in_python() -> None:
    code = '''
def page(done: int, name: str) -> str:
    """Not shown."""
    words = count(done, "record")
    return f'<p title="All of it">{done} of 9 done <b translate="no">Bob said</b></p>' + words
'''
    assert python_texts(code) == {"All of it", "{0} of 9 done", "{0} record", "{0} records"}


def test_texts_are_found_in_scripts() -> None:
    code = 'el("p", "lv-card lv-plot", `step ${now} of ${all}`); say("Try " + "again."); // no text'
    assert script_texts(code) == {"step {0} of {1}", "Try again."}


def test_code_is_no_text() -> None:
    assert not [*parts_of("lv-card lv-plot"), *parts_of("() => document.body"), *parts_of("red")]
    assert numbered("{a} of  {b:.2f}") == "{0} of {1}"


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
