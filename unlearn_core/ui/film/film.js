// The film's dialog: opened by the page (told: runs, step, align, play) or by a link with `step`.

import { button, el, optionsOf, setText, verbatimOptions } from "../browser/dom.js";
import { fill } from "../browser/numbers.js";
import { addressWith, askedFor, flash, reducedMotion, setAddress } from "../browser/page.js";
import { onTold } from "../browser/told.js";
import { Player } from "./player.js";
import { Stage } from "./stage.js";

const chooser = (label, title, act, choices = []) => {
  const select = el("select.film-select", { title, onchange: () => act(select.value) },
    optionsOf(choices));
  return { select, holder: el("label.film-choice", {}, el("span.film-soft", {}, label), select) };
};

class Film {
  constructor({ root, server, config }) {
    Object.assign(this, { server, words: config.words, runs: [], align: "step", request: 0 });
    const askAll = (id) => this.stages.forEach((stage) => stage.film && stage.ask(id));
    this.stages = [new Stage(config, askAll), new Stage(config, askAll)];
    this.player = new Player(config, (places) =>
      places.forEach((place, i) => this.stages[i].show(place)));
    this.build(root);
    this.dialog.addEventListener("keydown", (event) => this.player.keyboard(event));
    this.dialog.addEventListener("close", () => {
      this.player.pause();
      // The film is over: a reload shows the page again.
      setAddress({ step: null, with: null, align: null });
    });
  }

  build(root) {
    const { words, stages } = this;
    this.first = chooser(words.run, words.runHelp,
      (id) => this.reopen([id, ...this.runs.slice(1)]));
    this.second = chooser(words.beside, words.besideHelp,
      (id) => this.reopen([this.runs[0], id].filter(Boolean)));
    this.aligner = chooser(words.align, words.alignHelp, (value) => {
      this.align = value;
      this.player.load(this.player.films, value);
    }, [["step", words.byStep], ["share", words.byShare]]);
    const press = (kind, text, title, act) => button(`film-button.${kind}`, text, act, { title });
    this.copy = press("film-copy", words.copy, words.copyHelp, () => this.copyLink());
    this.link = el("input.film-link", { type: "text", readOnly: true, hidden: true,
      title: words.copyByHand, "aria-label": words.copyByHand });
    this.message = el("p.film-message", { role: "alert" });
    this.note = el("p.film-note");
    this.screen = el("div.film-screen", { tabIndex: 0, role: "region", "aria-label": words.stage },
      this.message, stages.map((stage) => stage.root), this.note);
    this.foot = el("div.film-foot", {}, this.player.root);
    const head = el("header.film-head", {},
      el("h2.film-title", { id: "film-title" }, words.title),
      el("div.film-tools", {}, this.first.holder, this.second.holder, this.aligner.holder),
      this.copy, press("film-close", words.close, words.closeHelp, () => this.dialog.close()),
      this.link);
    this.dialog = el("dialog.film", { "aria-labelledby": "film-title" }, head, this.screen,
      this.foot);
    root.replaceChildren(this.dialog);
  }

  // ---- loading
  async listRuns() {
    const { words, first, second, runs } = this;
    const films = await this.server.films({});
    const choices = () => verbatimOptions(films.map((film) =>
      [film.id, film.recorded ? `${words.recorded} · ${film.name}` : film.name]));
    const there = films.some((film) => film.id === runs[0]);
    first.select.replaceChildren(...optionsOf(there ? [] : [["", words.choose]]), ...choices());
    second.select.replaceChildren(...optionsOf([["", words.nothing]]), ...choices());
    first.select.value = there ? runs[0] : "";
    second.select.value = runs[1] || "";
  }

  say(text) {
    setText(this.message, text);
    this.message.hidden = !text;
  }

  show(films) {
    const { words, stages } = this;
    const shown = films.filter((film) => film.frames?.length);
    this.say(films.filter((film) => !shown.includes(film))
      .map((film) => film.gone || `${film.name}: ${words.noFrames}`).join(" "));
    stages.forEach((stage, i) => {
      stage.root.hidden = !shown[i];
      stage.film = null;
      if (shown[i]) stage.load(shown[i]);
    });
    this.screen.classList.toggle("film-two", shown.length > 1);
    const recorded = shown.filter((film) => film.recorded);
    this.note.replaceChildren(...recorded.map((film) => el("span", {},
      fill(words.recordedShort, { ...film.recorded, seed: film.seed }))));
    this.note.hidden = !recorded.length;
    this.aligner.holder.hidden = shown.length < 2;
    this.foot.hidden = this.copy.hidden = !shown.length;
    this.player.load(shown, this.align);
  }

  // Whether what was asked for is still what is wanted.
  async load() {
    const mine = ++this.request;
    this.say(this.words.loading);
    try {
      const films = await Promise.all(this.runs.map((run) => this.server.frames({ run })));
      await this.listRuns();
      if (mine === this.request) this.show(films);
    } catch (error) {
      console.warn("the film could not be read", error);
      if (mine === this.request) this.say(this.words.lost);
    }
    return mine === this.request;
  }

  reopen(runs) {
    this.runs = [...new Set(runs)];
    return this.load();
  }

  async open({ runs, step = 0, align = "step", play = false }) {
    const { dialog, player } = this;
    this.runs = [...new Set(runs.filter(Boolean))].slice(0, 2);
    this.align = this.aligner.select.value = align === "share" ? "share" : "step";
    this.link.hidden = true;
    player.pause();
    if (!dialog.open) dialog.showModal();
    player.slider.focus();
    if (!(await this.load()) || !dialog.open) return;
    player.seek(step);
    player.slider.focus();
    if (play && !reducedMotion()) player.play();
  }

  // ---- a link to a moment
  address() {
    const [stage] = this.stages;
    const [run, other] = this.player.films.map((film) => film.run);
    return addressWith({ run, step: stage.film ? stage.film.frames[stage.place].step : 0,
      with: other, align: other && this.align }).href;
  }

  async copyLink() {
    const { link, copy, words } = this;
    this.player.pause();
    const text = this.address();
    try {
      await navigator.clipboard.writeText(text);
      flash(copy, words.copied, words.copy);
    } catch { // the browser does not allow it: the field is there for that
      link.hidden = false;
      link.value = text;
      link.focus();
      link.select();
    }
  }
}

export const start = (page) => {
  const film = new Film(page);
  onTold("film", (detail) => film.open(detail));
  if (askedFor("step") === null || !askedFor("run")) return;
  film.open({ runs: [askedFor("run"), askedFor("with")], step: Number(askedFor("step")) || 0,
    align: askedFor("align") });
};
