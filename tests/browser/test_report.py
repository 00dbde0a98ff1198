"""A report opened from a file asks for nothing, and fits phone and projector, light and dark."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.helpers.audits import sample_audit
from tests.report.results import all_events, one_result, race_results
from tests.report.test_page import race_page, report_page

DARK_PAGE = "rgb(18, 23, 21)"
LIGHT_PAGE = "rgb(246, 247, 245)"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("report")
    texts = {
        "run": report_page(one_result(), all_events(), [sample_audit()], "python -m unlearn_core"),
        "race": race_page(race_results(), {"pmc-0": sample_audit()}),
    }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


@pytest.mark.parametrize("name", ["run", "race"])
@pytest.mark.parametrize(
    ("width", "scheme", "colour"),
    [(390, "dark", DARK_PAGE), (1280, "light", LIGHT_PAGE), (1920, "dark", DARK_PAGE)],
)
def test_it_opens_offline(
    browser: Browser, files: dict[str, Path], name: str, width: int, scheme, colour: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
    )
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(files[name].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    title = page.title()
    context.close()
    assert asked == [files[name].as_uri()]
    assert said == []
    assert wider <= 0
    assert background == colour
    assert title != "owned" and "Fiora" in title
