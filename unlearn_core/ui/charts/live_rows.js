// What the live view knows of the watched run, and how news of the server become part of it.

import { addCurves, isMoving, lastStep } from "./rows.js";

const NO_ROWS = () => ({ curves: {}, answers: new Map(), probes: new Map(), probeSteps: [],
  records: [], marks: [], notes: [] });

export const makeView = (config, run = "") => ({ config, smoothing: 0, log: false,
  ...cleared(run) });

const cleared = (run) => ({ ...NO_ROWS(), run, cursor: 0, status: null, gone: "", pointer: null,
  lost: false });

export const clearView = (view, run) => Object.assign(view, cleared(run));

// As far as the run will go while it moves, else as far as it went.
export const fullRange = (view) => {
  const last = lastStep(Object.values(view.curves));
  return [0, isMoving(view.status?.state) ? Math.max(last, view.status.total) : last];
};

const group = (map, rows) => {
  for (const row of rows) {
    if (!map.has(row.id)) map.set(row.id, []);
    map.get(row.id).push(row);
  }
};

// `fromStart`: the news are the whole history.
export const take = (view, news, fromStart) => {
  view.lost = false;
  if (news.gone) {
    clearView(view, view.run);
    view.gone = news.gone;
    return;
  }
  if (fromStart) Object.assign(view, NO_ROWS());
  addCurves(view.curves, news.scalars);
  group(view.answers, news.answers);
  group(view.probes, news.probes);
  const steps = new Set([...view.probeSteps, ...news.probes.map((row) => row.step)]);
  view.probeSteps = [...steps].sort((a, b) => a - b);
  for (const name of ["records", "marks", "notes"]) view[name].push(...news[name]);
  Object.assign(view, { status: news.status, cursor: news.cursor });
};

export const longest = (view) =>
  Math.max(0, ...Object.values(view.curves).map(([steps]) => steps.length));

// What tells whether anything new is to be drawn.
export const stamp = ({ status, cursor, gone, lost }) =>
  JSON.stringify([status, cursor, gone, lost]);
