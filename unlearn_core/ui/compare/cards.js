// One card for each question, its columns side by side, and the view that is chosen for it.

import { el, verbatim } from "../browser/dom.js";
import { fill } from "../browser/numbers.js";
import { answerBody, samplesBody, wordsBody } from "./cells.js";
import { fetchFor, isFetched } from "./looking.js";
import { W, pills, remember, remembered, setPill, small, who } from "./parts.js";
import { nextBody, rankBody } from "./ranks.js";
import { tokenTables, tokensBody } from "./tokens.js";
import { drawTools } from "./tools.js";

const CHAT_VIEWS = ["text", "words"];
const BODIES = { text: answerBody, words: wordsBody, samples: samplesBody };
const ASKED_BODIES = { tokens: tokensBody, next: nextBody, rank: rankBody };

const head = (question, changed) => [
  el("header.cmp-question", {}, verbatim("h4", question.prompt), el("span.cmp-tags", {},
    el("span.cmp-group", { title: question.help }, question.group), changed)),
  question.truth && el("p.cmp-truth", {}, small(W.truth), " ", verbatim("span", question.truth)),
];

const chosenView = (views) => {
  const names = views.map(([name]) => name);
  return remembered("compare-view", "text", names);
};

export const makeCard = (state, place) => {
  const question = state.questions[place];
  // A turn of a chat depends on those before it, so it has no views that ask anew.
  const views = state.views.filter(([name]) => !state.chat || CHAT_VIEWS.includes(name));
  const card = {
    state, place, question, view: chosenView(views), shade: "difference", asTable: false, at: null,
    strips: [], text: null, form: null, tokens: null, next: null, rank: null, problem: "",
    loading: false, position: 0, turn: 0, tools: el("div.cmp-extra"), numbers: el("div.cmp-extra"),
    foot: el("div.cmp-foot"), changed: el("span.cmp-small", { title: W.changedHelp }),
  };
  card.bodies = state.columns.map(() => el("div.cmp-body"));
  card.pills = pills(W.choose, views, card.view, (view) => {
    remember("compare-view", view);
    setView(card, view);
  });
  card.root = el("section.cmp-card", {}, head(question, card.changed), card.pills, card.tools,
    el("div.cmp-pair", {}, card.bodies.map((body, column) =>
      el("div.cmp-side", { data: { column } }, who(column, state.columns[column].name), body))),
    card.numbers, card.foot);
  setView(card, card.view);
  return card;
};

export const setView = (card, view) => {
  Object.assign(card, { view, problem: "" });
  setPill(card.pills, view);
  drawAll(card);
  fetchCard(card);
};

export const fetchCard = (card) => fetchFor(card, () => drawAll(card));

const drawAll = (card) => {
  drawTools(card, { drawAll: () => drawAll(card), drawBody: () => drawBody(card),
    fetch: () => fetchCard(card) });
  drawBody(card);
};

const drawBody = (card) => {
  card.bodies.forEach((_, column) => drawCell(card, column));
  const tables = card.view === "tokens" && card.asTable && card.tokens ? tokenTables(card) : [];
  card.numbers.replaceChildren(...tables);
};

export const cellOf = (card, column) => card.state.cells[card.place][column];

export const drawCell = (card, column) => {
  card.bodies[column].replaceChildren(...bodyOf(card, column));
  const { changed } = cellOf(card, column);
  if (changed !== null && card.state.columns.length > 1) {
    card.changed.textContent = fill(W.changed, { percent: Math.round(changed * 100) });
  }
};

// News of a question that is looked at in a way of its own change nothing that is looked at.
export const newsOf = (card, column) => {
  const fetched = isFetched(card.view) && card[card.view];
  if (!fetched || cellOf(card, column).problem) drawCell(card, column);
};

const bodyOf = (card, column) => {
  const cell = cellOf(card, column);
  const problem = (text) => [verbatim("p.cmp-problem", text)];
  if (cell.problem) return problem(cell.problem);
  if (!isFetched(card.view)) return BODIES[card.view](card.question, cell, column);
  if (!card[card.view]) return [el("p.cmp-small", {}, card.problem ? "" : W.loading)];
  const found = card[card.view].columns[column];
  return found.problem ? problem(found.problem) : ASKED_BODIES[card.view](card, found, column);
};
