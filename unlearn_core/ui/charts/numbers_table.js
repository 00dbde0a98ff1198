// The numbers of the charts as a table, for those who cannot use a chart.

import { el, table } from "../browser/dom.js";
import { presentSeries } from "./logged.js";
import { seriesTerm } from "./panels.js";

const MOST_ROWS = 200;

const shown = (value, scale) =>
  (value === undefined || value === null ? "" : String(Number((value * scale).toPrecision(4))));

export const drawTable = (holder, view) => {
  const series = view.config.panels.flatMap((panel) =>
    presentSeries(panel, view.curves, view.config));
  const curves = series.map((s) => {
    const [steps, values] = view.curves[s.name];
    return new Map(steps.map((step, i) => [step, values[i]]));
  });
  const steps = [...new Set(curves.flatMap((curve) => [...curve.keys()]))].sort((a, b) => a - b);
  const stride = Math.max(1, Math.ceil(steps.length / MOST_ROWS));
  const heads = series.map((s) => seriesTerm(s, view).label + (s.unit ? ` (${s.unit})` : ""));
  const rows = steps.filter((_, i) => i % stride === 0 || i === steps.length - 1).map((step) =>
    [String(step), ...curves.map((curve, i) => shown(curve.get(step), series[i].scale))]
      .map((text) => el("td", {}, text)));
  holder.replaceChildren(table("table.lv-table", ["Step", ...heads], rows));
};
