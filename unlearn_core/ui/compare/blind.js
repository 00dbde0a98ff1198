// Voting while the columns have no names, and the tally when they get them.

import { el, verbatim } from "../browser/dom.js";
import { fill } from "../browser/numbers.js";
import { LETTERS, W, bar, button } from "./parts.js";

const NONE = "none";

const optionsFor = (state) =>
  [...state.columns.map((_, i) => [String(i), LETTERS[i]]), [NONE, W.noneBest]];

// A room votes by show of hands, so every press is one more voice.
export const voteForm = ({ state, place }, voted) => {
  const voices = [];
  state.votes.set(place, voices);
  const tell = (change) => {
    change();
    for (const { value, text, vote, count } of shown) {
      const n = voices.filter((voice) => voice === value).length;
      count.textContent = String(n);
      vote.setAttribute("aria-label", `${text}: ${n}`);
    }
    undo.disabled = !voices.length;
    voted();
  };
  const shown = optionsFor(state).map(([value, text]) => {
    const vote = button(text, W.voteHelp, () => tell(() => voices.push(value)));
    const count = el("span.cmp-voices", {}, "0");
    vote.append(" ", count);
    return { value, text, vote, count };
  });
  const undo = button(W.voteUndo, "", () => tell(() => voices.pop()));
  const box = el("fieldset.cmp-vote", { disabled: !state.blind },
    el("legend.cmp-small", {}, W.voteAsk), shown.map((one) => one.vote), undo);
  tell(() => {});
  return box;
};

export const voicesOf = (state) => [...state.votes.values()].flat();

export const tally = (state) => {
  const voices = voicesOf(state);
  const counts = optionsFor(state).map(([value]) =>
    [value, voices.filter((voice) => voice === value).length]);
  const most = Math.max(1, ...counts.map(([, count]) => count));
  const name = (value) => (value === NONE ? [el("span", {}, W.noneBest)]
    : [el("span.cmp-letter", {}, LETTERS[value]),
      verbatim("span.cmp-said", state.columns[value].name)]);
  return el("section.cmp-card.cmp-tally", { tabIndex: -1 },
    el("h4", {}, fill(W.tallyHead, { n: voices.length })),
    el("ol.cmp-bars", {}, counts.map(([value, count]) =>
      bar(count / most, "", String(count), name(value)))));
};
