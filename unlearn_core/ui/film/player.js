// The time of a film: play, pause, speed, and a scrubber over the measured steps of one run or two.
// `show` is called with the place of the frame of each film. All frames are here, so nothing is
// fetched.

import { button, el, optionsOf, setText } from "../browser/dom.js";
import { nearest, percent } from "../browser/numbers.js";

const FRAME_MILLISECONDS = 300;
const LONGEST_PAUSE = 250;
const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];
const CLOSE = 1e-9;

// Where a frame stands on the common axis: at its step, or at its share of the run.
export const position = (film, frame, align) =>
  (align === "share" ? frame.step / Math.max(1, film.last) : frame.step);

export class Player {
  constructor({ words }, show) {
    Object.assign(this, { words, show, films: [], align: "step", stops: [0], place: 0,
      playing: false, cursor: 0, before: 0, asked: 0 });
    const press = (kind, label, text, act) =>
      button(`film-button.${kind}`, text, act, { "aria-label": label, title: label });
    this.toggle = press("film-toggle", words.play, words.play, () => this.turn());
    this.slider = el("input.film-slider", { type: "range", min: "0", step: "1", title: words.keys,
      "aria-label": words.scrub, oninput: () => {
        this.pause();
        this.go(Number(this.slider.value));
      } });
    this.where = el("span.film-where");
    this.speed = el("select.film-select", { "aria-label": words.speed, title: words.speedHelp },
      optionsOf(SPEEDS.map((value) => [value, `${value}×`])));
    this.speed.value = "1";
    this.news = el("p.film-hidden", { role: "status" });
    this.root = el("div.film-player", {},
      press("film-step", words.previous, "◂", () => this.move(-1)), this.toggle,
      press("film-step", words.next, "▸", () => this.move(1)),
      this.slider, this.where, this.speed, this.news);
  }

  framesAt(at) {
    return this.films.map((film) =>
      nearest(film.frames.map((frame) => position(film, frame, this.align)), at + CLOSE));
  }

  told() {
    const at = this.stops[this.place];
    if (this.align === "share") return percent(at);
    const last = Math.max(...this.films.map((film) => film.last));
    return `${this.words.step} ${at} ${this.words.of} ${last}`;
  }

  draw() {
    this.asked = 0;
    this.slider.value = String(this.place);
    this.slider.setAttribute("aria-valuetext", this.told());
    setText(this.where, this.told());
    this.show(this.framesAt(this.stops[this.place]));
  }

  go(place) {
    this.place = Math.min(this.stops.length - 1, Math.max(0, place));
    this.cursor = this.stops[this.place];
    this.asked ||= requestAnimationFrame(() => this.draw());
  }

  // Two runs of the same length take as long as one.
  pace() {
    const frames = Math.max(...this.films.map((film) => film.frames.length - 1), 1);
    const end = this.stops[this.stops.length - 1] - this.stops[0];
    return (end / (frames * FRAME_MILLISECONDS)) * Number(this.speed.value);
  }

  tick(now) {
    if (!this.playing) return;
    if (!this.root.isConnected) {
      this.label(false, "");
      return;
    }
    this.cursor += this.pace() * Math.min(LONGEST_PAUSE, now - this.before);
    this.before = now;
    const place = nearest(this.stops, this.cursor + CLOSE);
    if (place !== this.place) {
      this.place = place;
      this.draw();
    }
    if (place === this.stops.length - 1) this.label(false, this.words.ended);
    else requestAnimationFrame((next) => this.tick(next));
  }

  label(playing, news) {
    this.playing = playing;
    const name = playing ? this.words.pause : this.words.play;
    setText(this.toggle, name);
    this.toggle.setAttribute("aria-label", name);
    setText(this.news, news);
  }

  play() {
    if (this.playing || this.stops.length < 2) return;
    if (this.place === this.stops.length - 1) this.go(0);
    this.cursor = this.stops[this.place];
    this.before = performance.now();
    this.label(true, this.words.playing);
    requestAnimationFrame((now) => this.tick(now));
  }

  pause() {
    if (this.playing) this.label(false, `${this.words.paused} ${this.told()}.`);
  }

  turn() {
    if (this.playing) this.pause();
    else this.play();
  }

  move(steps) {
    this.pause();
    this.go(this.place + steps);
  }

  // To a step of the first run.
  seek(step) {
    const at = this.films.length ? position(this.films[0], { step }, this.align) : 0;
    this.pause();
    this.go(nearest(this.stops, at + CLOSE));
  }

  load(films, align) {
    const share = this.stops.length > 1 ? this.place / (this.stops.length - 1) : 0;
    this.pause();
    const all = films.flatMap((film) => film.frames.map((frame) => position(film, frame, align)));
    const stops = [...new Set(all)].sort((a, b) => a - b);
    Object.assign(this, { films, align, stops: stops.length ? stops : [0] });
    this.slider.max = String(this.stops.length - 1);
    this.go(Math.round(share * (this.stops.length - 1)));
  }

  keyboard(event) {
    const { key, target } = event;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (target.matches("select, [type=text]")) return;
    const turned = getComputedStyle(this.root).direction === "rtl" ? -1 : 1;
    const acts = {
      ArrowLeft: () => this.move(-turned),
      ArrowRight: () => this.move(turned),
      Home: () => this.move(-this.stops.length),
      End: () => this.move(this.stops.length),
      " ": () => this.turn(),
    };
    // A focused button is pressed by the space key as everywhere.
    if (!acts[key] || (key === " " && target.matches("button, [tabindex][role=note]"))) return;
    event.preventDefault();
    acts[key]();
  }
}
