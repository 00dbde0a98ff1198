// The stage over the page: what it is made of, and how a slide and its notes are drawn on it.

import { button, el, verbatim } from "../browser/dom.js";
import { LISTS, SLIDES } from "./slides.js";

const SMALLEST_TYPE = 0.5;
const LESS_TYPE = 0.05;

export class Stage {
  // `acts`: what each control does, by its name; `isOpen` tells whether the presentation is shown.
  constructor({ words, controls }, acts, isOpen) {
    Object.assign(this, { words, controls });
    this.root = el("main.pr-stage", { tabIndex: -1, "aria-live": "polite" });
    this.notes = el("aside.pr-notes", { "aria-label": controls.notes[0] });
    this.counter = el("span.pr-counter");
    this.buttons = Object.fromEntries(Object.entries(acts).map(([name, act]) => {
      const [text, title] = controls[name];
      return [name, button(`pr-button.pr-do-${name}`, text, (event) => {
        act();
        // By pointer: the keys stay with the slides.
        if (event.detail && isOpen()) this.root.focus();
      }, { title })];
    }));
    const { back, next, ...others } = this.buttons;
    this.box = el("div.pr", { role: "dialog", "aria-modal": true, "aria-label": words.dialog },
      this.root, this.notes, el("div.pr-bar", {}, back, this.counter, next, el("span.pr-gap"),
        Object.values(others)));
  }

  fit() {
    const { root } = this;
    let scale = 1;
    root.style.setProperty("--pr-fit", scale);
    while (root.scrollHeight > root.clientHeight + 1 && scale > SMALLEST_TYPE) {
      scale -= LESS_TYPE;
      root.style.setProperty("--pr-fit", scale);
    }
  }

  // `places`: which question, film and kept facts are shown.
  draw(deck, place, places, noted) {
    const slide = deck.slides[place];
    const [name, list] = LISTS[slide.kind] || [];
    this.box.dataset.kind = slide.kind;
    this.root.replaceChildren(el(`div.pr-slide.pr-is-${slide.kind}`, {}, el("h2", {}, slide.head),
      SLIDES[slide.kind](slide, deck, places[name] ?? 0, this.words)));
    this.root.scrollTop = 0;
    const counter = `${place + 1} / ${deck.slides.length}`;
    this.counter.textContent = counter;
    this.counter.setAttribute("aria-label", `${this.words.counter} ${counter}`);
    this.buttons.back.disabled = place === 0;
    this.buttons.next.disabled = place === deck.slides.length - 1;
    this.buttons.other.disabled = !list || deck[list].length < 2;
    this.drawNotes(deck, place, places, noted);
  }

  drawNotes(deck, place, places, noted) {
    const { words } = this;
    const slide = deck.slides[place];
    const [name, list] = LISTS[slide.kind] || [];
    const truth = list && deck[list][places[name]].true;
    const following = deck.slides[place + 1];
    this.notes.hidden = !noted;
    this.buttons.notes.setAttribute("aria-pressed", String(noted));
    this.box.classList.toggle("pr-noted", noted);
    this.notes.replaceChildren(...slide.notes.map((line) => el("p", {}, line)),
      ...(truth ? [el("p", {}, el("span.pr-small", {}, words.true), verbatim("span", truth))] : []),
      el("p.pr-small", {}, following ? [el("b", {}, words.nextUp), el("span", {}, following.head)]
        : el("span", {}, words.lastSlide)));
    this.fit();
  }

  say(text, isProblem) {
    this.root.replaceChildren(el(isProblem ? "p.pr-lead.pr-problem" : "p.pr-lead",
      { role: isProblem ? "alert" : null }, text));
  }
}
