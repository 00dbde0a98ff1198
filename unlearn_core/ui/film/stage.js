// One run of a film: its numbers, sampled answers and probes at one measured step. `asked` is
// called with the question that is chosen; a film is what `unlearn_core.runs.frames.film` gives.

import { el, setText, titled, verbatim, verbatimOptions } from "../browser/dom.js";
import { makeCurve } from "./curves.js";
import { answerBar, answerRows, drawBars, drawProbe, numberTile, probeGroups, shownNumber }
  from "./parts.js";

export class Stage {
  constructor(config, asked) {
    const { words } = config;
    Object.assign(this, { config, words, film: null, place: 0, bars: [], tiles: [], groups: [],
      curves: [] });
    this.head = el("header.film-run-head");
    this.curveBox = el("div.film-curves");
    this.tileBox = el("div.film-tiles");
    this.choice = el("select.film-select.film-question", { "aria-label": words.question,
      translate: false, onchange: () => asked(this.choice.value) });
    this.truth = el("p.film-truth");
    this.barBox = el("ul.film-bars");
    this.probeBox = el("section.film-card.film-asked-again");
    this.root = el("section.film-run", {}, this.head,
      el("div.film-strip", {}, this.curveBox, this.tileBox),
      el("section.film-card.film-answers", {},
        titled({ label: words.answers, help: words.answersHelp }), this.choice, this.truth,
        this.barBox),
      this.probeBox);
  }

  load(film) {
    const { config, words } = this;
    const kind = film.kind === "teach" ? "teach" : "unlearn";
    Object.assign(this, { film, place: 0, mark: kind === "teach" ? words.true : words.leak });
    this.at = el("span.film-at");
    this.head.replaceChildren(verbatim("h3.film-name", film.name),
      el("span.film-soft", {}, film.method),
      ...(film.recorded ? [el("span.film-badge", {}, words.recorded)] : []), this.at);
    this.tiles = config.tiles[kind].filter((tile) => film.curves[tile.name])
      .map((tile) => numberTile(tile, film, words));
    this.tileBox.replaceChildren(...this.tiles.map((one) => one.card));
    this.curves = config.curves.map((curve) => makeCurve(curve, film, words)).filter(Boolean);
    this.curveBox.replaceChildren(...this.curves.map((curve) => curve.root));
    this.groups = probeGroups(film, config, this.mark);
    this.probeBox.replaceChildren(titled({ label: words.probes, help: words.probesHelp }),
      ...this.groups.map((group) => group.part));
    const known = film.questions.map((one) => one.id);
    this.choice.replaceChildren(
      ...verbatimOptions(film.questions.map((one) => [one.id, one.prompt])));
    this.choice.hidden = !known.length;
    this.ask(known.includes(this.question) ? this.question : known[0]);
  }

  ask(id) {
    const { film, words } = this;
    const found = film.questions.find((one) => one.id === id);
    this.question = this.choice.value = found ? id : "";
    this.truth.replaceChildren(
      el("span.film-soft", {}, found ? words.trueAnswer : words.noQuestions),
      ...(found ? [verbatim("span.film-true", found.true)] : []));
    this.bars = (found ? answerRows(film, id) : []).map((row) => answerBar(row, words, this.mark));
    this.barBox.replaceChildren(...this.bars.map((bar) => bar.item));
    this.show(this.place);
  }

  show(place) {
    this.place = place;
    const { film, words } = this;
    const frame = film.frames[place];
    if (!frame) return;
    setText(this.at, `${words.step} ${frame.step} ${words.of} ${film.last}`);
    for (const { tile, now } of this.tiles) {
      setText(now, shownNumber(frame.scalars[tile.name], tile.percent));
    }
    for (const curve of this.curves) curve.mark(frame);
    drawBars(this.bars, frame.answers[this.question] || [], words);
    for (const line of this.groups.flatMap((group) => group.lines)) {
      drawProbe(line, frame.probes[line.probe.key], film.kind === "teach", words);
    }
  }
}
