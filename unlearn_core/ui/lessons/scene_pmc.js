// One training step of PMC at a time: what is drawn, what is picked, how the answers move.

import { el } from "../browser/dom.js";
import { percent } from "../browser/numbers.js";
import { countOf } from "../charts/rows.js";
import { badge, button, card, columns as makeColumns, modelText, note, number, shareBar }
  from "./parts.js";
import { RunCard } from "./run_card.js";

const MOST_ANSWERS = 7;

const shareRow = (share, text, leak) => el("li", {}, number(percent(share)),
  shareBar(share, leak ? ".le-bar-leak" : ""), leak ? badge("leak", "bad") : el("span"), text);

const answerCard = ({ n, step, answers }) => {
  const rest = answers.slice(MOST_ANSWERS);
  const title = step ? `Of ${n} answers after step ${step}`
    : `Of ${n} answers before the first step`;
  return card(title, el("ul.le-shares", {},
    answers.slice(0, MOST_ANSWERS).map(([text, count, leak]) =>
      shareRow(count / n, modelText(text), leak)),
    rest.length > 0 && shareRow(countOf(rest) / n,
      el("span.le-note", {}, `${rest.length} other answers`), false)));
};

const candidateCard = ({ step, reference, answers, picked, score }) => {
  const counts = new Map();
  for (const [text, value] of answers) {
    counts.set(text, { text, score: value, count: (counts.get(text)?.count ?? 0) + 1 });
  }
  const row = (one, isPicked, sign) => el(isPicked ? "li.le-picked" : "li", {},
    number(percent(one.score)), modelText(one.text),
    one.count > 1 && el("small", {}, `drawn ${one.count} times`), isPicked && badge(sign, "good"));
  const kept = !counts.has(picked)
    && row({ text: picked, score }, true, "kept from an earlier step");
  return card(`Drawn in step ${step}, and what was picked`,
    note("Reference answer: ", modelText(reference)),
    el("ol.le-candidates", {}, kept, [...counts.values()].sort((a, b) => a.score - b.score)
      .map((one) => row(one, one.text === picked, "picked"))),
    note(
      "The number is ROUGE-L, the share of the reference answer's words that come back in order."));
};

// The answers before the last step, what was drawn in it, the answers after it.
const cardsOf = ({ answers, candidates }) => {
  const [{ id }] = answers;
  const rows = answers.filter((row) => row.id === id);
  const last = rows[rows.length - 1];
  const before = rows.filter((row) => row.step < last.step).pop();
  const drawn = candidates.filter((one) => one.id === id).pop();
  const newest = drawn?.step === last.step ? drawn : null;
  const cards = [before && answerCard(before), newest && candidateCard(newest), answerCard(last)];
  return { prompt: rows[0].prompt, cards: cards.filter(Boolean), solved: last.step && !newest };
};

export const pmc = (place, settings, api) => {
  const step = button("One step", () => ask("step"), "le-main");
  const on = button("Go on to the end", () => ask("resume"));
  const question = el("p.le-strong");
  const columns = makeColumns([]);
  const tools = el("div.le-tools", {}, step, on);
  const solved = note();
  const ask = async (wish) => {
    step.disabled = on.disabled = true;
    const { problem } = await api.act(wish, { run: run.run });
    await run.poll();
    if (problem) run.fault = problem;
    run.drawHead();
  };
  const run = new RunCard(api, settings, ({ content, rows, hasEnded }) => {
    if (!question.isConnected) content.replaceChildren(tools, question, columns, solved);
    step.disabled = on.disabled = rows.status.state !== "paused";
    tools.hidden = hasEnded;
    if (!rows.answers.length) return;
    const shown = cardsOf(rows);
    question.replaceChildren(modelText(shown.prompt));
    columns.replaceChildren(...shown.cards);
    solved.textContent = shown.solved
      ? "Nothing was drawn in this step: the picked answer shares no word with the reference "
        + "answer any more, so it is kept and trained on again." : "";
    if (hasEnded) api.ranOut();
  });
  place.append(run.box);
  run.follow();
};
