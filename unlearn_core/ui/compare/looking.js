// What a card asks the server for when a person looks at it: tokens, next token, rank.

import { W } from "./parts.js";

const FETCHED = ["tokens", "next", "rank"];

export const isFetched = (view) => FETCHED.includes(view);
export const isFinished = (card) => card.state.cells[card.place].every((cell) => cell.finished);

// The tokens of the text, of the first column that has them.
export const pieces = (card) =>
  (card.tokens.columns.find((found) => !found.problem) || { tokens: [] }).tokens;

export const prefixOf = (card) =>
  pieces(card).slice(0, card.position).map((token) => token.text).join("");

export const textToScore = (card) =>
  card.text ?? (card.question.truth || card.state.cells[card.place][0].text);

// Whether the chosen view has to be asked for; where that failed, the reason is shown.
const lacks = (card) => {
  if (!isFetched(card.view) || card.problem) return false;
  return !card[card.view] || (card.view === "next" && !card.tokens);
};

export const fetchFor = async (card, drawAll) => {
  if (!card.root.isConnected || card.offscreen || card.loading) return;
  if (!isFinished(card) || !lacks(card)) return;
  card.loading = true;
  try {
    if (card.view === "rank") await load(card, "rank", {});
    else {
      if (!card.tokens) await load(card, "tokens", { text: textToScore(card) });
      if (card.view === "next" && card.tokens) await loadNext(card);
    }
  } finally {
    card.loading = false;
    drawAll();
  }
  fetchFor(card, drawAll); // another view may have been chosen meanwhile
};

export const loadNext = (card) => {
  const expected = pieces(card)[card.position]?.text ?? null;
  return load(card, "next", { prefix: prefixOf(card) }, { expected });
};

// One at a time, so that a page of many cards does not hold the models from what is being asked.
let line = Promise.resolve();
const load = (card, what, more, kept = {}) => {
  const turn = (card.turn += 1);
  line = line.then(async () => {
    if (turn !== card.turn || !card.root.isConnected) return;
    const { ticket, server } = card.state;
    let found;
    try {
      found = await server.look({ ticket, question: card.place, what, ...more });
    } catch (error) {
      console.warn("the server did not answer", error);
      found = { problem: W.lost };
    }
    if (turn !== card.turn) return;
    card.problem = found.problem || "";
    card[what] = found.problem ? null : { ...found, ...kept };
  });
  return line;
};
