// The one kit with which every script makes elements. Text is only ever set as text: what models
// say and people type can never become HTML.

const ATTRIBUTES = new Set(["list", "role"]);

const set = (node, name, value) => {
  if (value === null || value === undefined) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "data") Object.assign(node.dataset, value);
  else if (name === "style") {
    for (const [rule, text] of Object.entries(value)) node.style.setProperty(rule, text);
  } else if (name in node && !ATTRIBUTES.has(name)) node[name] = value;
  else node.setAttribute(name, String(value));
};

const there = (child) => child !== null && child !== undefined && child !== false && child !== "";

// el("p.lethe-note", { title: "Why" }, "Text ", el("b", {}, "and more")). Options are properties,
// attributes, `on…` handlers, `data` and `style`; children that are not there are left out.
export const el = (kind, options = {}, ...children) => {
  const [tag, ...classes] = kind.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(options)) set(node, name, value);
  node.append(...children.flat(Infinity).filter(there));
  return node;
};

// Text of a model, a record or a person: in its own direction, and never translated.
export const verbatim = (kind, text = "", options = {}) =>
  el(kind, { translate: false, dir: "auto", ...options }, text);

export const svg = (tag, attributes, ...children) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children.filter(there));
  return node;
};

export const setText = (node, text) => {
  if (node.textContent !== text) node.textContent = text;
};

export const button = (kind, text, act, options = {}) =>
  el(`button.${kind}`, { type: "button", onclick: act, ...options }, text);

// [[value, text], …] as options of a menu.
export const optionsOf = (choices) => choices.map(([value, text]) => el("option", { value }, text));

// The same, where the texts are a person's or a model's own.
export const verbatimOptions = (choices) =>
  choices.map(([value, text]) => verbatim("option", text, { value }));

export const labelled = (kind, text, control) =>
  el(`label.${kind}`, {}, el("span", {}, text), control);

// Heads are texts or [text, help]; a row is an array of cells: elements td or th, or what is put
// into one.
export const table = (kind, heads, rows, options = {}) => {
  const head = heads.map((one) => {
    const [text, title] = [one].flat();
    return el("th", { scope: "col", title }, text);
  });
  const isCell = (cell) => cell instanceof HTMLTableCellElement;
  const body = rows.map((cells) =>
    el("tr", {}, cells.map((cell) => (isCell(cell) ? cell : el("td", {}, cell)))));
  return el(kind, options, el("thead", {}, el("tr", {}, head)), el("tbody", {}, body));
};

export const helpMark = (help) =>
  el("span.lv-help", { tabIndex: 0, role: "note", "aria-label": help, data: { help } }, "?");

export const titled = (term) => el("h4.lv-title", {}, term.label, helpMark(term.help));

// A bar from 0 to 1 that screen readers hear of, with `fill` inside.
export const progressBar = (kind, label, fillKind = "div") => {
  const fill = el(fillKind);
  const bar = el(kind, { role: "progressbar", "aria-label": label, "aria-valuemin": 0,
    "aria-valuemax": 100 }, fill);
  const show = (share) => {
    const percent = Math.round(100 * share);
    fill.style.width = `${percent}%`;
    bar.setAttribute("aria-valuenow", String(percent));
  };
  return { bar, show };
};
