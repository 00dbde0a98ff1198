// A chart of a lesson: a few curves or points with a legend in words, redrawn with the theme.

import { el } from "../browser/dom.js";
import { onThemeChange } from "../browser/page.js";
import { axis, layoutBase, lineMode, palette, surface, swatch, withPlotly }
  from "../browser/plot.js";

const TITLE_SIZE = 14;

export const makeChart = (label) => {
  const legend = el("div.le-legend");
  const plot = el("div.le-plot", { role: "img", "aria-label": label });
  const box = el("div.le-chart", {}, legend, plot);
  let picture = null;
  const redraw = () => box.isConnected && picture && drawChart(legend, plot, picture);
  let watched = false;
  const draw = (next) => {
    picture = next;
    withPlotly(redraw);
    // From now on it is on the page, and so the watching ends with it.
    if (!watched) onThemeChange(box, redraw);
    watched = true;
  };
  return { box, draw };
};

const trace = (curve) => ({
  type: "scatter",
  mode: curve.points ? "markers" : lineMode(curve.x, 2),
  name: curve.label,
  x: curve.x,
  y: curve.y,
  text: curve.text,
  line: { color: palette(curve.colour), dash: curve.dash || "solid", width: 3 },
  marker: { color: palette(curve.colour), size: 9, opacity: 0.75 },
  hovertemplate: curve.hover || "%{y:.0f} %",
});

const drawChart = (legend, plot, picture) => {
  const look = surface();
  legend.replaceChildren(...picture.curves.filter((curve) => curve.label).map((curve) =>
    el("span.le-key", {}, !curve.points && swatch(curve.dash || "solid", palette(curve.colour)),
      el("span", {}, curve.label))));
  const layout = layoutBase(look, {
    hovermode: picture.hovermode || "x unified",
    dragmode: false,
    xaxis: axis(look, picture.xTitle, { fixedrange: true, ...picture.xaxis }, TITLE_SIZE),
    yaxis: axis(look, picture.yTitle, { fixedrange: true, range: [-3, 103], nticks: 6 },
      TITLE_SIZE),
  });
  window.Plotly.react(plot, picture.curves.map(trace), layout,
    { responsive: true, displayModeBar: false });
};
