// The live view: asks the store for rows after a cursor and draws them.

import { button, el, labelled, optionsOf } from "../browser/dom.js";
import { every, isShown, makeTurns, oncePerFrame, onThemeChange } from "../browser/page.js";
import { makeZoom, withPlotly } from "../browser/plot.js";
import { drawAnswers, makeAnswers } from "./answers.js";
import { drawHead, makeHead } from "./live_head.js";
import { clearView, fullRange, longest, makeView, stamp, take } from "./live_rows.js";
import { drawTable } from "./numbers_table.js";
import { drawPanel, makePanel } from "./panels.js";
import { drawProbes, makeProbes, stopPlaying } from "./probes.js";
import { drawRecords, makeRecords } from "./records.js";
import { isMoving } from "./rows.js";

const TICK = 200;
const POLL_RUNNING = 500;
const POLL_IDLE = 3000;
const MOST_CLIENT_POINTS = 4000;
// Without a GPU the browser draws with the processor that the run needs: new rows alone redraw the
// charts so seldom that drawing takes a twentieth of the time.
const LEAST_BETWEEN_CHARTS = 1000;
const DRAWING_SHARE = 0.05;

// The next task begins when the frame is painted.
const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

class Live {
  constructor({ element, root, server, config }) {
    Object.assign(this, { element, server, chartsDue: 0, chartsBehind: false, wasShown: false });
    this.view = makeView(config);
    this.schedule = oncePerFrame(() => this.draw());
    this.redraw = () => {
      this.chartsDue = 0; // what a person did shows at once
      this.schedule();
    };
    this.view.zoom = makeZoom(this.redraw);
    this.view.fullRange = () => fullRange(this.view);
    this.turns = makeTurns(() => this.poll());
    this.build(root, config);
  }

  build(root, config) {
    this.empty = el("div.lv-empty", {}, config.empty);
    this.head = makeHead();
    this.table = el("div.lv-card.lv-table-holder", { hidden: true });
    this.panels = config.panels.map(makePanel);
    this.records = makeRecords(config);
    this.answers = makeAnswers(config, this.redraw);
    this.probes = makeProbes(config, this.view, this.redraw);
    this.grid = el("div.lv-grid", {}, this.panels.map((item) => item.card));
    this.tools = this.makeTools();
    this.content = el("div.lv-content", {}, this.head.tiles, this.tools, this.grid, this.table,
      this.records.card, this.answers.card, this.probes.card);
    root.replaceChildren(this.empty, this.head.root, this.head.notes, this.content);
  }

  makeTools() {
    const { view, redraw } = this;
    const smoothing = el("select.lv-select", { onchange: () => {
      view.smoothing = Number(smoothing.value);
      redraw();
    } }, optionsOf([[0, "none"], [0.6, "light"], [0.9, "strong"]]));
    const tick = (text, act) => labelled("lv-tool", text, el("input", { type: "checkbox",
      onchange: (event) => {
        act(event.target.checked);
        redraw();
      } }));
    return el("div.lv-tools", {},
      labelled("lv-tool", "Smoothing", smoothing),
      tick("Logarithmic losses", (on) => { view.log = on; }),
      tick("Numbers as a table", (on) => { this.table.hidden = !on; }),
      button("lv-button", "Show all steps", view.zoom.reset),
      el("span.lv-hint", {},
        "Drag over a chart to zoom all of them; double click shows all steps."));
  }

  draw() {
    const { view } = this;
    this.empty.hidden = Boolean(view.status);
    this.head.root.hidden = this.head.notes.hidden = this.content.hidden = !view.status;
    this.empty.textContent = view.gone || view.config.empty;
    if (!view.status || !isShown(this.element)) return;
    drawHead(this.head, view);
    const any = Object.keys(view.curves).length > 0;
    this.tools.hidden = this.grid.hidden = !any;
    if (!this.table.hidden) drawTable(this.table, view);
    drawRecords(this.records, view);
    drawProbes(this.probes, view);
    this.chartsBehind = any && performance.now() < this.chartsDue;
    if (!window.Plotly || this.chartsBehind) return;
    if (any) this.drawCharts();
    else drawAnswers(this.answers, view);
  }

  // A chart at a time, so that a click between two of them need not wait for all.
  async drawCharts() {
    const start = performance.now();
    this.chartsDue = Infinity;
    for (const item of this.panels) {
      drawPanel(item, this.view, this.redraw);
      await painted();
    }
    drawAnswers(this.answers, this.view);
    await painted();
    const taken = performance.now() - start;
    this.chartsDue = start + Math.max(LEAST_BETWEEN_CHARTS, taken / DRAWING_SHARE);
  }

  async poll() {
    const { view } = this;
    const { run, cursor } = view;
    try {
      const news = await this.server.poll({ run, cursor });
      if (run !== view.run) return undefined;
      const before = stamp(view);
      take(view, news, cursor === 0);
      if (before !== stamp(view)) this.schedule();
      // So long a history is fetched again, thinned out by the server.
      if (longest(view) > MOST_CLIENT_POINTS) view.cursor = 0;
      return isMoving(view.status?.state) ? POLL_RUNNING : POLL_IDLE;
    } catch (error) {
      console.warn("the run could not be read; trying again", error);
      view.lost = true;
      this.redraw();
      return POLL_IDLE;
    }
  }

  // The page writes the watched run into the document.
  watch() {
    const { view } = this;
    const shown = isShown(this.element);
    if (shown && !this.wasShown) this.redraw();
    if (shown && this.chartsBehind && performance.now() >= this.chartsDue) this.schedule();
    this.wasShown = shown;
    const wanted = document.documentElement.dataset.run || "";
    if (wanted !== view.run) {
      clearView(view, wanted);
      stopPlaying(this.probes);
      view.zoom.reset();
      this.turns.due = 0;
    }
    if (view.run && shown) this.turns.take();
  }
}

export const start = (page) => {
  const live = new Live(page);
  every(TICK, page.element, () => live.watch());
  onThemeChange(page.element, live.redraw);
  live.redraw();
  return withPlotly(live.redraw);
};
