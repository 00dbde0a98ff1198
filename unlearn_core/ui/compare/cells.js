// What a column shows of a question: its answer, what changed in it, its sampled answers.

import { el, verbatim } from "../browser/dom.js";
import { fill } from "../browser/numbers.js";
import { W, badge, bar, small } from "./parts.js";

const TAGS = { same: "span", removed: "del", added: "ins" };

const toneOf = (question, known) => (known === question.forget ? "bad" : "good");

const samplesHead = (found) => {
  const head = fill(W.samplesHead, found);
  if (found.giving === null) return small(head);
  return small(`${head} · ${fill(W.giving, { percent: Math.round(found.giving * 100) })}`);
};

export const answerBody = (question, cell) => {
  const text = cell.text || (cell.finished ? "" : W.notYet);
  const known = cell.finished && cell.known !== null
    && badge(cell.known ? W.gives : W.givesNot, toneOf(question, cell.known));
  return [
    text ? verbatim("p.cmp-text", text) : el("p.cmp-text.cmp-soft", {}, W.emptyAnswer),
    known, cell.samples && samplesHead(cell.samples),
  ].filter(Boolean);
};

export const wordsBody = (question, cell, column) => {
  if (column === 0 || !cell.words) return answerBody(question, cell);
  if (cell.words.every(([kind]) => kind === "same")) {
    return [verbatim("p.cmp-text", cell.text), small(W.same)];
  }
  const parts = cell.words.flatMap(([kind, words]) => [el(TAGS[kind], {}, words), " "]);
  return [verbatim("p.cmp-text.cmp-diff", parts.slice(0, -1)), small(W.wordsHelp)];
};

export const samplesBody = (question, cell) => {
  if (!cell.samples) return [el("p.cmp-small", {}, cell.finished ? W.noSamples : W.notYet)];
  const { bars, rest } = cell.samples;
  const row = (one) => {
    const tone = one.known ? toneOf(question, true) : "";
    return bar(one.share, tone, String(one.count),
      one.text ? verbatim("span.cmp-said", one.text)
        : el("span.cmp-said.cmp-soft", {}, W.emptyAnswer),
      one.known && badge(question.forget ? W.leak : W.true, tone));
  };
  return [samplesHead(cell.samples), el("ol.cmp-bars", {}, bars.map(row),
    rest > 0 && el("li.cmp-small", {}, fill(W.rarer, { n: rest })))];
};
