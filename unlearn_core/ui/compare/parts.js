// Small parts of the comparison, and its words, which Python gives once for the page.

import { button as press, el, labelled as label, optionsOf } from "../browser/dom.js";

export const W = {};
export const LETTERS = "ABCDEF";

export const button = (text, title, act, options = {}) =>
  press("cmp-button", text, act, { title: title || null, ...options });

export const labelled = (text, control) => label("cmp-tool", text, control);

export const choice = (options, act, more = {}) => {
  const node = el("select.cmp-select", { onchange: () => act(node.value), ...more },
    optionsOf(options));
  return node;
};

export const small = (...content) => el("span.cmp-small", {}, ...content);
export const badge = (text, tone) => el(`span.cmp-badge.cmp-${tone}`, {}, text);

// A group of radio buttons that look like one bar: the browser gives it its keys.
let groups = 0;
export const pills = (name, options, chosen, act) => {
  groups += 1;
  const group = `cmp-pills-${groups}`;
  return el("fieldset.cmp-pills", {}, el("legend.cmp-hidden", {}, name),
    options.map(([value, text, help]) => el("label.cmp-pill", { title: help || "" },
      el("input", { type: "radio", name: group, value, data: { key: `pill-${value}` },
        checked: value === chosen, onchange: () => act(value) }),
      el("span", {}, text))));
};

export const setPill = (box, value) => {
  for (const radio of box.querySelectorAll("input")) radio.checked = radio.value === value;
};

// A token as a word in a sentence: its spaces and line breaks can be seen.
export const seen = (token) => `“${token.replaceAll("\n", "⏎").replaceAll(" ", "␣")}”`;

export const remembered = (key, fallback, allowed) => {
  const kept = localStorage.getItem(`lethe-${key}`);
  return allowed.includes(kept) ? kept : fallback;
};
export const remember = (key, value) => localStorage.setItem(`lethe-${key}`, value);

// How much of the whole, as a bar with its amount before it and what it stands for behind it.
export const bar = (share, tone, amount, ...saying) =>
  el(tone ? `li.cmp-bar.cmp-bar-${tone}` : "li.cmp-bar", {}, el("span.cmp-count", {}, amount),
    el("span.cmp-track", {}, el("span.cmp-fill", { style: { width: `${share * 100}%` } })),
    el("span.cmp-saying", {}, saying));

// A letter, and the model's name, which is replaced when it is revealed.
export const who = (column, name, options = {}) => el("span.cmp-who", options,
  el("span.cmp-letter", {}, LETTERS[column]),
  el("span.cmp-name", { data: { name: column }, translate: false, dir: "auto" }, name));

export const problemLine = (text) =>
  el("p.cmp-problem", { role: "alert", translate: false, dir: "auto" }, text);
