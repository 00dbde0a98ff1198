// Small parts of the lessons.

import { button as press, el, verbatim } from "../browser/dom.js";

export const button = (text, act, kind = "", options = {}) =>
  press(kind ? `le-button.${kind}` : "le-button", text, act, options);

export const note = (...content) => el("p.le-note", {}, ...content);
export const strong = (...content) => el("p.le-strong", {}, ...content);
export const problemLine = (text) => el("p.le-problem", {}, text);
export const card = (title, ...content) =>
  el("article.le-card", {}, el("h4.le-card-title", {}, title), ...content);
export const columns = (cards, options = {}) => el("div.le-columns", options, cards);
export const modelText = (text) => verbatim("span.le-said", text || "(nothing)");
export const badge = (text, tone) => el(`span.lv-badge.lv-${tone}`, {}, text);

export const shareBar = (share, kind = "") => el(`span.le-bar${kind}`, { "aria-hidden": true },
  el("span.le-bar-fill", { style: { width: `${100 * share}%` } }));

export const number = (text) => el("span.le-number", {}, text);
