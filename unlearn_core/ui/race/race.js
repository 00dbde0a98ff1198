// What the chosen runs reached, as a scatter of forgetting against what was kept, and as a table
// of means over seeds.

const MARKERS = ["circle", "square", "diamond", "cross", "x", "triangle-up", "star", "hexagon"];

const makeRace = (config, open) => {
  const card = el("section", "lv-card lv-race");
  const plot = el("div", "lv-plot");
  const scroll = el("div", "lv-table-holder");
  const table = el("table", "lv-table lv-race-table");
  scroll.append(table);
  card.append(titled(config.race), plot, scroll);
  card.hidden = true;
  return { card, plot, table, open, config, ready: false };
};

const lookOfMethod = (config, place) => {
  const hues = config.runColours[themeName()];
  return { color: hues[place % hues.length], size: 13,
    symbol: MARKERS[(place + Math.floor(place / hues.length)) % MARKERS.length] };
};

const raceTraces = (item, race, look) => {
  const traces = race.rows.map((row, place) => {
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
  });
  const front = {
    type: "scatter",
    mode: "lines",
    name: "Pareto front",
    x: race.front.map((place) => race.points[place].forgotten),
    y: race.front.map((place) => race.points[place].kept),
    line: { color: look.soft, width: 1.5, dash: "dot" },
    hoverinfo: "skip",
  };
  return [front, ...traces];
};

const raceTable = (item, race) => {
  item.table.replaceChildren();
  const head = item.table.createTHead().insertRow();
  for (const [label, help] of [["Method", "Each with the settings of its own run."],
    ["Runs", "Click a seed to see its run."], ...race.columns]) {
    const cell = el("th", "", label);
    cell.scope = "col";
    cell.title = help;
    head.append(cell);
  }
  const body = item.table.createTBody();
  for (const row of race.rows) {
    const line = body.insertRow();
    const runs = el("td");
    for (const run of row.runs) {
      const button = el("button", "lv-button lv-small-button", `seed ${run.seed}`);
      button.type = "button";
      button.addEventListener("click", () => item.open(run.id));
      runs.append(button);
    }
    line.append(el("th", "lv-left", row.title), runs,
      ...row.cells.map((text) => el("td", "", text)));
  }
};

const drawRace = (item, race) => {
  item.card.hidden = !race;
  if (!race) return;
  const look = surface();
  const layout = layoutBase(look, {
    hovermode: "closest",
    showlegend: true,
    legend: { font: { size: 13, color: look.text }, orientation: "h", y: -0.18 },
    xaxis: axis(look, { range: [-4, 104], title: { text: item.config.race.x,
      font: { size: 13, color: look.soft } } }),
    yaxis: axis(look, { range: [-4, 104], title: { text: item.config.race.y,
      font: { size: 13, color: look.soft } } }),
  });
  Plotly.react(item.plot, raceTraces(item, race, look), layout, plotConfig("lethe-race"));
  if (!item.ready) {
    item.plot.on("plotly_click", (event) => {
      const run = event.points[0] && event.points[0].customdata;
      if (run) item.open(run);
    });
  }
  item.ready = true;
  raceTable(item, race);
};
