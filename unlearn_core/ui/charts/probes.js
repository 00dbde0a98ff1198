// Probe prompts, answered again at every measurement, with a slider that replays the run.

import { button, el, helpMark, setText, titled, verbatim } from "../browser/dom.js";
import { nearest } from "../browser/numbers.js";
import { isForgotten } from "./rows.js";

const FRAME_MILLISECONDS = 350;

export const makeProbes = (config, view, redraw) => {
  const show = (pointer) => {
    view.pointer = pointer;
    redraw();
  };
  const slider = el("input.lv-slider", { type: "range", min: "0",
    "aria-label": "Step at which the answers are shown", oninput: () => {
      stopPlaying(item);
      show(view.probeSteps[Number(slider.value)]);
    } });
  const play = button("lv-button", "Play", () => (item.timer ? stopPlaying(item)
    : startPlaying(item, (place) => show(view.probeSteps[place]))));
  const live = button("lv-button", "Newest", () => {
    stopPlaying(item);
    show(null);
  }, { data: { help: "Follow the newest answers as they come." } });
  const where = el("output.lv-where");
  const groups = el("div.lv-groups");
  const card = el("section.lv-card.lv-probes", {}, titled(config.probes),
    el("div.lv-scrub", {}, play, slider, where, live), groups);
  const item = { card, play, slider, where, live, groups, timer: null };
  return item;
};

export const stopPlaying = (item) => {
  clearInterval(item.timer);
  item.timer = null;
  item.play.textContent = "Play";
};

const startPlaying = (item, show) => {
  const last = () => Number(item.slider.max);
  let place = Number(item.slider.value) >= last() ? 0 : Number(item.slider.value);
  item.play.textContent = "Pause";
  show(place);
  item.timer = setInterval(() => {
    place += 1;
    if (place > last() || !item.card.isConnected) stopPlaying(item);
    else show(place);
  }, FRAME_MILLISECONDS);
};

const knownBadge = (row, group) => {
  if (row.known === null) return el("span");
  const good = row.known !== isForgotten(group);
  return el(`span.lv-badge.${good ? "lv-good" : "lv-bad"}`, {},
    row.known ? "gives the true answer" : "does not give it");
};

const answerAt = (row, group) => el("div.lv-said", {},
  el("p.lv-small", {}, `Step ${row.step} `, knownBadge(row, group)),
  row.text ? verbatim("p.lv-text", row.text) : el("p.lv-text", {}, "(empty answer)"));

const probeCard = (rows, group, place) => {
  const [first] = rows;
  return el("article.lv-probe", {}, verbatim("p.lv-prompt", first.prompt),
    el("div.lv-pair", {}, answerAt(first, group), answerAt(rows[place], group)),
    first.true && el("p.lv-truth", {}, el("span.lv-small", {}, "True answer: "),
      verbatim("span", first.true)));
};

const groupOf = (group, term, probes, step) => {
  const found = probes.filter((rows) => rows[0].group === group);
  return found.length ? el("div.lv-group", {},
    el("h5.lv-group-title", {}, term.label, helpMark(term.help)),
    found.map((rows) => probeCard(rows, group, nearest(rows.map((row) => row.step), step)))) : null;
};

export const drawProbes = (item, view) => {
  const steps = view.probeSteps;
  item.card.hidden = !steps.length;
  if (!steps.length) return;
  const place = view.pointer === null ? steps.length - 1 : nearest(steps, view.pointer);
  const step = steps[place];
  item.slider.max = String(steps.length - 1);
  item.slider.value = String(place);
  item.slider.setAttribute("aria-valuetext", `step ${step}`);
  setText(item.where, `step ${step}`);
  item.live.setAttribute("aria-pressed", String(view.pointer === null));
  const key = `${view.run} ${step} ${view.probes.size}`;
  if (item.groups.dataset.key === key) return;
  item.groups.dataset.key = key;
  const probes = [...view.probes.values()];
  item.groups.replaceChildren(...Object.entries(view.config.groups)
    .map(([group, term]) => groupOf(group, term, probes, step)).filter(Boolean));
};
