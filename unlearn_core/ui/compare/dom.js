// Small parts that everything is built of. All text is set by textContent: model text never becomes
// HTML. Needs CONFIG, which the page gives.

const W = CONFIG.words;
const LETTERS = "ABCDEF";

const el = (tag, className = "", text = "") => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
};

// Text of a model, a record or a person: in its own direction, and never translated.
const said = (tag, className, text) => {
  const node = el(tag, className, text);
  node.dir = "auto";
  node.translate = false;
  return node;
};

const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, key) => values[key]);

const button = (text, help, act) => {
  const node = el("button", "cmp-button", text);
  node.type = "button";
  if (help) node.title = help;
  node.addEventListener("click", act);
  return node;
};

const labelled = (text, control) => {
  const label = el("label", "cmp-tool");
  label.append(el("span", "", text), control);
  return label;
};

const choice = (options, act) => {
  const node = el("select", "cmp-select");
  for (const [value, text] of options) {
    const option = el("option", "", text);
    option.value = value;
    node.append(option);
  }
  node.addEventListener("change", () => act(node.value));
  return node;
};

// A group of radio buttons that look like one bar: the browser gives it its keys.
let groups = 0;
const pills = (name, options, chosen, act) => {
  const box = el("fieldset", "cmp-pills");
  box.append(el("legend", "cmp-hidden", name));
  groups += 1;
  for (const [value, text, help] of options) {
    const label = el("label", "cmp-pill");
    const radio = el("input");
    radio.type = "radio";
    radio.name = `cmp-pills-${groups}`;
    radio.value = value;
    radio.dataset.key = `pill-${value}`;
    radio.checked = value === chosen;
    radio.addEventListener("change", () => act(value));
    label.title = help || "";
    label.append(radio, el("span", "", text));
    box.append(label);
  }
  return box;
};

const setPill = (box, value) => {
  for (const radio of box.querySelectorAll("input")) radio.checked = radio.value === value;
};

const percent = (share) => {
  const value = share * 100;
  if (value > 0 && value < 0.1) return "<0.1 %";
  if (value >= 99.95 && value < 100) return ">99.9 %";
  return `${value.toFixed(value < 10 ? 1 : 0)} %`;
};

// A token as a word in a sentence: its spaces and line breaks can be seen.
const seen = (token) => `“${token.replaceAll("\n", "⏎").replaceAll(" ", "␣")}”`;

const badge = (text, tone) => el("span", `cmp-badge cmp-${tone}`, text);

const remembered = (key, fallback, allowed) => {
  const kept = localStorage.getItem(`lethe-${key}`);
  return allowed.includes(kept) ? kept : fallback;
};
const remember = (key, value) => localStorage.setItem(`lethe-${key}`, value);
