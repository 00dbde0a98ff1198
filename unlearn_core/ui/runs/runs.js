// The list of runs: asks the store every other second and tells the page which rows are ticked.
// Needs CONFIG, element, server and trigger, which the page gives.

const TICK = 300;
const AGAIN = 2000;
const PATIENCE = 5000;
const AT_ONCE = 50;

const view = { rows: [], chosen: [], lost: false };
const root = element.querySelector(".lv");
const empty = el("div", "lv-empty", CONFIG.empty);
const scroll = el("div", "lv-scroll");
const table = el("table", "lv-runs");
table.setAttribute("aria-label", "Runs");
const head = table.createTHead().insertRow();
for (const [label, help] of CONFIG.columns) {
  const cell = el("th");
  cell.scope = "col";
  const words = el("span", help ? "lv-term" : "", label);
  if (help) words.title = help;
  cell.append(words);
  head.append(cell);
}
const body = table.createTBody();
scroll.append(table);
root.replaceChildren(empty, scroll);

// What the page was told last; answers to what was told before are passed by. Ticks that follow at
// once are told as one, since Gradio keeps no order among them.
const told = { runs: "", until: 0, timer: 0 };
const say = () => {
  Object.assign(told, { runs: view.chosen.join(" "), until: performance.now() + PATIENCE });
  clearTimeout(told.timer);
  told.timer = setTimeout(() => trigger("select", { runs: view.chosen }), AT_ONCE);
};

const choose = (id, alone) => {
  if (alone) view.chosen = [id];
  else if (view.chosen.includes(id)) view.chosen = view.chosen.filter((one) => one !== id);
  else view.chosen = [...view.chosen, id];
  draw();
  say();
};

const when = (seconds) => new Date(seconds * 1000).toLocaleString([], {
  month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });

const drawRow = (run) => {
  const row = el("tr");
  const chosen = view.chosen.includes(run.id);
  row.setAttribute("aria-selected", String(chosen));
  row.dataset.run = run.id;
  const tickCell = el("td");
  const tick = el("input");
  tick.type = "checkbox";
  tick.checked = chosen;
  tick.setAttribute("aria-label", `Select ${run.name}`);
  tick.addEventListener("click", (event) => {
    event.stopPropagation();
    choose(run.id, false);
  });
  tickCell.append(tick);
  const state = el("span", "lv-state", run.words);
  state.dataset.state = run.state;
  const stateCell = el("td");
  stateCell.append(state);
  const cell = (text, className = "") => el("td", className, text);
  const title = el("td", "lv-run-title");
  title.append(verbatim("span", "", run.name));
  if (run.recorded) title.append(el("span", "film-badge", CONFIG.recorded));
  row.append(tickCell, title, stateCell, cell(run.method, "lv-run-words"),
    cell(run.marks, "lv-run-words"), cell(when(run.started), "lv-number"), cell(run.took, "lv-number"),
    cell(run.forget, "lv-number"), cell(run.retain, "lv-number"));
  row.addEventListener("click", () => choose(run.id, true));
  return row;
};

const drawHeading = () => {
  const row = el("tr", "film-heading");
  const cell = el("th", "", CONFIG.recordedRuns);
  cell.colSpan = CONFIG.columns.length;
  cell.scope = "rowgroup";
  row.append(cell);
  return row;
};

const draw = () => {
  empty.hidden = view.rows.some((run) => !run.recorded);
  scroll.hidden = !view.rows.length;
  const active = document.activeElement && document.activeElement.closest("tr[data-run]");
  const focused = active && body.contains(active) ? active.dataset.run : "";
  const own = view.rows.filter((run) => !run.recorded);
  const recorded = view.rows.filter((run) => run.recorded);
  body.replaceChildren(...own.map(drawRow), ...(recorded.length ? [drawHeading()] : []),
    ...recorded.map(drawRow));
  if (focused) {
    const again = body.querySelector(`tr[data-run="${CSS.escape(focused)}"] input`);
    if (again) again.focus();
  }
};

let pending = false;
let due = 0;
const fetchRows = async () => {
  pending = true;
  try {
    const rows = await server.runs({});
    if (JSON.stringify(rows) !== JSON.stringify(view.rows)) {
      view.rows = rows;
      const kept = view.chosen.filter((id) => rows.some((run) => run.id === id));
      const lost = kept.length !== view.chosen.length;
      view.chosen = kept;
      draw();
      if (lost) say();
    }
  } catch (error) {
    console.warn("the list of runs could not be read; trying again", error);
  } finally {
    pending = false;
    due = performance.now() + AGAIN;
  }
};

// Runs are also chosen elsewhere on the page, which then writes them into a hidden field.
let lastField = "";
const adopt = () => {
  const field = document.querySelector("#chosen-runs textarea, #chosen-runs input");
  if (!field) return;
  if (field.value === told.runs) told.until = 0;
  if (field.value === lastField) return;
  lastField = field.value;
  if (performance.now() < told.until) return;
  const wanted = field.value.split(" ").filter(Boolean);
  if (wanted.join() === view.chosen.join()) return;
  view.chosen = wanted;
  draw();
};

const clock = setInterval(() => {
  if (!element.isConnected) return clearInterval(clock);
  adopt();
  const visible = !document.hidden && element.offsetParent !== null;
  if (visible && !pending && performance.now() >= due) fetchRows();
}, TICK);
draw();
