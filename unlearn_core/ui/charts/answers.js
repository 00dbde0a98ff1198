// The stacked shares of one watched question's sampled answers over the steps.

import { el, titled, verbatim, verbatimOptions } from "../browser/dom.js";
import { escapeText, nearest, percent, shorten } from "../browser/numbers.js";
import { themeName } from "../browser/page.js";
import { axis, drawPlot, layoutBase, lineMode, palette, surface } from "../browser/plot.js";
import { countOf, rankedTexts } from "./rows.js";
import { stepMarks, watchedAxis } from "./steps.js";

const MOST_ANSWERS = 8;

export const makeAnswers = (config, redraw) => {
  const choice = el("select.lv-select", { "aria-label": "Watched question", onchange: redraw });
  const truth = el("p.lv-truth");
  const plot = el("div.lv-plot");
  const keys = el("ul.lv-answer-keys");
  const side = el("div.lv-answer-side", {}, el("p.lv-small", {}, "Share of samples now"), keys);
  const card = el("section.lv-card.lv-answers", {}, titled(config.answers), choice, truth,
    el("div.lv-answer-body", {}, plot, side));
  return { card, choice, truth, plot, keys, slots: {}, ready: false };
};

const syncQuestions = ({ choice }, view) => {
  const ids = [...view.answers.keys()];
  if (choice.dataset.ids === ids.join("\n")) return;
  choice.dataset.ids = ids.join("\n");
  const chosen = choice.value;
  choice.replaceChildren(
    ...verbatimOptions(ids.map((id) => [id, view.answers.get(id)[0].prompt])));
  if (ids.includes(chosen)) choice.value = chosen;
};

// An answer keeps its colour as long as it is drawn; a freed colour goes to the next newcomer.
export const colourSlots = (slots, texts, count) => {
  for (const text of [...slots.keys()]) if (!texts.includes(text)) slots.delete(text);
  for (const text of texts) {
    if (slots.has(text)) continue;
    const taken = new Set(slots.values());
    let slot = 0;
    while (taken.has(slot)) slot += 1;
    slots.set(text, slot % count);
  }
  return slots;
};

// Answers worth a colour, the largest over all steps and the largest now; leaks come first, and
// what has no colour of its own is one band.
const answerBands = (item, view, id, rows) => {
  const { ranked, leaking, plain } = rankedTexts(rows.map((row) => row.answers));
  const kept = new Set(ranked.slice(0, MOST_ANSWERS));
  const [newest] = rows[rows.length - 1].answers;
  if (newest) kept.add(newest[0]);
  const leaks = new Set(leaking);
  const hues = view.config.answerColours[themeName()];
  const coloured = plain.filter((text) => kept.has(text));
  const slots = colourSlots((item.slots[id] ??= new Map()), coloured, hues.length);
  const band = (label, wanted, colour, more) => ({ label, colour, ...more,
    shares: rows.map((row) => countOf(row.answers, wanted) / row.n) });
  const own = (text, colour, leak) =>
    band(text || "(empty answer)", (one) => one === text, colour, { leak, said: Boolean(text) });
  const leakColour = palette("forget");
  const bands = leaking.filter((text) => kept.has(text)).map((text) => own(text, leakColour, true));
  const hidden = (text) => !kept.has(text) && leaks.has(text);
  if (leaking.some(hidden)) {
    bands.push(band("other answers that leak", hidden, leakColour, { leak: true }));
  }
  bands.push(...coloured.map((text) => own(text, hues[slots.get(text)], false)));
  const rest = band("all other answers", (text) => !kept.has(text) && !leaks.has(text),
    palette("line"), {});
  return rest.shares.some((share) => share > 0) ? [...bands, rest] : bands;
};

const bandTrace = (band, steps, look) => ({
  type: "scatter",
  mode: lineMode(steps, 2),
  stackgroup: "answers",
  name: escapeText(shorten(band.label, 48)),
  x: steps,
  y: band.shares.map((share) => share * 100),
  line: { width: 1.2, color: look.box },
  fillcolor: band.colour,
  fillpattern: band.leak
    ? { shape: "/", fgcolor: look.box, bgcolor: band.colour, size: 9, solidity: 0.22 } : undefined,
  marker: { color: band.colour },
  text: band.shares.map((share) => (share ? escapeText(shorten(band.label, 60)) : "")),
  hovertemplate: "%{y:.0f} %",
});

const answerKey = (band, place) => {
  const dot = el(band.leak ? "span.lv-dot.lv-hatched" : "span.lv-dot",
    { style: { "background-color": band.colour } });
  const text = band.said ? verbatim("span.lv-answer-text", band.label)
    : el("span.lv-answer-text", {}, band.label);
  text.title = band.label;
  return el(band.shares[place] ? "li.lv-answer-key" : "li.lv-answer-key.lv-faint", {}, dot,
    el("span.lv-share", {}, percent(band.shares[place])), text,
    band.leak && el("span.lv-badge.lv-bad", {}, "leak"));
};

export const drawAnswers = (item, view) => {
  syncQuestions(item, view);
  const rows = view.answers.get(item.choice.value);
  item.card.hidden = !rows;
  if (!rows) return;
  const look = surface();
  const steps = rows.map((row) => row.step);
  const bands = answerBands(item, view, item.choice.value, rows);
  const place = view.pointer === null ? rows.length - 1 : nearest(steps, view.pointer);
  item.truth.replaceChildren(el("span.lv-small", {}, "True answer: "),
    verbatim("span", rows[0].true));
  item.keys.replaceChildren(...[...bands].sort((a, b) => b.shares[place] - a.shares[place])
    .map((band) => answerKey(band, place)));
  const layout = layoutBase(look, {
    uirevision: "kept",
    xaxis: watchedAxis(look, view),
    yaxis: axis(look, "% of samples", { range: [0, 100], uirevision: view.zoom.turn, nticks: 6 }),
    ...stepMarks(look, view),
  });
  drawPlot(item, bands.map((band) => bandTrace(band, steps, look)), layout, "answers",
    view.zoom.follow);
};
