// The guided path: where the visitor is, and what the server said.

import { button, el } from "../browser/dom.js";
import { askedFor, setAddress } from "../browser/page.js";
import { onTold } from "../browser/told.js";
import { C, row } from "./parts.js";
import { BODIES } from "./steps.js";

const POLL_MS = 800;
const MOST_ASKED = 8;
const FACTS = [0, 1, 2];
const KINDS = ["teach", "unlearn"];
const NOTHING = () => ({ token: "", state: null, at: "tell", checks: {}, attacked: {}, asked: [],
  typed: null, problem: "", said: "", progress: () => {} });

class Path {
  constructor({ root, server }) {
    Object.assign(this, { root, server, clock: 0, examples: 0, steps: Object.keys(C.steps) });
    this.own = { ...NOTHING(), busy: false, lost: false };
  }

  get isGoing() {
    return KINDS.some((kind) => this.own.state?.[kind]?.going);
  }

  push(label, act, kind = "", options = {}) {
    return button(kind ? `os-button.${kind}` : "os-button", label, act,
      { disabled: this.own.busy, ...options });
  }

  // ---- talking to the server; nothing where there is a problem, which is shown
  async call(name, request = {}) {
    const { own } = this;
    Object.assign(own, { busy: true, problem: "" });
    this.draw();
    let answer;
    try {
      answer = await this.server[name]({ token: own.token, ...request });
      own.lost = false;
    } catch (error) {
      console.warn("the server did not answer", error);
      answer = { problem: C.lost };
    }
    Object.assign(own, { busy: false, problem: answer.problem || "" });
    if (!answer.problem) return answer;
    this.draw();
    return null;
  }

  take(state, follow) {
    const { own } = this;
    own.state = state;
    if (state.token) own.token = state.token;
    if (follow) own.at = state.step;
    this.remember();
    this.draw();
    if (follow) this.arrive();
  }

  async poll() {
    const { own } = this;
    if (!own.token || !this.isGoing || document.hidden || own.busy) return;
    let state;
    try {
      state = await this.server.state({ token: own.token });
    } catch (error) {
      console.warn("the server did not answer; trying again", error);
      own.lost = true;
      this.draw();
      return;
    }
    if (own.lost) {
      own.lost = false;
      this.draw();
    }
    if (state.problem || own.busy) return;
    const before = own.state;
    const moved = state.step !== before.step
      || KINDS.some((kind) => before[kind]?.state !== state[kind]?.state);
    own.state = state;
    if (moved) this.take(state, own.at === before.step);
    else own.progress();
  }

  remember() {
    setAddress({ secret: this.own.token });
  }

  // What a step shows comes by itself, once.
  async arrive() {
    const { own } = this;
    const kind = { check: "teach", attack: "unlearn" }[own.at];
    const run = kind && own.state[kind];
    if (!run?.done || own.checks[run.id]) return;
    const found = await this.call("check", { kind });
    if (found) own.checks[run.id] = found;
    this.draw();
  }

  // ---- what can be pressed
  to(at) {
    Object.assign(this.own, { at, problem: "", said: "" });
    this.draw();
    this.arrive();
  }

  read() {
    const value = (id) => this.root.querySelector(`#${id}`)?.value || "";
    this.own.typed = { name: value("os-name"),
      facts: FACTS.map((i) => [value(`os-topic-${i}`), value(`os-value-${i}`)]) };
    return this.own.typed;
  }

  example() {
    const [name, ...facts] = C.examples[this.examples % C.examples.length];
    this.examples += 1;
    Object.assign(this.own, { typed: { name, facts }, problem: "" });
    this.draw();
  }

  async teach() {
    const { own } = this;
    const { name, facts } = own.at === "tell" ? this.read() : own.state;
    const state = await this.call("start", { name, facts });
    if (!state) return;
    own.typed = null;
    this.take(state, true);
  }

  async stop() {
    const state = await this.call("stop");
    if (state) this.take(state, true);
  }

  async forget() {
    const state = await this.call("forget");
    if (!state) return;
    this.own.at = "forget";
    this.take(state, true);
  }

  async attack() {
    const run = this.own.state.unlearn;
    const found = await this.call("attack");
    if (found) this.own.attacked[run.id] = found;
    this.draw();
  }

  async ask(question) {
    const answer = await this.call("ask", { question });
    if (answer) this.own.asked = [answer, ...this.own.asked].slice(0, MOST_ASKED);
    this.draw();
    this.root.querySelector("#os-question").focus();
  }

  renew(more = {}) {
    Object.assign(this.own, NOTHING(), more);
    this.remember();
    this.draw();
  }

  async remove() {
    if (!window.confirm(C.confirm)) return;
    if (await this.call("remove")) this.renew({ said: C.deleted });
  }

  close() {
    delete document.documentElement.dataset.secret;
    setAddress({ secret: null });
    clearInterval(this.clock);
  }

  async open(token = "") {
    const { own } = this;
    document.documentElement.dataset.secret = "open";
    clearInterval(this.clock);
    this.clock = setInterval(() => this.poll(), POLL_MS);
    if (token) own.token = token;
    const state = own.token && await this.call("state");
    if (state) {
      this.take(state, true);
      return;
    }
    if (own.token) this.renew({ problem: own.problem });
    else this.draw();
    this.root.querySelector("h2")?.scrollIntoView({ block: "nearest" });
  }

  // ---- the whole panel
  rail() {
    const { own, steps } = this;
    const reached = own.state ? steps.indexOf(own.state.step) : 0;
    return el("ol.os-steps", {}, steps.map((step, i) => el("li", {},
      this.push(C.steps[step], () => this.to(step), "os-step", {
        disabled: own.busy || i > reached, "aria-current": step === own.at ? "step" : null }))));
  }

  foot() {
    const { own, steps } = this;
    const foot = row(
      own.at !== "tell"
        && this.push(C.actions.back, () => this.to(steps[steps.indexOf(own.at) - 1])),
      own.token && [this.push(C.actions.new, () => this.renew()),
        this.push(C.actions.delete, () => this.remove(), "os-danger")]);
    foot.classList.add("os-foot");
    return foot;
  }

  draw() {
    const { root, own } = this;
    if (!root.isConnected) return;
    // The place of the keys is not lost when the panel is drawn again.
    const focused = root.contains(document.activeElement) ? document.activeElement : null;
    own.progress = () => {};
    const body = el("section.os-body", { "aria-label": C.steps[own.at], tabIndex: -1 },
      BODIES[own.at](own, this));
    const news = own.lost ? C.lost : own.said;
    root.replaceChildren(
      el("header.os-head", {}, el("h2", {}, C.title),
        this.push(C.actions.close, () => this.close(), "os-close")),
      el("p.os-intro", {}, C.lead), this.rail(),
      el("div.os-status", { role: "status" },
        own.problem ? el("p.lethe-problem", {}, own.problem) : news && el("p.os-note", {}, news)),
      body, this.foot());
    if (!focused) return;
    const same = focused.id ? root.querySelector(`#${focused.id}`)
      : [...root.querySelectorAll("button")].find((one) => one.textContent === focused.textContent);
    (same && !same.disabled ? same : body).focus({ preventScroll: true });
  }
}

export const start = (page) => {
  Object.assign(C, page.config);
  const path = new Path(page);
  onTold("secret", () => path.open());
  const wanted = askedFor("secret");
  if (wanted) path.open(wanted);
};
