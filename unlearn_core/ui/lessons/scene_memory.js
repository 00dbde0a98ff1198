// Passages token by token, and all of them against how often they were seen.

import { el, optionsOf, table } from "../browser/dom.js";
import { escapeText, percent } from "../browser/numbers.js";
import { onThemeChange } from "../browser/page.js";
import { drawRecords, makeRecords } from "../charts/records.js";
import { makeChart } from "./chart.js";
import { card, note, problemLine, shareBar, strong } from "./parts.js";
import { RunCard } from "./run_card.js";

const tokenSpan = ([text, hit, guess, chance]) => el(hit ? "span.le-hit" : "span.le-miss", {
  title: hit ? `Said by itself (${percent(chance)})`
    : `It would have said “${guess}”; this had ${percent(chance)}` }, text);

const passageCard = (passage, showsSeen) => {
  const { label, tokens, hits, accuracy, seen } = passage;
  return card(label,
    el("p.le-tokens", { translate: false }, tokens.map(tokenSpan)),
    note(`${hits} of ${tokens.length} tokens said by itself: memorisation accuracy ${
      percent(accuracy)}.`),
    showsSeen && strong(seen === 1 ? "Seen once in training." : `Seen ${seen} times in training.`));
};

const tokenKey = () => el("p.le-note.le-token-key", {},
  el("span.le-hit", {}, "underlined"), el("span", {}, "the model says it by itself"),
  el("span.le-miss", {}, "dotted"), el("span", {}, "it would have said something else"));

export const tokens = async (place, settings, api) => {
  const wait = note("Reading the passages …");
  place.append(tokenKey(), wait);
  const { passages, problem } = await api.act("tokens", { ids: settings.ids });
  if (problem) {
    wait.replaceWith(problemLine(problem));
    return;
  }
  wait.remove();
  const cards = el(settings.choose ? "div" : "div.le-columns");
  const show = (some) => cards.replaceChildren(
    ...some.map((one) => passageCard(one, settings.seen || api.answered())));
  if (settings.choose) {
    const choice = el("select.lv-select", { "aria-label": "Passage",
      onchange: () => show([passages[Number(choice.value)]]) },
    optionsOf(passages.map((passage, i) => [i, passage.label])));
    place.append(choice);
  }
  place.append(cards);
  show(settings.choose ? passages.slice(0, 1) : passages);
  api.onAnswer(() => show(passages));
};

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export const scatter = async (place, settings, api) => {
  const chart = makeChart(
    "Memorisation accuracy of all 64 passages against how often each was seen");
  place.append(chart.box);
  const { points, problem } = await api.act("scatter", {});
  if (problem) {
    place.replaceChildren(problemLine(problem));
    return;
  }
  const seen = [...new Set(points.map((one) => one.seen))].sort((a, b) => a - b);
  chart.draw({
    hovermode: "closest",
    xTitle: "Times seen in training (each mark doubles)",
    yTitle: "Memorisation accuracy (%)",
    xaxis: { type: "log", tickvals: [1, 2, 4, 8, 16, 32, 64] },
    curves: [
      { label: "Dots: one passage each", points: true, colour: "retain",
        x: points.map((one) => one.seen), y: points.map((one) => 100 * one.accuracy),
        text: points.map((one) => escapeText(one.label)),
        hover: "%{text}<br>seen %{x} times: %{y:.0f} %<extra></extra>" },
      { label: "Mean of those seen as often", colour: "forget", dash: "dash", x: seen,
        y: seen.map((times) => 100 * mean(points.filter((one) => one.seen === times)
          .map((one) => one.accuracy))),
        hover: "mean %{y:.0f} %<extra></extra>" },
    ],
  });
};

// A row for each passage of the lesson and a column for each model that is asked for.
export const memory = async (place, settings, api) => {
  const draw = async () => {
    const runs = Object.fromEntries((settings.runs || [])
      .map((key) => [key, api.data.runs[key]]).filter(([, run]) => run));
    const found = await api.act("memory", { runs });
    if (found.problem) {
      place.replaceChildren(problemLine(found.problem));
      return;
    }
    const rows = found.rows.map(({ label, seen, values }) => [
      el("span", { translate: false }, label),
      el("td.le-number", {}, seen === 1 ? "once" : `${seen} times`),
      ...values.map((share) => el("td.le-number", {}, shareBar(share),
        el("span", {}, percent(share)))),
    ]);
    place.replaceChildren(table("table.le-table.le-memory", ["Passage", "Seen", ...found.columns],
      rows), note(found.waiting));
  };
  place.append(note("Measuring the passages …"));
  await draw();
  api.onRun(draw);
};

// The strip of dots of the third step of the app, of a run of this lesson.
export const strip = (place, settings, api) => {
  const item = makeRecords(api.config);
  let told = false;
  const draw = () => drawRecords(item, { run: run.run, records: run.rows.records, pointer: null,
    config: api.config });
  const run = new RunCard(api, settings, ({ content, hasEnded }) => {
    if (!item.card.isConnected) content.replaceChildren(item.card);
    draw();
    if (hasEnded && !told) {
      told = true;
      api.ranOut();
    }
  });
  place.append(run.box);
  run.follow();
  onThemeChange(run.box, () => item.card.isConnected && draw());
};
