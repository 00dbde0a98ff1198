// A run inside a lesson: started at a press, followed in the store, found again after a reload.

import { el, progressBar } from "../browser/dom.js";
import { every, isShown } from "../browser/page.js";
import { addCurves, isMoving } from "../charts/rows.js";
import { button, note } from "./parts.js";

const POLL = 600;
const FELL = ["failed", "discarded", "stopped"];
const LISTS = ["probes", "answers", "records", "candidates", "notes"];

export class RunCard {
  // `show` draws the run's own content into `content`, whenever something is new.
  constructor(api, settings, show) {
    Object.assign(this, { api, settings, show, fault: "", pending: false });
    this.clear();
    this.begin = button(settings.label, () => this.start(), "le-main");
    this.note = note(settings.note);
    this.problem = el("p.le-problem", { role: "alert" });
    this.state = el("span.lv-state", { role: "status" });
    this.detail = el("span.le-run-detail");
    this.progress = progressBar("div.lv-bar", "Progress of the run", "div.lv-fill");
    this.head = el("div.le-run-head", {}, this.state, this.detail, this.progress.bar);
    this.content = el("div.le-run-content");
    this.box = el("section.le-run", {}, this.begin, this.note, this.problem, this.head,
      this.content);
  }

  get run() {
    return this.api.data.runs[this.settings.key];
  }

  get hasEnded() {
    return ["done", "stopped"].includes(this.rows.status?.state);
  }

  clear() {
    this.rows = { cursor: 0, status: null, curves: {} };
    for (const name of LISTS) this.rows[name] = [];
  }

  // Asks for what is new as long as the card is on the page.
  follow() {
    this.draw();
    this.poll();
    every(POLL, this.box, () => {
      const state = this.rows.status?.state;
      const moves = !state || state === "paused" || isMoving(state);
      if (moves && isShown(this.box)) this.poll();
    });
  }

  keep(run) {
    if (run) this.api.data.runs[this.settings.key] = run;
    else delete this.api.data.runs[this.settings.key];
    this.api.save();
    this.clear();
  }

  async poll() {
    if (this.pending || !this.run) return;
    this.pending = true;
    try {
      const news = await this.api.act("poll", { run: this.run, cursor: this.rows.cursor });
      this.fault = news.gone || news.problem || "";
      if (news.gone) this.keep("");
      else if (news.status) this.take(news);
      this.draw();
    } finally {
      this.pending = false;
    }
  }

  take(news) {
    Object.assign(this.rows, { cursor: news.cursor, status: news.status });
    addCurves(this.rows.curves, news.scalars);
    for (const name of LISTS) this.rows[name].push(...news[name]);
  }

  async start() {
    this.begin.disabled = true;
    const begun = await this.api.act(this.settings.action, this.settings.send || {});
    this.begin.disabled = false;
    this.fault = begun.problem || "";
    if (begun.run) {
      this.keep(begun.run);
      await this.poll();
    }
    this.draw();
  }

  draw() {
    this.drawHead();
    if (this.rows.status) this.show(this);
    else this.content.replaceChildren();
  }

  drawHead() {
    const { status, notes } = this.rows;
    const again = !status || FELL.includes(status.state);
    this.begin.hidden = !again;
    this.note.hidden = !again || !this.settings.note;
    this.head.hidden = !status;
    const failed = notes.filter((one) => one.level === "error").pop();
    this.problem.textContent = failed ? `${failed.title}. ${failed.text}` : this.fault;
    this.problem.hidden = !this.problem.textContent;
    if (!status) return;
    this.state.dataset.state = status.state;
    this.state.textContent = this.phase(status);
    this.detail.textContent = status.total ? `step ${status.step} of ${status.total}` : "";
    const share = status.total ? status.step / status.total : 0;
    this.progress.show(status.state === "done" ? 1 : share);
  }

  phase({ state, place, phase }) {
    const { phases, states } = this.api.config;
    if (state === "queued" && place > 1) return `Waiting, place ${place} in the queue`;
    return (isMoving(state) && phases[phase]) || states[state];
  }
}
