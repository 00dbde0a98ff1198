// Small curves of a film, drawn once; a frame moves their markers.

import { el, helpMark, setText, svg } from "../browser/dom.js";

const CURVES = {
  known: { forget: "utility/forget_recall", retain: "utility/retain_recall", scale: 100, top: 1 },
  surprise: { forget: "loss/forget", retain: "loss/retain", scale: 1 },
};
const LOOKS = ["forget", "retain"];

const wordOf = (look, film, words) => {
  if (look === "retain") return words.keepLine;
  return film.kind === "teach" ? words.taughtLine : words.forgetLine;
};

// Nothing where the run has neither line.
export const makeCurve = (curve, film, words) => {
  const { scale, top: fixed, ...names } = CURVES[curve.key];
  const looks = LOOKS.filter((look) => film.curves[names[look]]);
  if (!looks.length) return null;
  const points = Object.fromEntries(looks.map((look) => {
    const [steps, values] = film.curves[names[look]];
    return [look, steps.map((step, i) => [step, values[i]]).filter(([, value]) => value !== null)];
  }));
  const values = Object.values(points).flat().map(([, value]) => value);
  const top = fixed ?? Math.max(...values, 1e-9);
  const x = (step) => (100 * step) / Math.max(1, film.last);
  const y = (value) => 100 - (100 * Math.max(0, value)) / top;
  const shown = (value) => `${(value * scale).toFixed(scale === 100 ? 0 : 1)} ${curve.unit}`;
  const picture = svg("svg",
    { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": true },
    ...looks.map((look) => svg("polyline", { class: `film-line film-line-${look}`,
      points: points[look].map(([step, value]) => `${x(step).toFixed(2)},${y(value).toFixed(2)}`)
        .join(" ") })));
  const needle = el("i.film-needle");
  const keys = looks.map((look) => ({ look, name: names[look],
    dot: el(`i.film-dot.film-dot-${look}`), number: el("strong.film-key-now") }));
  const head = el("figcaption.film-curve-head", {},
    el("span.film-label", {}, curve.label, helpMark(curve.help)),
    keys.map(({ look, number }) => el(`span.film-key.film-key-${look}`, {},
      el("i.film-key-line"), el("span", {}, wordOf(look, film, words)), number)));
  const root = el("figure.film-curve", {}, head, el("div.film-area", {}, picture, needle,
    keys.map((key) => key.dot), el("span.film-top", {}, shown(top))));
  const mark = (frame) => {
    needle.style.left = `${x(frame.step)}%`;
    for (const { name, dot, number } of keys) {
      const value = frame.scalars[name] ?? null;
      dot.hidden = value === null;
      Object.assign(dot.style, { left: `${x(frame.step)}%`, top: `${y(value ?? 0)}%` });
      setText(number, value === null ? "–" : shown(value));
    }
  };
  return { root, mark };
};
