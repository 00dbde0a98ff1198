"""HTML from Jinja2 templates that lie beside their code, escaped unless it is marked as safe."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from unlearn_core.wording import numbers
from unlearn_core.wording.groups import group_title

PACKAGE = Path(__file__).resolve().parents[1]


def render(template: str, **values: object) -> Markup:
    """A template filled in; as markup it can stand inside another template.

    Args:
        template: Its path in the package, such as `report/templates/verdict.html`.
        values: What it names. A name that is missing is an error.
    """
    return Markup(_environment().get_template(template).render(values))


@cache
def _environment() -> Environment:
    made = Environment(
        autoescape=True,
        loader=FileSystemLoader(PACKAGE),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    made.filters |= {
        "count": numbers.count,
        "group_title": group_title,
        "number": numbers.number,
        "percent": numbers.percent,
        "place": numbers.place,
        "seconds": numbers.seconds,
    }
    return made
