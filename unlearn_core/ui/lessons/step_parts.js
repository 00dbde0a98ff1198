// Parts of a step: its question, its formula, the way through the steps.

import { el } from "../browser/dom.js";
import { button } from "./parts.js";

const MARKS = { right: "✓", wrong: "✗", other: "" };

// A question whose answer, once chosen, stays; `chosen` gives the place of it, `choose` keeps it.
export const drawQuestion = (question, chosen, choose) => {
  const verdict = el("p.le-because", { role: "status" });
  const buttons = question.choices.map((choice, i) => button(choice, () => {
    if (chosen() !== undefined) return;
    choose(i, show);
  }, "le-choice"));
  const show = () => {
    if (chosen() === undefined) return;
    buttons.forEach((one, i) => {
      const isRight = i === question.right;
      const wrong = i === chosen() ? "wrong" : "other";
      one.setAttribute("aria-pressed", String(i === chosen()));
      one.setAttribute("aria-disabled", "true");
      one.classList.toggle("le-right", isRight);
      one.dataset.mark = MARKS[isRight ? "right" : wrong];
    });
    verdict.replaceChildren(
      el("strong", {}, chosen() === question.right ? "Right." : "Not quite."),
      el("span", {}, question.because));
  };
  show();
  return el("fieldset.le-question", {}, el("legend", {}, question.text),
    el("div.le-choices", {}, buttons), verdict);
};

// Formulas come from the app's own files, never from a model.
const drawMath = (kind, innerHTML, options = {}) =>
  el(kind, { translate: false, innerHTML, ...options });

export const drawFormula = ({ math, words, symbols }) => el("section.le-formula", {},
  drawMath("div.le-math", math, { tabIndex: 0, role: "math", "aria-label": words }),
  el("p", {}, words),
  el("dl.le-symbols", {}, symbols.map(([symbol, meaning]) =>
    [drawMath("dt", symbol), el("dd", {}, meaning)])));

// `isOpen` tells whether a step can be gone to yet.
export const drawProgress = (lesson, at, isOpen, open) =>
  el("ol.le-progress", {}, lesson.steps.map((step, i) => el("li", {},
    button(String(i + 1), () => open(i), "", { "aria-label": `Step ${i + 1}: ${step.title}`,
      "aria-current": i === at ? "step" : null, disabled: !isOpen(i) }))));

export const drawGo = (ways, go) => el("div.le-go", {}, ways.length > 0 && [
  el("span.le-note", {}, "Do it in the app:"),
  ways.map((way) => button(way.label, () => go(way))),
]);

// `next`: the order of the lesson that follows the last step, where there is one.
export const drawNext = (at, last, next, open, go) => {
  const following = next ? `Finish, and on to lesson ${next}` : "Finish";
  return el("nav.le-nav", { "aria-label": "Steps of the lesson" },
    button("Back", () => go(at - 1), "", { disabled: at === 0 }),
    button(at === last ? following : "Next", () => go(at + 1), "le-main", { disabled: !open }),
    el("span.le-note", {}, open ? "" : "Answer the question to go on."));
};

export const learnt = (text) => el("p.le-learnt", {}, text);
