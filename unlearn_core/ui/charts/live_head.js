// Above the charts: the run's name, state and progress, its warnings, and large numbers.

import { el, progressBar, setText, verbatim } from "../browser/dom.js";
import { nearest, showDuration, showNumber } from "../browser/numbers.js";
import { isMoving } from "./rows.js";

const MOST_NOTES = 4;

export const makeHead = () => {
  const name = verbatim("span.lv-name");
  const state = el("span.lv-state", { "aria-live": "polite", role: "status" });
  const detail = el("span.lv-detail");
  const progress = progressBar("div.lv-bar", "Progress of the run", "div.lv-fill");
  const root = el("header.lv-head", {}, name, state, detail, progress.bar);
  const [notes, tiles] = [el("ul.lv-notes"), el("div.lv-tiles")];
  return { root, name, state, detail, progress, notes, tiles };
};

const detailOf = ({ status, config, lost }) => {
  const parts = [];
  if (status.state === "queued" && status.place) parts.push(`place ${status.place} in the queue`);
  if (isMoving(status.state)) parts.push(config.phases[status.phase]);
  if (status.total) parts.push(`step ${status.step} of ${status.total}`);
  if (status.state === "running" && status.secondsLeft !== null) {
    parts.push(`about ${showDuration(status.secondsLeft)} left`);
  }
  parts.push(status.message);
  if (lost) parts.push("the server does not answer; trying again");
  return parts.filter(Boolean).join(" · ");
};

const noteRow = (note) => el(`li.lv-note.lv-note-${note.level}`, {},
  note.title && el("strong", {}, `${note.title} `), el("span", {}, note.text));

export const drawHead = (head, view) => {
  const { status, config, run } = view;
  head.name.textContent = status.name || run;
  setText(head.state, config.states[status.state] || status.state);
  head.state.dataset.state = status.state;
  head.detail.textContent = detailOf(view);
  head.progress.show(status.total ? Math.min(1, status.step / status.total) : 0);
  head.progress.bar.hidden = !isMoving(status.state);
  const shown = view.notes.filter((note) => note.level !== "info").slice(-MOST_NOTES);
  head.notes.replaceChildren(...shown.map(noteRow));
  head.tiles.replaceChildren(...config.tiles[status.kind].filter((tile) => view.curves[tile.name])
    .map((tile) => tileCard(tile, view)));
};

const tileCard = (tile, { curves, pointer }) => {
  const [steps, values] = curves[tile.name];
  const at = pointer === null ? values.length - 1 : nearest(steps, pointer);
  return el("div.lv-tile", {}, el("span.lv-tile-label", {}, tile.label),
    el("span.lv-tile-now", {}, showNumber(values[at], tile.percent)),
    el("span.lv-tile-was", {}, `was ${showNumber(values[0], tile.percent)} · ${tile.help}`));
};
