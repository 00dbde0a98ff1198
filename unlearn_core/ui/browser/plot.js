// What every chart has in common: Plotly, the colours of the page, axes, zooming.

import { el, svg } from "./dom.js";

let loading = null;

// Calls `then` once Plotly is there; the first call loads it.
export const withPlotly = (then = () => {}) => {
  loading ??= new Promise((ready, failed) => {
    const src = new URL("../plotly.min.js", import.meta.url).href;
    document.head.append(el("script", { src, onload: ready, onerror: failed }));
  });
  return loading.then(then);
};

const cssVariable = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
export const palette = (colour) => cssVariable(`--lethe-${colour}`) || "#808080";

export const surface = () => ({
  text: palette("text"),
  soft: palette("soft"),
  grid: palette("line"),
  box: palette("surface"),
});

// An axis with its title; what `more` says comes before all else.
export const axis = (look, title, more = {}, size = 13) => ({
  gridcolor: look.grid,
  linecolor: look.grid,
  zerolinecolor: look.grid,
  tickfont: { size: 13, color: look.soft },
  title: { text: title, font: { size, color: look.soft }, standoff: 6 },
  automargin: true,
  ...more,
});

export const layoutBase = (look, more = {}) => ({
  paper_bgcolor: "rgba(0,0,0,0)",
  plot_bgcolor: "rgba(0,0,0,0)",
  font: { family: cssVariable("--font") || "system-ui, sans-serif", size: 13, color: look.text },
  margin: { l: 52, r: 14, t: 8, b: 40 },
  hovermode: "x unified",
  hoverlabel: { bgcolor: look.box, bordercolor: look.grid, font: { size: 13, color: look.text } },
  dragmode: "zoom",
  showlegend: false,
  ...more,
});

// A short history would be an invisible line.
export const lineMode = (steps, fewest = 3) => (steps.length < fewest ? "lines+markers" : "lines");

const plotConfig = (name) => ({
  responsive: true,
  displaylogo: false,
  doubleClick: false,
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "resetScale2d", "zoomIn2d",
    "zoomOut2d"],
  toImageButtonOptions: { format: "png", scale: 2, filename: `lethe-${name}` },
});

// Draws into `item.plot`; `begun` is called with it the first time.
export const drawPlot = (item, traces, layout, name, begun) => {
  window.Plotly.react(item.plot, traces, layout, plotConfig(name));
  if (!item.ready) begun(item.plot);
  item.ready = true;
};

const DASHES = { solid: "", dash: "7 4", dot: "2 4", dashdot: "7 3 2 3", longdash: "11 4" };

// A short piece of a line, for legends.
export const swatch = (dash, colour) =>
  svg("svg", { width: 26, height: 10, "aria-hidden": true }, svg("path", {
    d: "M0 5H26", stroke: colour, "stroke-width": 3, "stroke-dasharray": DASHES[dash] }));

// Several plots over one step axis: zooming one zooms all, double click shows everything again.
export const makeZoom = (redraw) => {
  const zoom = { range: null, turn: 0 };
  zoom.reset = () => {
    zoom.range = null;
    zoom.turn += 1;
    redraw();
  };
  zoom.follow = (plot) => {
    plot.on("plotly_relayout", (change) => {
      const range = [change["xaxis.range[0]"], change["xaxis.range[1]"]];
      if (range.includes(undefined) || String(zoom.range) === String(range)) return;
      zoom.range = range;
      redraw();
    });
    plot.on("plotly_doubleclick", zoom.reset);
  };
  return zoom;
};
