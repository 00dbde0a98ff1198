"""The frame of a report: one HTML file that needs no script, no network and no other file."""

from markupsafe import Markup

from unlearn_core.pages.palette import palette
from unlearn_core.pages.templates import render
from unlearn_core.report.view import style_of


def html_page(template: str, **values: object) -> str:
    """A whole page, with its colours and style sheets inside.

    Args:
        template: A template that extends `report/templates/frame.html`.
        values: What it names.
    """
    # The sheets are our own and hold nothing that a browser would read as markup.
    style = Markup(_variables() + style_of("page", "parts", "charts"))
    return str(render(template, style=style, **values))


def _variables() -> str:
    light, dark = (
        "".join(f"--lethe-{name}:{value};" for name, value in colours.items())
        for colours in palette().values()
    )
    return (
        f":root{{color-scheme:light dark;{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    )
