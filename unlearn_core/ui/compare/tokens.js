// How likely every model finds each token of a text: shaded, with the numbers of one place below,
// or as a table.

import { el, table, verbatim } from "../browser/dom.js";
import { fill, finePercent } from "../browser/numbers.js";
import { LETTERS, W, seen, small } from "./parts.js";

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

const points = (change) => `${change < 0 ? "−" : "+"}${Math.abs(change * 100).toFixed(1)}`;

const tokenWords = (token, base) => [
  `${seen(token.text)} ${finePercent(token.share)}`,
  base && `${points(token.share - base.share)} ${W.points}`,
  fill(W.rank, { rank: token.rank }),
  fill(W.entropy, { bits: token.entropy.toFixed(2) }),
].filter(Boolean).join(" · ");

const shaded = (token, base) => {
  const change = base ? token.share - base.share : token.share;
  const node = el("span.cmp-token", { style: { "--w": Math.min(1, Math.abs(change)).toFixed(3) } },
    token.text);
  if (base) node.classList.add(change < 0 ? "cmp-less" : "cmp-more");
  node.classList.toggle("cmp-clear", Math.abs(change) < 0.01);
  return node;
};

// A strip of tokens is one control: arrow keys and the pointer move its place, and the numbers of
// that place stand below.
const tokenStrip = (card, column, tokens, base) => {
  const compared = card.shade === "difference" ? base : null;
  const nodes = tokens.map((token, i) => shaded(token, compared?.[i]));
  nodes.forEach((node, i) =>
    node.addEventListener("pointerenter", () => pointAt(card, i, column)));
  const strip = verbatim("div.cmp-tokens", nodes, { tabIndex: 0, role: "slider",
    "aria-label": W.tokensLabel, "aria-valuemin": 1, "aria-valuemax": tokens.length,
    "aria-valuenow": 1, "aria-valuetext": W.readout, onkeydown: (event) => {
      const ends = { Home: 0, End: tokens.length - 1 };
      const wanted = ends[event.key] ?? (card.at ?? -1) + STEPS[event.key];
      if (Number.isNaN(wanted)) return;
      event.preventDefault();
      pointAt(card, Math.max(0, Math.min(tokens.length - 1, wanted)), column);
    } });
  const readout = el("p.cmp-readout", {}, W.readout);
  card.strips[column] = (at) => {
    nodes.forEach((node, i) => node.classList.toggle("cmp-here", i === at));
    if (at === null || !tokens[at]) return;
    const words = tokenWords(tokens[at], base?.[at]);
    readout.translate = false; // from now on it holds a token
    readout.textContent = words;
    strip.setAttribute("aria-valuenow", String(at + 1));
    strip.setAttribute("aria-valuetext", words);
  };
  return [strip, readout];
};

const pointAt = (card, at, column) => {
  card.at = at;
  // Where models cut a text into the same tokens, the place is the same in all of them.
  if (card.tokens.same) card.strips.forEach((point) => point(at));
  else card.strips[column](at);
};

export const wholeText = (mean) =>
  small(mean === null ? W.impossible : fill(W.whole, { mean: `−${Math.abs(mean).toFixed(2)}` }));

export const tokensBody = (card, found, column) => {
  const [first] = card.tokens.columns;
  const base = column && card.tokens.same && !first.problem ? first.tokens : null;
  return [...tokenStrip(card, column, found.tokens, base), wholeText(found.mean)];
};

// ---- as a table: in one where the columns have the same tokens, else one for each
export const tokenTables = (card) => {
  const there = card.tokens.columns.map((found, column) => ({ ...found, column }))
    .filter((found) => !found.problem);
  const parts = card.tokens.same ? [there] : there.map((found) => [found]);
  return parts.filter((part) => part.length).map(tokenTable);
};

const tokenTable = (columns) => {
  const [base] = columns;
  const compared = (found) => base.column === 0 && found.column > 0;
  const heads = columns.flatMap((found) => {
    const letter = LETTERS[found.column];
    const change = compared(found) ? [fill(W.columnChange, { letter })] : [];
    return [fill(W.columnShare, { letter }), ...change];
  });
  const rows = base.tokens.map((token, i) => [
    verbatim("td.cmp-mono", seen(token.text)),
    ...columns.flatMap((found) => {
      const { share } = found.tokens[i];
      return [finePercent(share), ...(compared(found) ? [points(share - token.share)] : [])];
    }),
  ]);
  return el("div.cmp-scroll", { tabIndex: 0, role: "region", "aria-label": W.asTable },
    table("table.cmp-table", [W.token, ...heads], rows));
};

// ---- what the shades mean
const key = (kind, words) => el("span.cmp-key", {},
  el(`span.cmp-token${kind}`, { style: { "--w": "0.9" }, "aria-hidden": true }, "\u00a0".repeat(3)),
  el("span", {}, words));

export const legend = ({ shade, tokens }) => {
  const difference = shade === "difference";
  return el("div.cmp-legend", {},
    difference && tokens?.same
      && [key(".cmp-less", W.legendLess), key(".cmp-more", W.legendMore)],
    key("", difference ? W.legendFirst : W.legendSure),
    tokens && !tokens.same && el("span", {}, W.otherTokens));
};
