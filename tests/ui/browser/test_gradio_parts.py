"""What another version of gradio may break."""

import re

import gradio as gr
import pytest
from starlette.testclient import TestClient

from unlearn_core.ui.browser.gradio_parts import behind_config, without_foreign_tags


@pytest.fixture(scope="module")
def page() -> str:
    with gr.Blocks(title="Ours") as blocks:
        gr.Markdown("x")
    app = gr.mount_gradio_app(gr.routes.App(), blocks, path="/page")
    return TestClient(app).get("/page/").text


def test_the_page_has_a_place_behind_its_configuration(page: str) -> None:
    dressed = behind_config(page, "<!-- ours -->")
    assert dressed.count("<!-- ours -->") == 1, (
        "gradio sets window.gradio_config otherwise: the title, the tags for links and the "
        "language script find no place"
    )
    place, module = dressed.index("<!-- ours -->"), dressed.index('type="module"')
    assert place < module, "gradio's own scripts run before the language is known"


def test_tags_about_gradio_are_found(page: str) -> None:
    left = without_foreign_tags(page)
    assert not re.search("(og|twitter):", left), "gradio writes its tags for links otherwise"


def test_an_event_gives_what_the_browser_sent_by_name() -> None:
    event = gr.EventData(None, {"runs": ["a"]})
    assert event.runs == ["a"], "gradio's EventData does not hand out values by name any more"
