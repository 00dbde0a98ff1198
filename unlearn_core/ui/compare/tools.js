// The controls of a card's view: which text, which shade, which place.

import { el, verbatim } from "../browser/dom.js";
import { W, button, labelled, pills, problemLine, small } from "./parts.js";
import { legend } from "./tokens.js";
import { loadNext, pieces, prefixOf, textToScore } from "./looking.js";

const WAIT_MS = 120;

// `acts`: what a control calls: drawAll, drawBody, fetch.
export const drawTools = (card, acts) => {
  const { view, tokens, problem } = card;
  const parts = [
    (view === "tokens" || view === "next") && textForm(card, acts),
    view === "tokens" && [tokenTools(card, acts), legend(card)],
    view === "next" && tokens && placeTool(card, acts),
    view === "rank" && small(W.rankHelp),
    problem && problemLine(problem),
  ].flat().filter(Boolean);
  keepingFocus(card.tools, () => card.tools.replaceChildren(...parts));
};

// Controls that are drawn anew keep the focus of those they stand for.
const keepingFocus = (box, draw) => {
  const active = document.activeElement;
  const key = box.contains(active) ? active.dataset.key : "";
  draw();
  if (key) box.querySelector(`[data-key="${key}"]`)?.focus();
};

// Made once: what is being typed outlives every drawing of the controls around it.
const textForm = (card, acts) => {
  card.form ??= makeTextForm(card, acts);
  if (!card.form.typed) card.form.field.value = textToScore(card);
  return card.form.root;
};

const makeTextForm = (card, acts) => {
  const field = el("input.cmp-field", { type: "text", dir: "auto", title: W.scoredHelp,
    data: { key: "text" }, oninput: () => { form.typed = true; } });
  const send = button(W.show, W.scoredHelp, null, { type: "submit", data: { key: "show" } });
  const root = el("form.cmp-form", { onsubmit: (event) => {
    event.preventDefault();
    // A reply that is still on its way belongs to the text before.
    card.turn += 1;
    form.typed = false;
    Object.assign(card, { text: field.value, tokens: null, next: null, at: null, position: 0,
      problem: "" });
    acts.drawBody();
    acts.fetch();
  } }, labelled(W.scored, field), send);
  const form = { root, field, typed: false };
  return form;
};

const tokenTools = (card, acts) => el("div.cmp-form", {},
  pills(W.shade, [["difference", W.difference], ["probability", W.probability]], card.shade,
    (shade) => {
      card.shade = shade;
      acts.drawAll();
    }),
  labelled(W.asTable, el("input", { type: "checkbox", data: { key: "table" },
    checked: card.asTable, onchange: (event) => {
      card.asTable = event.target.checked;
      acts.drawBody();
    } })));

const placeTool = (card, acts) => {
  const shown = verbatim("span.cmp-prefix");
  const beginning = small(W.start);
  const slider = el("input.cmp-slider", { type: "range", min: 0, max: pieces(card).length,
    value: card.position, title: W.placeHelp, data: { key: "place" }, oninput: () => {
      card.position = Number(slider.value);
      tell();
      clearTimeout(card.timer);
      card.timer = setTimeout(() => loadNext(card).then(acts.drawBody), WAIT_MS);
    } });
  const tell = () => {
    const text = prefixOf(card);
    shown.textContent = card.position ? `${text}▏` : "";
    slider.setAttribute("aria-valuetext", text || W.start);
    beginning.hidden = card.position > 0;
  };
  tell();
  return el("div.cmp-form", {}, labelled(W.place, slider), shown, beginning);
};
