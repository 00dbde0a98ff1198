// Line panels: losses, collapse, utility.

import { button, el, titled } from "../browser/dom.js";
import { shorten, smooth } from "../browser/numbers.js";
import { themeName } from "../browser/page.js";
import { axis, drawPlot, layoutBase, lineMode, palette, surface, swatch }
  from "../browser/plot.js";
import { presentSeries } from "./logged.js";
import { stepMarks, watchedAxis } from "./steps.js";

const GAP = 0.1;

// The share of the height that each row takes, from the top.
const panelRows = ({ rows }) => {
  const height = (1 - GAP * (rows.length - 1)) / rows.length;
  return rows.map((_, i) => [1 - height - i * (height + GAP), 1 - i * (height + GAP)]);
};

export const makePanel = (panel) => {
  const legend = el("div.lv-legend");
  const plot = el("div.lv-plot");
  const card = el(`section.lv-card.lv-panel-${panel.key}`, {}, titled(panel), legend, plot);
  const off = new Set(panel.series.filter((s) => s.folded).map((s) => s.name));
  return { panel, card, legend, plot, off, ready: false };
};

export const seriesTerm = (series, view) =>
  (series.name === "loss/forget" && view.status?.forgetLogged ? view.config.forgetLogged : series);

const drawLegend = (item, view, redraw) => {
  const present = presentSeries(item.panel, view.curves, view.config);
  const key = present.map((s) => s.name + item.off.has(s.name) + seriesTerm(s, view).label).join()
    + themeName();
  if (item.legend.dataset.key === key) return;
  item.legend.dataset.key = key;
  item.legend.replaceChildren(...present.map((series) => {
    const { label, help } = seriesTerm(series, view);
    const entry = button("lv-key", "", () => {
      if (!item.off.delete(series.name)) item.off.add(series.name);
      redraw();
    }, { "aria-pressed": !item.off.has(series.name), data: { help } });
    entry.append(swatch(series.dash, palette(series.colour)), el("span", {}, label));
    return entry;
  }));
};

const lineTrace = (series, item, view) => {
  const [steps, values] = view.curves[series.name];
  const digits = series.unit === "%" ? ".1f" : ".3~g";
  return {
    type: "scatter",
    mode: lineMode(steps),
    name: shorten(seriesTerm(series, view).label, 34),
    x: steps,
    y: smooth(values, view.smoothing).map((v) => (v === null ? null : v * series.scale)),
    yaxis: series.row ? `y${series.row + 1}` : "y",
    visible: !item.off.has(series.name),
    connectgaps: false,
    line: { color: palette(series.colour), dash: series.dash, width: 2.5 },
    hovertemplate: `%{y:${digits}} ${series.unit}`,
  };
};

export const drawPanel = (item, view, redraw) => {
  const look = surface();
  const { panel } = item;
  drawLegend(item, view, redraw);
  const traces = presentSeries(item.panel, view.curves, view.config)
    .map((s) => lineTrace(s, item, view));
  item.card.hidden = !panel.series.length && !traces.length;
  if (item.card.hidden) return;
  const layout = layoutBase(look, {
    uirevision: "kept",
    xaxis: watchedAxis(look, view,
      { anchor: panel.rows.length > 1 ? `y${panel.rows.length}` : "y" }),
    ...stepMarks(look, view),
  });
  panelRows(panel).forEach((domain, i) => {
    const row = panel.rows[i];
    layout[i ? `yaxis${i + 1}` : "yaxis"] = axis(look, row.title, {
      domain,
      uirevision: view.zoom.turn,
      type: row.can_log && view.log ? "log" : "linear",
      nticks: 6,
      ...(row.range ? { range: row.range } : { rangemode: row.can_log ? "normal" : "tozero" }),
    });
  });
  drawPlot(item, traces, layout, panel.key, view.zoom.follow);
};
