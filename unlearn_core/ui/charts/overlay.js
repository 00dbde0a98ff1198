// Curves of several runs, one chart for each signal, over one step axis. The page writes the chosen
// runs into a hidden field; its `select` event says which run a person wants to see.

import { el, titled, verbatim } from "../browser/dom.js";
import { escapeText, shorten } from "../browser/numbers.js";
import { chosenRuns, every, makeTurns, oncePerFrame, onThemeChange, themeName }
  from "../browser/page.js";
import { axis, drawPlot, layoutBase, lineMode, makeZoom, surface, swatch, withPlotly }
  from "../browser/plot.js";
import { drawRace, makeRace } from "../race/race.js";
import { otherPanels } from "./logged.js";
import { isMoving, lastStep } from "./rows.js";
import { stepAxis } from "./steps.js";

const TICK = 250;
const AGAIN = 2000;
const DASHES = ["solid", "dash", "dot", "longdash", "dashdot"];
const NOTHING = { runs: [], race: null };

const makeItem = (panel) => {
  const plot = el("div.lv-plot");
  return { panel, plot, card: el("section.lv-card", {}, titled(panel), plot), ready: false };
};

class Overlay {
  constructor({ element, root, server, config, tell }) {
    Object.assign(this, { element, root, server, config, ...NOTHING, wanted: "", wasShown: false });
    this.redraw = oncePerFrame(() => this.draw());
    this.zoom = makeZoom(this.redraw);
    this.turns = makeTurns(() => this.fetch());
    this.keys = el("div.lv-run-keys");
    this.items = config.panels.map(makeItem);
    this.scatter = makeRace(config, (run) => tell({ runs: [run] }));
    this.grid = el("div.lv-overlay", {}, this.items.map((item) => item.card));
    root.replaceChildren(this.keys, this.scatter.card, this.grid);
    root.hidden = true;
  }

  fullRange() {
    return [0, lastStep(this.runs.flatMap((run) => Object.values(run.scalars)))];
  }

  lookOf(place) {
    const hues = this.config.runColours[themeName()];
    return { color: hues[place % hues.length], dash: DASHES[place % DASHES.length], width: 2.5 };
  }

  addOthers() {
    const logged = this.runs.flatMap((run) => Object.keys(run.scalars));
    const panels = this.items.map((item) => item.panel);
    const items = otherPanels(panels, logged, this.config).map(makeItem);
    this.items.push(...items);
    this.grid.append(...items.map((item) => item.card));
  }

  trace(run, place, panel) {
    const [steps, values] = run.scalars[panel.name];
    return {
      type: "scatter",
      mode: lineMode(steps),
      name: escapeText(shorten(run.name, 34)),
      x: steps,
      y: values.map((value) => (value === null ? null : value * (panel.percent ? 100 : 1))),
      line: this.lookOf(place),
      hovertemplate: panel.percent ? "%{y:.1f} %" : "%{y:.3~g}",
    };
  }

  drawItem(item) {
    const { panel } = item;
    const traces = this.runs.flatMap((run, place) =>
      (run.scalars[panel.name] ? [this.trace(run, place, panel)] : []));
    item.card.hidden = !traces.length;
    if (!traces.length) return;
    const look = surface();
    const layout = layoutBase(look, {
      uirevision: "kept",
      xaxis: stepAxis(look, this),
      yaxis: axis(look, "", { uirevision: this.zoom.turn, nticks: 6,
        ...(panel.percent ? { range: [-3, 103] } : { rangemode: "tozero" }) }),
    });
    drawPlot(item, traces, layout, panel.name.replace("/", "-"), this.zoom.follow);
  }

  draw() {
    this.root.hidden = !this.runs.length;
    if (!this.runs.length || !window.Plotly || this.element.offsetParent === null) return;
    this.keys.replaceChildren(...this.runs.map((run, place) => {
      const { color, dash } = this.lookOf(place);
      return el("span.lv-run-key", {}, swatch(dash, color), verbatim("span", run.name));
    }));
    drawRace(this.scatter, this.race);
    this.addOthers();
    this.items.forEach((item) => this.drawItem(item));
  }

  async fetch() {
    const wanted = chosenRuns();
    try {
      const found = wanted ? await this.server.curves({ runs: wanted.split(" ") }) : NOTHING;
      if (wanted !== chosenRuns()) return undefined;
      if (wanted !== this.wanted) this.zoom.reset();
      Object.assign(this, { wanted, runs: found.runs, race: found.race });
      this.redraw();
      return found.runs.some((run) => isMoving(run.state)) ? AGAIN : Infinity;
    } catch (error) {
      console.warn("the curves could not be read; trying again", error);
      return AGAIN;
    }
  }

  watch() {
    const shown = this.element.offsetParent !== null;
    if (shown && !this.wasShown) this.redraw();
    this.wasShown = shown;
    if (chosenRuns() !== this.wanted) this.turns.due = 0;
    if (!document.hidden) this.turns.take();
  }
}

export const start = (page) => {
  const overlay = new Overlay(page);
  every(TICK, page.element, () => overlay.watch());
  onThemeChange(page.element, overlay.redraw);
  return withPlotly(overlay.redraw);
};
