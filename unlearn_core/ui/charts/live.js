// The live view: asks the store for rows after a cursor and draws them. Needs CONFIG, element and
// server, which the page gives.

const TICK = 200;
const POLL_RUNNING = 500;
const POLL_IDLE = 3000;
const MOST_CLIENT_POINTS = 4000;
// Without a GPU the browser draws with the processor that the run needs: new rows alone redraw the
// charts so seldom that drawing takes a twentieth of the time.
const LEAST_BETWEEN_CHARTS = 1000;
const DRAWING_SHARE = 0.05;
const MOVING = ["queued", "loading", "running", "stopping"];

const view = { config: CONFIG, smoothing: 0, log: false, run: "" };

const clearRows = () => Object.assign(view, {
  curves: {}, answers: new Map(), probes: new Map(), probeSteps: [], records: [], marks: [],
  notes: [],
});
const clearView = (run) => {
  clearRows();
  Object.assign(view, { run, cursor: 0, status: null, gone: "", pointer: null, lost: false });
};
clearView("");

view.fullRange = () => {
  const ends = Object.values(view.curves).map(([steps]) => steps[steps.length - 1] || 0);
  const last = Math.max(1, ...ends);
  const moving = view.status && MOVING.includes(view.status.state);
  return [0, moving ? Math.max(last, view.status.total) : last];
};

let scheduled = false;
let chartsDue = 0;
let chartsBehind = false;
const schedule = () => {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    draw();
  });
};
// What a person did shows at once.
const redraw = () => {
  chartsDue = 0;
  schedule();
};
view.zoom = makeZoom(redraw);

// ---- the page's parts
const root = element.querySelector(".lv");
const empty = el("div", "lv-empty", CONFIG.empty);
const head = el("header", "lv-head");
const name = verbatim("span", "lv-name");
const state = el("span", "lv-state");
state.setAttribute("aria-live", "polite");
state.setAttribute("role", "status");
const detail = el("span", "lv-detail");
const bar = el("div", "lv-bar");
const fill = el("div", "lv-fill");
bar.append(fill);
bar.setAttribute("role", "progressbar");
bar.setAttribute("aria-label", "Progress of the run");
head.append(name, state, detail, bar);
const notes = el("ul", "lv-notes");
const tiles = el("div", "lv-tiles");

const tools = el("div", "lv-tools");
const smoothing = el("select", "lv-select");
for (const [label, weight] of [["none", 0], ["light", 0.6], ["strong", 0.9]]) {
  const option = el("option", "", label);
  option.value = String(weight);
  smoothing.append(option);
}
const labelled = (text, control) => {
  const label = el("label", "lv-tool");
  label.append(el("span", "", text), control);
  return label;
};
const tick = (text, act) => {
  const box = el("input");
  box.type = "checkbox";
  box.addEventListener("change", () => act(box.checked));
  return labelled(text, box);
};
const table = el("div", "lv-card lv-table-holder");
table.hidden = true;
const reset = el("button", "lv-button", "Show all steps");
reset.type = "button";
reset.addEventListener("click", view.zoom.reset);
smoothing.addEventListener("change", () => {
  view.smoothing = Number(smoothing.value);
  redraw();
});
tools.append(
  labelled("Smoothing", smoothing),
  tick("Logarithmic losses", (on) => { view.log = on; redraw(); }),
  tick("Numbers as a table", (on) => { table.hidden = !on; redraw(); }),
  reset,
  el("span", "lv-hint", "Drag over a chart to zoom all of them; double click shows all steps."),
);

const panels = CONFIG.panels.map(makePanel);
const records = makeRecords(CONFIG);
const answers = makeAnswers(CONFIG, redraw);
const probes = makeProbes(CONFIG, view, redraw);
const grid = el("div", "lv-grid");
grid.append(...panels.map((item) => item.card));
const content = el("div", "lv-content");
content.append(tiles, tools, grid, table, records.card, answers.card, probes.card);
root.replaceChildren(empty, head, notes, content);

// ---- drawing
const words = (status) => {
  const parts = [];
  if (status.state === "queued" && status.place) parts.push(`place ${status.place} in the queue`);
  if (MOVING.includes(status.state) && CONFIG.phases[status.phase]) {
    parts.push(CONFIG.phases[status.phase]);
  }
  if (status.total) parts.push(`step ${status.step} of ${status.total}`);
  if (status.state === "running" && status.secondsLeft !== null) {
    parts.push(`about ${showDuration(status.secondsLeft)} left`);
  }
  if (status.message) parts.push(status.message);
  if (view.lost) parts.push("the server does not answer; trying again");
  return parts.join(" · ");
};

const drawHead = () => {
  const { status } = view;
  name.textContent = status.name || view.run;
  const stateWord = CONFIG.states[status.state] || status.state;
  if (state.textContent !== stateWord) state.textContent = stateWord;
  state.dataset.state = status.state;
  detail.textContent = words(status);
  const share = status.total ? Math.min(1, status.step / status.total) : 0;
  fill.style.width = `${share * 100}%`;
  bar.setAttribute("aria-valuenow", String(Math.round(share * 100)));
  bar.hidden = !MOVING.includes(status.state);
  const shown = view.notes.filter((note) => note.level !== "info").slice(-4);
  notes.replaceChildren(...shown.map((note) => {
    const row = el("li", `lv-note lv-note-${note.level}`);
    if (note.title) row.append(el("strong", "", `${note.title} `));
    row.append(el("span", "", note.text));
    return row;
  }));
};

const drawTiles = () => {
  const found = CONFIG.tiles[view.status.kind].filter((tile) => view.curves[tile.name]);
  tiles.replaceChildren(...found.map((tile) => {
    const [steps, values] = view.curves[tile.name];
    const at = view.pointer === null ? values.length - 1 : nearest(steps, view.pointer);
    const card = el("div", "lv-tile");
    card.append(el("span", "lv-tile-label", tile.label),
      el("span", "lv-tile-now", showNumber(values[at], tile.percent)),
      el("span", "lv-tile-was", `was ${showNumber(values[0], tile.percent)} · ${tile.help}`));
    return card;
  }));
};

const draw = () => {
  empty.hidden = Boolean(view.status);
  head.hidden = content.hidden = !view.status;
  notes.hidden = !view.status;
  if (view.gone) empty.textContent = view.gone;
  else empty.textContent = CONFIG.empty;
  if (!view.status || !visible()) return;
  drawHead();
  drawTiles();
  const any = Object.keys(view.curves).length > 0;
  tools.hidden = grid.hidden = !any;
  if (!table.hidden) drawTable(table, view);
  drawRecords(records, view);
  drawProbes(probes, view);
  chartsBehind = any && performance.now() < chartsDue;
  if (!window.Plotly || chartsBehind) return;
  if (any) drawCharts();
  else drawAnswers(answers, view);
};

// The next task begins when the frame is painted.
const painted = () =>
  new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

// A chart at a time, so that a click between two of them need not wait for all.
const drawCharts = async () => {
  const start = performance.now();
  chartsDue = Infinity;
  for (const item of panels) {
    drawPanel(item, view, redraw);
    await painted();
  }
  drawAnswers(answers, view);
  await painted();
  const taken = performance.now() - start;
  chartsDue = start + Math.max(LEAST_BETWEEN_CHARTS, taken / DRAWING_SHARE);
};

// ---- rows
const grouped = (map, rows) => {
  for (const row of rows) {
    if (!map.has(row.id)) map.set(row.id, []);
    map.get(row.id).push(row);
  }
};

const take = (batch, fromStart) => {
  view.lost = false;
  if (batch.gone) {
    clearView(view.run);
    view.gone = batch.gone;
    return;
  }
  if (fromStart) clearRows();
  for (const [series, [steps, values]] of Object.entries(batch.scalars)) {
    const curve = view.curves[series] || (view.curves[series] = [[], []]);
    curve[0].push(...steps);
    curve[1].push(...values);
  }
  grouped(view.answers, batch.answers);
  grouped(view.probes, batch.probes);
  if (batch.probes.length) {
    const steps = new Set([...view.probeSteps, ...batch.probes.map((row) => row.step)]);
    view.probeSteps = [...steps].sort((a, b) => a - b);
  }
  view.records.push(...batch.records);
  view.marks.push(...batch.marks);
  view.notes.push(...batch.notes);
  view.status = batch.status;
  view.cursor = batch.cursor;
};

const longest = () => Math.max(0, ...Object.values(view.curves).map(([steps]) => steps.length));

const visible = () => !document.hidden && element.offsetParent !== null;
const wantedRun = () => document.documentElement.dataset.run || "";

let pending = false;
let due = 0;
const poll = async () => {
  const asked = { run: view.run, cursor: view.cursor };
  pending = true;
  try {
    const batch = await server.poll(asked);
    if (asked.run !== view.run) return;
    const moving = batch.status && MOVING.includes(batch.status.state);
    due = performance.now() + (moving ? POLL_RUNNING : POLL_IDLE);
    const before = JSON.stringify(view.status) + view.cursor + view.gone + view.lost;
    take(batch, asked.cursor === 0);
    if (before !== JSON.stringify(view.status) + view.cursor + view.gone + view.lost) schedule();
    // So long a history is fetched again, thinned out by the server.
    if (longest() > MOST_CLIENT_POINTS) view.cursor = 0;
  } catch (error) {
    view.lost = true;
    due = performance.now() + POLL_IDLE;
    redraw();
  } finally {
    pending = false;
  }
};

let wasVisible = false;
const clock = setInterval(() => {
  if (!element.isConnected) return clearInterval(clock);
  const now = visible();
  if (now && !wasVisible) redraw();
  if (now && chartsBehind && performance.now() >= chartsDue) schedule();
  wasVisible = now;
  if (wantedRun() !== view.run) {
    clearView(wantedRun());
    stopPlaying(probes);
    view.zoom.reset();
    due = 0;
  }
  if (view.run && now && !pending && performance.now() >= due) poll();
}, TICK);
onThemeChange(element, redraw);
redraw();
withPlotly(redraw);
