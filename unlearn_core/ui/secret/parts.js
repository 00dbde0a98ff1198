// Small parts of the path, which know nothing of where it stands, and its words, which Python gives
// once for the page.

import { el, table, verbatim } from "../browser/dom.js";

export const C = {};

export const field = (id, [label, help], value, list) => el("label.os-field", {},
  el("span.os-label", {}, label),
  el("input", { id, type: "text", value: value || "", autocomplete: "off", maxLength: 90, list,
    translate: false }),
  el("span.os-help", {}, help));

const badge = (gives) => el(gives ? "span.os-badge.os-gives" : "span.os-badge.os-withholds", {},
  el("span", { "aria-hidden": true }, gives ? "● " : "○ "),
  el("span", {}, gives ? C.heads.gives : C.heads.withholds));

export const said = (answer) => el("div.os-said", {},
  verbatim("span", answer.text || C.heads.nothing), badge(answer.gives));

// On a narrow page each cell shows its head.
export const grid = (heads, rows) => table("table.os-table", heads, rows.map((cells) =>
  cells.map((content, i) => el("td", { data: { head: heads[i] } }, content))));

export const lead = (text) => el("p.os-lead", {}, text);
export const help = (text) => el("p.os-help", {}, text);
export const verdict = (text, good) =>
  el(`p.os-verdict.${good ? "os-fine" : "os-poor"}`, {}, text);
export const row = (...buttons) => el("div.os-actions", {}, buttons);
