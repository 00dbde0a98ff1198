// The urn to play with: balls one can count, and curves of this urn, of many urns and of theory.

import { el } from "../browser/dom.js";
import { percent } from "../browser/numbers.js";
import { onThemeChange } from "../browser/page.js";
import { palette } from "../browser/plot.js";
import { makeChart } from "./chart.js";
import { button } from "./parts.js";
import { urnDiversity, urnMany, urnMeanAvoided, urnMeanDiversity, urnRandom, urnRestock, urnShares }
  from "./urn.js";

const COLOURS = ["forget", "retain", "world", "collapse", "paraphrased"];
const LETTERS = ["A", "B", "C", "D", "E"];
const TIMES = 60;
const MANY = 200;

const ball = (colour, kind) =>
  el(kind, { style: { background: palette(COLOURS[colour]) } }, LETTERS[colour]);
const ballsOf = (counts, kind) => counts.flatMap((count, colour) =>
  Array.from({ length: count }, () => ball(colour, kind)));

const slider = (label, help, min, max, value, change) => {
  const words = el("span");
  const input = el("input", { type: "range", min, max, value, oninput: () => {
    name();
    change(Number(input.value));
  } });
  const name = () => { words.textContent = `${label}: ${input.value}`; };
  name();
  return el("label.le-slider", {}, words, input, el("small", {}, help));
};

class Urn {
  constructor(place, settings) {
    const { seed, n, kept } = settings;
    Object.assign(this, { place, settings, seed, n, kept });
    this.avoided = settings.measure === "avoided";
    this.measure = this.avoided ? (shares) => shares[0] : urnDiversity;
    this.balls = el("div.le-urn", { role: "img" });
    this.line = el("p.le-strong", { "aria-live": "polite" });
    this.chart = makeChart(settings.chartLabel);
    place.append(el("div.le-columns.le-urn-columns", {},
      el("div.le-side", {}, this.balls, this.line, this.tools(), this.sliders()), this.chart.box));
    this.anew();
  }

  tools() {
    return el("div.le-tools", {},
      button("Restock once", () => this.restock(1), "le-main"),
      button("Restock ten times", () => this.restock(10)),
      button("A new urn", () => this.anew({ seed: this.seed + 1 })));
  }

  sliders() {
    const { sliders, keptHelp } = this.settings;
    return el("div.le-tools", {},
      sliders.includes("kept") && slider("Kept balls put back each time (M)", keptHelp, 0, 25,
        this.kept, (kept) => this.anew({ kept })),
      sliders.includes("n") && slider("Balls drawn to pick from (n)",
        "1 means no preference; more avoid colour A faster.", 1, 10, this.n,
        (n) => this.anew({ n })));
  }

  get keptCounts() {
    return this.settings.keptShares.map((share) => Math.round(share * this.kept));
  }

  anew(changed = {}) {
    Object.assign(this, changed);
    this.random = urnRandom(this.seed);
    this.rows = [this.settings.counts];
    this.draw();
  }

  restock(times) {
    for (let t = 0; t < times && this.rows.length <= TIMES; t += 1) {
      const counts = this.rows[this.rows.length - 1];
      this.rows.push(urnRestock(counts, this.keptCounts, this.n, this.random));
    }
    this.draw();
  }

  theory() {
    const { counts } = this.settings;
    return this.avoided ? urnMeanAvoided(counts, this.keptCounts, this.n, TIMES)
      : urnMeanDiversity(counts, this.keptCounts, TIMES);
  }

  draw() {
    const { rows, keptCounts: kept, settings, measure } = this;
    const counts = rows[rows.length - 1];
    this.balls.replaceChildren(...ballsOf(counts, "span.le-ball"),
      ...ballsOf(kept, "span.le-ball.le-ball-kept"));
    const present = LETTERS.filter((_, i) => counts[i] + kept[i] > 0);
    this.line.textContent = `After ${rows.length - 1} restockings: ${present.length} ${
      present.length === 1 ? "colour" : "colours"} left (${present.join(", ")}); ${
      settings.measureWords} ${percent(measure(urnShares(counts, kept)))}.`;
    this.balls.setAttribute("aria-label", this.line.textContent);
    const expected = this.theory();
    this.chart.box.dataset.theory = expected.map((value) => value.toFixed(6)).join(" ");
    const many = urnMany(settings.counts, kept, this.n, TIMES, MANY, this.seed + 1000, measure);
    const own = rows.map((row) => measure(urnShares(row, kept)));
    this.chart.draw({
      xTitle: "Restockings",
      yTitle: settings.axis,
      xaxis: { range: [0, settings.times] },
      curves: [
        curve("Theory: mean of all urns", "total", "dash", expected,
          "theory %{y:.1f} %<extra></extra>"),
        curve(`Mean of ${MANY} urns`, "retain", "dot", many,
          `${MANY} urns %{y:.1f} %<extra></extra>`),
        curve("This urn", "forget", "solid", own, "this urn %{y:.1f} %<extra></extra>"),
      ],
    });
  }
}

const curve = (label, colour, dash, values, hover) => ({ label, colour, dash, hover,
  x: values.map((_, t) => t), y: values.map((value) => 100 * value) });

export const urn = (place, settings) => {
  const made = new Urn(place, settings);
  onThemeChange(place, () => made.draw());
};
