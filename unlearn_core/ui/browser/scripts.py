"""The page's scripts: modules below `ui/`, served as they lie, found relative to the page.

Their address has a hash of all of them, so a browser keeps them for good and yet never mixes old
ones with new ones.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import plotly

from unlearn_core.ui.texts.common import PAGE_LOST

UI = Path(__file__).resolve().parents[1]
PREFIX = "lethe-scripts"
PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
REST_MS = 3000
"""After its beginning the page needs the browser for itself; reading Plotly takes half a second."""


def read_script(name: str) -> str:
    """A script or style sheet by its place below `ui/`, such as `film/film.js`."""
    return (UI / name).read_text(encoding="utf-8")


@cache
def served() -> Mapping[str, Path]:
    """Every file that the browser may have, by its address within the page."""
    files = {path.relative_to(UI).as_posix(): path for path in sorted(UI.rglob("*.js"))}
    digest = hashlib.sha256(plotly.__version__.encode())
    for name, path in files.items():
        digest.update(name.encode() + path.read_bytes())
    root = f"{PREFIX}/{digest.hexdigest()[:12]}"
    return {f"{root}/{name}": path for name, path in {**files, "plotly.min.js": PLOTLY}.items()}


def address(name: str) -> str:
    """Where the browser finds a script, relative to the page."""
    return next(found for found, path in served().items() if path == UI / name)


def use(name: str, act: str) -> str:
    """A call that loads a module and hands it to `act`, a JavaScript function of one argument."""
    return f"lethe({json.dumps(name)}, {act})"


def tell(name: str, detail: str) -> str:
    """A call that tells an island something, now or as soon as it is there.

    Args:
        name: What the island listens to.
        detail: A JavaScript expression.
    """
    return use("browser/told.js", f"(page) => page.tell({json.dumps(name)}, {detail})")


def loader() -> str:
    """Defines `lethe(name, act)`, which says on the page where a module is not to be had."""
    root = address("browser/dom.js").removesuffix("browser/dom.js")
    return f"""
window.lethe = (name, act) =>
  import(new URL({json.dumps(root)} + name, document.baseURI)).then(act).catch((error) => {{
    console.error("a part is lost:", name, error);
    if (document.getElementById("lethe-lost")) return;
    const words = Object.assign(document.createElement("p"),
      {{ id: "lethe-lost", className: "lethe-problem", role: "alert" }});
    words.textContent = {json.dumps(PAGE_LOST)};
    document.body.prepend(words);
  }});
lethe("browser/access.js", () => {{}});
setTimeout(() => lethe("browser/plot.js", (plot) => plot.withPlotly()), {REST_MS});"""
