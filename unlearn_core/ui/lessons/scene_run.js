// A run of a lesson: recall curves, and what it said first and last.

import { el, table } from "../browser/dom.js";
import { makeChart } from "./chart.js";
import { modelText } from "./parts.js";
import { RunCard } from "./run_card.js";

const recallPicture = ({ rows, settings }) => ({
  xTitle: "Training steps",
  yTitle: "Facts still known (%)",
  xaxis: { range: [0, Math.max(1, rows.status.total)] },
  curves: settings.curves.map((curve) => {
    const [x, y] = rows.curves[curve.name] || [[], []];
    return { ...curve, x, y: y.map((value) => (value === null ? null : value * 100)) };
  }),
});

const probePairs = (probes) => {
  const pairs = new Map();
  for (const probe of probes) {
    const key = `${probe.group}/${probe.id}`;
    pairs.set(key, { first: pairs.get(key)?.first ?? probe, last: probe });
  }
  return [...pairs.values()];
};

const probeTable = ({ rows, api }) => table("table.le-table",
  ["Question", "Before", `After step ${rows.status.step}`],
  probePairs(rows.probes).map(({ first, last }) => [
    [modelText(first.prompt), el("small", {}, api.config.groups[first.group])],
    modelText(first.text), modelText(last.text)]));

export const run = (place, settings, api) => {
  const chart = makeChart(settings.chartLabel || "Facts still known over the steps");
  const said = el("div.le-scroll");
  const card = new RunCard(api, settings, ({ content, rows }) => {
    if (!chart.box.isConnected) content.replaceChildren(chart.box, said);
    chart.draw(recallPicture(card));
    if (rows.probes.length) said.replaceChildren(probeTable(card));
  });
  place.append(card.box);
  card.follow();
};
