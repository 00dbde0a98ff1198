// One row of dots for each forget record: what a method measured of it before each epoch.

const SVG = "http://www.w3.org/2000/svg";
const MOST_COLUMNS = 60;
const DOT_ROW = 12;
const DOT_RADIUS = 4;
const WIDEST_COLUMN = 32;
const NARROWEST_COLUMN = 13;
const STRIP_FOOT = 20;

const svgEl = (tag, attributes, text = "") => {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  if (text) node.textContent = text;
  return node;
};

const makeRecords = (config) => {
  const card = el("section", "lv-card lv-records");
  const summary = el("p", "lv-records-summary");
  const strip = el("div", "lv-strip");
  strip.tabIndex = 0;
  strip.setAttribute("role", "img");
  strip.setAttribute("aria-label", config.records.label);
  const scale = el("div", "lv-strip-scale");
  const more = el("p", "lv-small");
  card.append(titled(config.records), summary, strip, scale, more);
  return { card, summary, strip, scale, more };
};

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

// The colour of a share, between the two stops around it.
const scaleColour = (stops, share) => {
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const low = Math.min(Math.floor(place), stops.length - 2);
  const [from, to] = [channels(stops[low]), channels(stops[low + 1])];
  return `rgb(${from.map((c, i) => Math.round(c + (to[i] - c) * (place - low))).join(",")})`;
};

// Evenly spread measurements, the first and the last among them.
const stripColumns = (rows) => {
  if (rows.length <= MOST_COLUMNS) return rows;
  const stride = (rows.length - 1) / (MOST_COLUMNS - 1);
  return Array.from({ length: MOST_COLUMNS }, (_, i) => rows[Math.round(i * stride)]);
};

const percentOf = (value) => `${Math.round(value * 100)} %`;

const stripDot = (row, [id, value, selected], x, y, stops) => {
  const dot = svgEl("circle", {
    cx: x, cy: y, r: DOT_RADIUS, fill: scaleColour(stops, value),
    class: selected ? "lv-strip-selected" : "lv-strip-dot",
  });
  const note = selected ? ", trained on in this epoch" : "";
  dot.append(svgEl("title", {}, `${id}, before step ${row.step}: ${percentOf(value)}${note}`));
  return dot;
};

const stripPicture = (columns, pointed, width, stops) => {
  const room = (width - 2 * DOT_ROW) / Math.max(1, columns.length - 1);
  const gap = Math.min(WIDEST_COLUMN, Math.max(NARROWEST_COLUMN, room));
  const height = columns[0].values.length * DOT_ROW;
  const every = Math.ceil(36 / gap);
  const picture = svgEl("svg", {
    width: 3 * DOT_ROW + gap * (columns.length - 1), height: height + STRIP_FOOT,
    "aria-hidden": "true",
  });
  columns.forEach((row, i) => {
    const x = DOT_ROW + i * gap;
    if (i === pointed) {
      picture.append(svgEl("rect", { x: x - 6, y: 0, width: 12, height, class: "lv-strip-now" }));
    }
    row.values.forEach((value, k) => {
      picture.append(stripDot(row, value, x, (k + 0.5) * DOT_ROW, stops));
    });
    if (i % every === 0) {
      picture.append(svgEl("text", { x, y: height + 15, class: "lv-strip-step" }, `${row.step}`));
    }
  });
  return picture;
};

const drawScale = (item, stops) => {
  const colours = el("span", "lv-strip-colours");
  colours.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
  const key = svgEl("svg", { width: 12, height: 12, "aria-hidden": "true" });
  key.append(svgEl("circle", { cx: 6, cy: 6, r: DOT_RADIUS, fill: "none",
    class: "lv-strip-selected" }));
  const ring = el("span", "lv-strip-ring");
  ring.append(key, el("span", "", "trained on in that epoch"));
  item.scale.replaceChildren(el("span", "", "0 %"), colours, el("span", "", "100 %"), ring,
    el("span", "", "Below the dots: the step."));
};

const drawRecords = (item, view) => {
  item.card.hidden = view.records.length === 0;
  if (!view.records.length) return;
  const columns = stripColumns(view.records);
  const steps = columns.map((row) => row.step);
  const place = view.pointer === null ? columns.length - 1 : nearest(steps, view.pointer);
  const width = item.strip.clientWidth;
  const key = [view.run, view.records.length, steps[steps.length - 1], place, width, themeName()];
  if (item.card.dataset.key === key.join()) return;
  item.card.dataset.key = key.join();
  const stops = view.config.recordColours[themeName()];
  const now = columns[place];
  item.summary.textContent = `${now.name} before step ${now.step}: mean ${percentOf(now.mean)}, `
    + `lowest ${percentOf(now.lowest)}, highest ${percentOf(now.highest)}; `
    + `${now.selected} of ${now.records} records trained on.`;
  const pointed = view.pointer === null ? -1 : place;
  item.strip.replaceChildren(stripPicture(columns, pointed, width, stops));
  drawScale(item, stops);
  const hidden = now.records - now.values.length;
  item.more.hidden = hidden === 0;
  item.more.textContent = `${hidden} more records are not drawn; the numbers above count them.`;
};
