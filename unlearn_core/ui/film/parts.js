// Parts of a film that are made once for a run; a frame changes their texts and lengths, never the
// layout.

import { el, setText, verbatim } from "../browser/dom.js";
import { percent, showNumber } from "../browser/numbers.js";
import { countOf, isForgotten, rankedTexts } from "../charts/rows.js";

const MOST_LEAKS = 4;
const MOST_PLAIN = 6;

const badge = (word) => el("span.film-badge.film-badge-bad", {}, word);

// ---- sampled answers

// Rows keep their places through the whole film: leaking answers first, each by its share of all;
// those without a row of their own share one, whose text is null.
export const answerRows = (film, question) => {
  const { leaking, plain } = rankedTexts(film.frames.map((frame) => frame.answers[question] || []));
  const rows = (texts, most, leak) => {
    const rest = new Set(texts.slice(most));
    const own = texts.slice(0, most).map((text) => ({ text, leak, wanted: (one) => one === text }));
    return rest.size ? [...own, { text: null, leak, wanted: (one) => rest.has(one) }] : own;
  };
  return [...rows(leaking, MOST_LEAKS, true), ...rows(plain, MOST_PLAIN, false)];
};

const setAnswer = (name, text, words) => {
  setText(name, text === "" ? words.empty : text);
  name.title = text;
};

export const answerBar = (row, words, mark) => {
  const fill = el("span.film-fill");
  const name = verbatim("span.film-answer-text");
  const number = el("span.film-share");
  const merged = row.text === null;
  if (!merged) setAnswer(name, row.text, words);
  const item = el(row.leak ? "li.film-answer.film-leaking" : "li.film-answer", {}, fill,
    merged && el("span.film-soft", {}, row.leak ? words.otherLeaks : words.others), name,
    row.leak && badge(mark), number);
  return { ...row, merged, item, fill, name, number };
};

export const drawBars = (bars, answers, words) => {
  const total = countOf(answers) || 1;
  for (const bar of bars) {
    const share = countOf(answers, bar.wanted) / total;
    bar.fill.style.transform = `scaleX(${share})`;
    bar.item.classList.toggle("film-none", share === 0);
    setText(bar.number, percent(share));
    const first = bar.merged && answers.find(([text]) => bar.wanted(text));
    if (bar.merged) setAnswer(bar.name, first ? first[0] : "–", words);
  }
};

// ---- probes

const probeLine = (probe, mark) => {
  const said = verbatim("p.film-said");
  const sign = badge(mark);
  const item = el("li.film-probe", {},
    el("p.film-asked", {}, verbatim("span", probe.prompt), sign), said);
  return { probe, said, sign, item };
};

export const drawProbe = (line, said, teaching, words) => {
  setText(line.said, said ? said.text || words.empty : "–");
  line.said.title = said ? said.text : "";
  const leaks = Boolean(said?.leaks);
  const lost = said?.known === false && (teaching || !isForgotten(line.probe.group));
  line.item.classList.toggle("film-leaking", leaks);
  line.sign.hidden = !leaks && !lost;
  if (leaks || lost) setText(line.sign, leaks ? words.leak : words.lost_fact);
};

export const probeGroups = (film, config, mark) => {
  const titles = film.kind === "teach" ? { ...config.groups, ...config.taught } : config.groups;
  return [...new Set(film.probes.map((probe) => probe.group))].map((group) => {
    const lines = film.probes.filter((probe) => probe.group === group)
      .map((probe) => probeLine(probe, mark));
    const part = el(`section.film-group.film-group-${group}`, {},
      el("h4.film-group-title", {}, titles[group] || group),
      el("ul.film-probes", {}, lines.map((line) => line.item)));
    return { part, lines };
  });
};

// ---- numbers

export const shownNumber = (value, isShare) =>
  (Number.isFinite(value) && !isShare && Math.abs(value) < 10 ? value.toFixed(2)
    : showNumber(value, isShare));

export const numberTile = (tile, film, words) => {
  const [, values] = film.curves[tile.name];
  const now = el("span.film-now");
  const card = el("div.film-tile", {}, el("span.film-label", {}, tile.label), now,
    el("span.film-was", {}, el("span", {}, words.was),
      ` ${shownNumber(values[0], tile.percent)} · `, el("span", {}, tile.help)));
  return { tile, now, card };
};
