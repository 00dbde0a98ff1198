// One row of dots for each forget record: what a method measured of it before each epoch.

import { el, svg, titled } from "../browser/dom.js";
import { nearest, percent } from "../browser/numbers.js";
import { themeName } from "../browser/page.js";

const MOST_COLUMNS = 60;
const DOT_ROW = 12;
const DOT_RADIUS = 4;
const WIDEST_COLUMN = 32;
const NARROWEST_COLUMN = 13;
const STRIP_FOOT = 20;
const LABEL_WIDTH = 36;

export const makeRecords = (config) => {
  const summary = el("p.lv-records-summary");
  const strip = el("div.lv-strip",
    { tabIndex: 0, role: "img", "aria-label": config.records.label });
  const scale = el("div.lv-strip-scale");
  const more = el("p.lv-small");
  const card = el("section.lv-card.lv-records", {}, titled(config.records), summary, strip, scale,
    more);
  return { card, summary, strip, scale, more };
};

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

// The colour of a share, between the two stops around it.
export const scaleColour = (stops, share) => {
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const low = Math.min(Math.floor(place), stops.length - 2);
  const [from, to] = [channels(stops[low]), channels(stops[low + 1])];
  return `rgb(${from.map((c, i) => Math.round(c + (to[i] - c) * (place - low))).join(",")})`;
};

// Evenly spread measurements, the first and the last among them.
export const stripColumns = (rows) => {
  if (rows.length <= MOST_COLUMNS) return rows;
  const stride = (rows.length - 1) / (MOST_COLUMNS - 1);
  return Array.from({ length: MOST_COLUMNS }, (_, i) => rows[Math.round(i * stride)]);
};

const stripDot = (row, [id, value, selected], x, y, stops) => {
  const note = selected ? ", trained on in this epoch" : "";
  return svg("circle", { cx: x, cy: y, r: DOT_RADIUS, fill: scaleColour(stops, value),
    class: selected ? "lv-strip-selected" : "lv-strip-dot" },
  svg("title", {}, `${id}, before step ${row.step}: ${percent(value)}${note}`));
};

const stripPicture = (columns, pointed, width, stops) => {
  const room = (width - 2 * DOT_ROW) / Math.max(1, columns.length - 1);
  const gap = Math.min(WIDEST_COLUMN, Math.max(NARROWEST_COLUMN, room));
  const height = columns[0].values.length * DOT_ROW;
  const every = Math.ceil(LABEL_WIDTH / gap);
  const column = (row, i) => {
    const x = DOT_ROW + i * gap;
    return [
      i === pointed && svg("rect", { x: x - 6, y: 0, width: 12, height, class: "lv-strip-now" }),
      ...row.values.map((value, k) => stripDot(row, value, x, (k + 0.5) * DOT_ROW, stops)),
      i % every === 0
        && svg("text", { x, y: height + 15, class: "lv-strip-step" }, String(row.step)),
    ];
  };
  return svg("svg", { width: 3 * DOT_ROW + gap * (columns.length - 1), height: height + STRIP_FOOT,
    "aria-hidden": true }, ...columns.flatMap(column));
};

const drawScale = (item, stops) => {
  const ring = svg("svg", { width: 12, height: 12, "aria-hidden": true },
    svg("circle", { cx: 6, cy: 6, r: DOT_RADIUS, fill: "none", class: "lv-strip-selected" }));
  item.scale.replaceChildren(
    el("span", {}, "0 %"),
    el("span.lv-strip-colours",
      { style: { background: `linear-gradient(to right, ${stops.join(", ")})` } }),
    el("span", {}, "100 %"),
    el("span.lv-strip-ring", {}, ring, el("span", {}, "trained on in that epoch")),
    el("span", {}, "Below the dots: the step."));
};

export const drawRecords = (item, { run, records, pointer, config }) => {
  item.card.hidden = !records.length;
  if (!records.length) return;
  const columns = stripColumns(records);
  const steps = columns.map((row) => row.step);
  const place = pointer === null ? columns.length - 1 : nearest(steps, pointer);
  const width = item.strip.clientWidth;
  const key = [run, records.length, steps[steps.length - 1], place, width, themeName()].join();
  if (item.card.dataset.key === key) return;
  item.card.dataset.key = key;
  const stops = config.recordColours[themeName()];
  const now = columns[place];
  item.summary.textContent = `${now.name} before step ${now.step}: mean ${percent(now.mean)}, `
    + `lowest ${percent(now.lowest)}, highest ${percent(now.highest)}; `
    + `${now.selected} of ${now.records} records trained on.`;
  item.strip.replaceChildren(stripPicture(columns, pointer === null ? -1 : place, width, stops));
  drawScale(item, stops);
  const hidden = now.records - now.values.length;
  item.more.hidden = hidden === 0;
  item.more.textContent = `${hidden} more records are not drawn; the numbers above count them.`;
};
