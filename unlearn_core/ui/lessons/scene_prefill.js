// Ask the refusing model; then begin its answer for it.

import { el } from "../browser/dom.js";
import { badge, card, columns, modelText, note, problemLine, strong } from "./parts.js";

const askedRow = (label, text) =>
  el("div.le-asked", {}, el("span.le-note", {}, label), text);

const begunText = (opening, text) => el("span", { translate: false },
  el("span.le-opening", {}, opening), el("span.le-said", {}, ` ${text}`));

const answerCard = (row, opened, answered) => card(modelText(row.prompt),
  askedRow("Before the run it said", modelText(row.original)),
  askedRow("Asked now, it says", modelText(row.refused)),
  opened && !answered && askedRow("Its answer will begin with", begunText(row.opening, "…")),
  opened && answered && [
    askedRow("Its answer begun for it", begunText(row.opening, row.told)),
    row.knows ? badge("true answer", "bad") : badge("not the true answer", "good")]);

export const ask = async (place, settings, api) => {
  const run = api.data.runs[settings.run];
  if (!run) {
    place.append(note(settings.missing));
    return;
  }
  place.append(note("Asking …"));
  const found = await api.act("ask", { run, opened: settings.opened });
  if (found.problem) {
    place.replaceChildren(problemLine(found.problem));
    return;
  }
  const show = () => {
    const rows = settings.all ? found.rows : found.rows.slice(0, 1);
    const counted = strong(`Of ${found.rows.length} facts it tells ${found.asked} when it is `
      + `asked, and ${found.told} when its answer is begun for it.`);
    place.replaceChildren(...(settings.all ? [counted] : []),
      columns(rows.map((row) => answerCard(row, settings.opened, api.answered()))));
  };
  show();
  api.onAnswer(show);
};
