// Curves of several runs, one chart for each signal, over one step axis. Needs CONFIG, element and
// server. The page writes the chosen runs into a hidden field; its `select` event says which run a
// person wants to see.

const TICK = 250;
const AGAIN = 2000;
const MOVING = ["queued", "loading", "running", "stopping"];
const DASHES = ["solid", "dash", "dot", "longdash", "dashdot"];

const view = { runs: [], race: null, wanted: "", zoom: null, marks: [], pointer: null };
const root = element.querySelector(".lv");
const keys = el("div", "lv-run-keys");
const grid = el("div", "lv-overlay");
const race = makeRace(CONFIG, (run) => trigger("select", { runs: [run] }));
root.replaceChildren(keys, race.card, grid);
root.hidden = true;
const items = CONFIG.panels.map((panel) => {
  const card = el("section", "lv-card");
  const plot = el("div", "lv-plot");
  card.append(titled(panel), plot);
  grid.append(card);
  return { panel, card, plot, ready: false };
});

let scheduled = false;
const redraw = () => {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    draw();
  });
};
view.zoom = makeZoom(redraw);
view.fullRange = () => [0, Math.max(1, ...view.runs.flatMap((run) =>
  Object.values(run.scalars).map(([steps]) => steps[steps.length - 1] || 0)))];

const lookOf = (place) => {
  const hues = CONFIG.runColours[themeName()];
  return { color: hues[place % hues.length], dash: DASHES[place % DASHES.length], width: 2.5 };
};

const drawKeys = () => keys.replaceChildren(...view.runs.map((run, place) => {
  const key = el("span", "lv-run-key");
  const { color, dash } = lookOf(place);
  key.append(swatch(dash, color), verbatim("span", "", run.name));
  return key;
}));

const drawItem = (item) => {
  const { panel } = item;
  const runs = view.runs.map((run, place) => ({ ...run, place }))
    .filter((run) => run.scalars[panel.name]);
  item.card.hidden = !runs.length;
  if (!runs.length) return;
  const look = surface();
  const scale = panel.percent ? 100 : 1;
  const traces = runs.map((run) => {
    const [steps, values] = run.scalars[panel.name];
    return {
      type: "scatter",
      mode: steps.length < 3 ? "lines+markers" : "lines",
      name: escapeText(shorten(run.name, 34)),
      x: steps,
      y: values.map((value) => (value === null ? null : value * scale)),
      line: lookOf(run.place),
      hovertemplate: panel.percent ? "%{y:.1f} %" : "%{y:.3~g}",
    };
  });
  const layout = layoutBase(look, {
    uirevision: "kept",
    xaxis: { ...axis(look), title: { text: "step", font: { size: 13, color: look.soft } },
      range: view.zoom.range || view.fullRange(), uirevision: view.zoom.turn },
    yaxis: axis(look, { uirevision: view.zoom.turn, nticks: 6,
      ...(panel.percent ? { range: [-3, 103] } : { rangemode: "tozero" }) }),
  });
  Plotly.react(item.plot, traces, layout, plotConfig(`lethe-${panel.name.replace("/", "-")}`));
  if (!item.ready) view.zoom.follow(item.plot);
  item.ready = true;
};

const draw = () => {
  root.hidden = !view.runs.length;
  if (!view.runs.length || !window.Plotly || element.offsetParent === null) return;
  drawKeys();
  drawRace(race, view.race);
  items.forEach(drawItem);
};

const wantedRuns = () => {
  const field = document.querySelector("#chosen-runs textarea, #chosen-runs input");
  return field ? field.value : "";
};

let pending = false;
let due = 0;
const fetchCurves = async (wanted) => {
  pending = true;
  try {
    const found = wanted ? await server.curves({ runs: wanted.split(" ") })
      : { runs: [], race: null };
    const { runs } = found;
    if (wanted !== wantedRuns()) return;
    const moving = runs.some((run) => MOVING.includes(run.state));
    if (wanted !== view.wanted) view.zoom.reset();
    view.wanted = wanted;
    view.runs = runs;
    view.race = found.race;
    due = moving ? performance.now() + AGAIN : Infinity;
    redraw();
  } catch (error) {
    due = performance.now() + AGAIN;
  } finally {
    pending = false;
  }
};

let wasVisible = false;
const clock = setInterval(() => {
  if (!element.isConnected) return clearInterval(clock);
  const visible = element.offsetParent !== null;
  if (visible && !wasVisible) redraw();
  wasVisible = visible;
  if (document.hidden || pending) return;
  const wanted = wantedRuns();
  if (wanted !== view.wanted || performance.now() >= due) fetchCurves(wanted);
}, TICK);
onThemeChange(element, redraw);
withPlotly(redraw);
