// What the chosen runs reached, as a scatter of forgetting against what was kept, and as a table of
// means over seeds.

import { button, el, table, titled } from "../browser/dom.js";
import { escapeText, shorten } from "../browser/numbers.js";
import { themeName } from "../browser/page.js";
import { axis, drawPlot, layoutBase, surface } from "../browser/plot.js";

const MARKERS = ["circle", "square", "diamond", "cross", "x", "triangle-up", "star", "hexagon"];
const FIRST_HEADS = [["Method", "Each with the settings of its own run."],
  ["Runs", "Click a seed to see its run."]];

// `open` is called with the id of the run a person wants to see.
export const makeRace = (config, open) => {
  const plot = el("div.lv-plot");
  const scroll = el("div.lv-table-holder");
  const card = el("section.lv-card.lv-race", { hidden: true }, titled(config.race), plot, scroll);
  return { card, plot, scroll, open, config, ready: false };
};

const lookOfMethod = (config, place) => {
  const hues = config.runColours[themeName()];
  return { color: hues[place % hues.length], size: 13,
    symbol: MARKERS[(place + Math.floor(place / hues.length)) % MARKERS.length] };
};

const methodTrace = (item, race, look) => (row, place) => {
  const points = race.points.filter((point) => point.method === row.method);
  return {
    type: "scatter",
    mode: "markers",
    name: escapeText(shorten(row.title, 44)),
    x: points.map((point) => point.forgotten),
    y: points.map((point) => point.kept),
    customdata: points.map((point) => point.run),
    text: points.map((point) => escapeText(shorten(point.name, 60))),
    marker: { ...lookOfMethod(item.config, place), line: { width: 1, color: look.box } },
    hovertemplate: "%{text}<br>forgotten %{x:.1f} %, kept %{y:.1f} %<extra></extra>",
  };
};

const frontTrace = (race, look) => ({
  type: "scatter",
  mode: "lines",
  name: "Pareto front",
  x: race.front.map((place) => race.points[place].forgotten),
  y: race.front.map((place) => race.points[place].kept),
  line: { color: look.soft, width: 1.5, dash: "dot" },
  hoverinfo: "skip",
});

const raceTable = (item, race) => table("table.lv-table.lv-race-table",
  [...FIRST_HEADS, ...race.columns], race.rows.map((row) => [
    el("th.lv-left", {}, row.title),
    row.runs.map((run) => button("lv-button.lv-small-button", `seed ${run.seed}`,
      () => item.open(run.id))),
    ...row.cells,
  ]));

export const drawRace = (item, race) => {
  item.card.hidden = !race;
  if (!race) return;
  const look = surface();
  const { x, y } = item.config.race;
  const layout = layoutBase(look, {
    hovermode: "closest",
    showlegend: true,
    legend: { font: { size: 13, color: look.text }, orientation: "h", y: -0.18 },
    xaxis: axis(look, x, { range: [-4, 104] }),
    yaxis: axis(look, y, { range: [-4, 104] }),
  });
  const traces = [frontTrace(race, look), ...race.rows.map(methodTrace(item, race, look))];
  drawPlot(item, traces, layout, "race", (plot) => plot.on("plotly_click", (event) => {
    const run = event.points[0]?.customdata;
    if (run) item.open(run);
  }));
  item.scroll.replaceChildren(raceTable(item, race));
};
