// The list of runs: asks the store every other second and tells the page which rows are ticked.

import { el, table, verbatim } from "../browser/dom.js";
import { chosenRuns, every, isShown, makeTurns } from "../browser/page.js";

const TICK = 300;
const AGAIN = 2000;
const PATIENCE = 5000;
const AT_ONCE = 50;

const when = (seconds) => new Date(seconds * 1000).toLocaleString([], {
  month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });

class RunsTable {
  constructor({ element, root, server, config, tell }) {
    Object.assign(this, { element, server, config, tell, rows: [], chosen: [], lastField: "" });
    // What the page was told last; answers to what was told before are passed by.
    this.told = { runs: "", until: 0, timer: 0 };
    this.turns = makeTurns(() => this.fetch());
    this.empty = el("div.lv-empty", {}, config.empty);
    this.table = table("table.lv-runs", config.columns.map(([label, title]) =>
      el(title ? "span.lv-term" : "span", { title }, label)), [], { "aria-label": "Runs" });
    [this.body] = this.table.tBodies;
    this.scroll = el("div.lv-scroll", {}, this.table);
    root.replaceChildren(this.empty, this.scroll);
    this.draw();
  }

  // Ticks that follow at once are told as one, since Gradio keeps no order among them.
  say() {
    const { told, chosen } = this;
    Object.assign(told, { runs: chosen.join(" "), until: performance.now() + PATIENCE });
    clearTimeout(told.timer);
    told.timer = setTimeout(() => this.tell({ runs: this.chosen }), AT_ONCE);
  }

  choose(id, alone) {
    if (alone) this.chosen = [id];
    else if (this.chosen.includes(id)) this.chosen = this.chosen.filter((one) => one !== id);
    else this.chosen = [...this.chosen, id];
    this.draw();
    this.say();
  }

  row(run) {
    const chosen = this.chosen.includes(run.id);
    const tick = el("input", { type: "checkbox", checked: chosen,
      "aria-label": `Select ${run.name}`, onclick: (event) => {
        event.stopPropagation();
        this.choose(run.id, false);
      } });
    const numbers = [when(run.started), run.took, run.forget, run.retain];
    return el("tr", { "aria-selected": chosen, data: { run: run.id },
      onclick: () => this.choose(run.id, true) },
    el("td", {}, tick),
    el("td.lv-run-title", {}, verbatim("span", run.name),
      run.recorded && el("span.film-badge", {}, this.config.recorded)),
    el("td", {}, el("span.lv-state", { data: { state: run.state } }, run.words)),
    [run.method, run.marks].map((text) => el("td.lv-run-words", {}, text)),
    numbers.map((text) => el("td.lv-number", {}, text)));
  }

  heading() {
    return el("tr.film-heading", {}, el("th", { colSpan: this.config.columns.length,
      scope: "rowgroup" }, this.config.recordedRuns));
  }

  draw() {
    const own = this.rows.filter((run) => !run.recorded);
    const recorded = this.rows.filter((run) => run.recorded);
    this.empty.hidden = own.length > 0;
    this.scroll.hidden = !this.rows.length;
    const focused = this.body.contains(document.activeElement)
      && document.activeElement.closest("tr").dataset.run;
    this.body.replaceChildren(...own.map((run) => this.row(run)),
      ...(recorded.length ? [this.heading()] : []), ...recorded.map((run) => this.row(run)));
    if (focused) this.body.querySelector(`tr[data-run="${CSS.escape(focused)}"] input`)?.focus();
  }

  async fetch() {
    try {
      const rows = await this.server.runs({});
      if (JSON.stringify(rows) !== JSON.stringify(this.rows)) this.take(rows);
    } catch (error) {
      console.warn("the list of runs could not be read; trying again", error);
    }
    return AGAIN;
  }

  take(rows) {
    this.rows = rows;
    const kept = this.chosen.filter((id) => rows.some((run) => run.id === id));
    const lost = kept.length !== this.chosen.length;
    this.chosen = kept;
    this.draw();
    if (lost) this.say();
  }

  // Runs are also chosen elsewhere on the page, which then writes them into a hidden field.
  adopt() {
    const field = chosenRuns();
    if (field === this.told.runs) this.told.until = 0;
    if (field === this.lastField) return;
    this.lastField = field;
    if (performance.now() < this.told.until) return;
    const wanted = field.split(" ").filter(Boolean);
    if (wanted.join() === this.chosen.join()) return;
    this.chosen = wanted;
    this.draw();
  }

  watch() {
    this.adopt();
    if (isShown(this.element)) this.turns.take();
  }
}

export const start = (page) => {
  const list = new RunsTable(page);
  every(TICK, page.element, () => list.watch());
};
