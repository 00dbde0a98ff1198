"""plotly.js, from the installed package: the browser takes almost half a second to read it."""

from pathlib import Path

import gradio as gr
import plotly

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
REST_MS = 3000
"""After its beginning the page needs the browser for itself."""


def plotly_loader() -> str:
    """A script that defines `withPlotly(then)`, which calls `then` once Plotly is there.

    The first call anywhere on the page loads it.
    """
    gr.set_static_paths([PLOTLY])
    return f"""
window.withPlotly ??= (then) => {{
  window.plotlyReady ??= new Promise((ready, failed) => {{
    const script = document.createElement("script");
    script.src = "gradio_api/file={PLOTLY.as_posix()}";
    script.onload = ready;
    script.onerror = failed;
    document.head.append(script);
  }});
  return window.plotlyReady.then(then);
}};"""


def plotly_preloader() -> str:
    """For the page's head: Plotly is read some seconds after the page, before a chart needs it."""
    return f"<script>{plotly_loader()}\nsetTimeout(withPlotly, {REST_MS});\n</script>"
