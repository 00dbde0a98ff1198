"""plotly.js, from the installed package: the browser takes almost half a second to read it."""

from pathlib import Path

import gradio as gr
import plotly

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
REST_MS = 3000
"""After its beginning the page needs the browser for itself."""


def plotly_loader() -> str:
    """A script for the page's head: `withPlotly(then)` calls `then` once Plotly is there.

    It is read when a chart asks for it, or some seconds after the page has begun, so that neither
    the page nor the first chart waits for it.
    """
    gr.set_static_paths([PLOTLY])
    return f"""<script>
let plotlyReady = null;
window.withPlotly = (then) => {{
  plotlyReady ??= new Promise((ready, failed) => {{
    const script = document.createElement("script");
    script.src = "gradio_api/file={PLOTLY.as_posix()}";
    script.onload = ready;
    script.onerror = failed;
    document.head.append(script);
  }});
  return plotlyReady.then(then);
}};
setTimeout(withPlotly, {REST_MS});
</script>"""
