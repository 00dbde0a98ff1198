// The presentation: keys, buttons, touch, notes, the address, and a second window that follows.

import { addressWith, askedFor, setAddress } from "../browser/page.js";
import { onTold } from "../browser/told.js";
import { CollapseFilm } from "./collapse.js";
import { LISTS } from "./slides.js";
import { Stage } from "./stage.js";

const SWIPE_PIXELS = 50;
const START = { place: 0, question: 0, film: 0, kept: 0 };

class Presentation {
  constructor({ server, config }) {
    Object.assign(this, { server, config, open: false, deck: null, notes: false, speaker: false,
      turn: 0, channel: null, focus: null, toWindow: false, collapse: null, at: { ...START } });
    this.stage = new Stage(config, {
      back: () => this.go(-1), next: () => this.go(1), other: () => this.other(1),
      notes: () => this.turnNotes(), speaker: () => this.openSpeaker(),
      full: () => this.toggleFull(), leave: () => this.leave(),
    }, () => this.open);
    this.keys = this.makeKeys();
    document.addEventListener("keydown", (event) => this.onKey(event), true);
    document.addEventListener("fullscreenchange", () => {
      // The browser takes Escape for itself in full screen: leaving it leaves the presentation.
      if (!document.fullscreenElement && this.open && !this.toWindow) this.leave();
      this.toWindow = false;
    });
    window.addEventListener("resize", () => this.open && this.deck && this.stage.fit());
    this.followTouch(this.stage.root);
  }

  get slide() {
    return this.deck.slides[this.at.place];
  }

  // ---- drawing
  draw() {
    this.collapse?.stop();
    this.collapse = null;
    this.stage.draw(this.deck, this.at.place, this.at, this.notes);
    if (this.slide.kind === "collapse") {
      this.collapse = new CollapseFilm(this.stage.root, this.deck.watched[this.at.film],
        this.config, this.speaker);
      this.stage.fit();
    }
    setAddress({ present: this.deck.run, slide: this.at.place + 1 });
  }

  // ---- going through
  tell() {
    this.channel?.postMessage(this.at);
  }

  move(changed) {
    Object.assign(this.at, changed);
    this.draw();
    this.tell();
  }

  go(by) {
    const place = Math.max(0, Math.min(this.at.place + by, this.deck.slides.length - 1));
    if (place !== this.at.place) this.move({ place });
  }

  other(by) {
    const [name, list] = LISTS[this.slide.kind] || [];
    const size = list ? this.deck[list].length : 0;
    if (size < 2) return;
    const place = (this.at[name] + by + size) % size;
    this.move({ [name]: place, ...this.followed(name, place) });
  }

  // The collapse shows the chosen question, where it was watched, and the other way round.
  followed(name, place) {
    if (name === "kept") return {};
    const [from, to, other] = name === "question" ? ["questions", "watched", "film"]
      : ["watched", "questions", "question"];
    const found = this.deck[to].findIndex((one) => one.id === this.deck[from][place].id);
    return found >= 0 ? { [other]: found } : {};
  }

  turnNotes() {
    this.notes = !this.notes;
    this.stage.drawNotes(this.deck, this.at.place, this.at, this.notes);
  }

  openSpeaker() {
    window.open(addressWith({ notes: "1" }), "lethe-notes", "width=900,height=700");
  }

  toggleFull() {
    if (!document.fullscreenElement) {
      this.fill();
      return;
    }
    this.toWindow = true;
    document.exitFullscreen();
  }

  fill() {
    this.stage.box.requestFullscreen?.().catch(() => {}); // not allowed here: it fills the window
  }

  makeKeys() {
    const [on, back] = [() => this.go(1), () => this.go(-1)];
    return {
      ArrowRight: on, PageDown: on, " ": on, ArrowLeft: back, PageUp: back, Backspace: back,
      Home: () => this.go(-Infinity), End: () => this.go(Infinity),
      ArrowDown: () => this.other(1), ArrowUp: () => this.other(-1),
      n: () => this.turnNotes(), s: () => this.openSpeaker(), f: () => this.toggleFull(),
      p: () => this.collapse?.turn(),
    };
  }

  onKey(event) {
    if (!this.open || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.leave();
      return;
    }
    if (!this.deck) return;
    const inside = event.target.closest?.("button, input");
    if (inside && (event.key === " " || event.target.matches("input"))) return;
    const key = event.key === " " && event.shiftKey ? "PageUp" : event.key;
    const act = this.keys[key] || this.keys[key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  }

  followTouch(root) {
    let touch = null;
    root.addEventListener("pointerdown", ({ pointerType, target, clientX, clientY }) => {
      touch = pointerType === "mouse" || target.matches("input") ? null : [clientX, clientY];
    });
    root.addEventListener("pointerup", ({ clientX, clientY }) => {
      if (!touch || !this.deck) return;
      const [x, y] = [clientX - touch[0], clientY - touch[1]];
      touch = null;
      if (Math.abs(x) > SWIPE_PIXELS && Math.abs(x) > 2 * Math.abs(y)) this.go(x < 0 ? 1 : -1);
    });
  }

  // ---- opening and leaving
  aside(inert) {
    for (const node of document.body.children) {
      const drawn = !["SCRIPT", "STYLE"].includes(node.tagName);
      if (drawn && node !== this.stage.box) node.inert = inert;
    }
  }

  async show(run, { slide = 1, speaker = false, full = false } = {}) {
    if (!run) return;
    const { stage } = this;
    const turn = this.turn += 1;
    if (!this.open) this.focus = document.activeElement;
    Object.assign(this, { open: true, deck: null, at: { ...START }, speaker, notes: speaker });
    document.body.append(stage.box);
    this.aside(true);
    stage.box.classList.toggle("pr-speaker", speaker);
    stage.box.classList.add("pr-empty");
    document.documentElement.classList.add("pr-on");
    stage.say(this.config.words.opening, false);
    stage.root.focus();
    if (full) this.fill();
    const deck = await this.read(run);
    if (turn !== this.turn || !this.open) return;
    if (deck.problem) {
      stage.say(deck.problem, true);
      return;
    }
    stage.box.classList.remove("pr-empty");
    this.deck = deck;
    this.at.place = Math.max(0, Math.min(slide - 1, deck.slides.length - 1));
    this.connect(run);
    this.draw();
  }

  async read(run) {
    try {
      return await this.server.present({ run });
    } catch (error) {
      console.warn("the presentation could not be read", error);
      return { problem: this.config.words.lostServer };
    }
  }

  connect(run) {
    this.channel?.close();
    this.channel = new BroadcastChannel(`lethe-present-${run}`);
    this.channel.onmessage = ({ data }) => {
      if (data.hello) { // a new window asks where the others stand
        this.tell();
        return;
      }
      Object.assign(this.at, data);
      this.draw();
    };
    this.channel.postMessage({ hello: true });
  }

  leave() {
    if (!this.open) return;
    if (this.speaker) {
      window.close();
      return;
    }
    this.open = false;
    this.turn += 1;
    this.collapse?.stop();
    this.channel?.close();
    this.channel = null;
    if (document.fullscreenElement) document.exitFullscreen();
    this.aside(false);
    this.stage.box.remove();
    document.documentElement.classList.remove("pr-on");
    setAddress({ present: null, slide: null, notes: null });
    this.focus?.focus?.();
  }
}

export const start = (page) => {
  const presentation = new Presentation(page);
  onTold("present", (run) => presentation.show(run, { full: true }));
  presentation.show(askedFor("present"), { slide: Number(askedFor("slide")) || 1,
    speaker: askedFor("notes") === "1" });
};
