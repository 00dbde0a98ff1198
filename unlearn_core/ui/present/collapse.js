// The film on the slide of the collapse: plays by itself, can be held and scrubbed.

import { reducedMotion } from "../browser/page.js";
import { drawFrame } from "./slides.js";

const FILM_MS = 7000;
const LONGEST_FRAME_MS = 650;

export class CollapseFilm {
  // `stage` holds the slide; the film is one of the deck's watched ones.
  constructor(stage, film, { words, controls }, isStill) {
    Object.assign(this, { stage, film, words, controls, timer: 0, frame: 0,
      last: film.steps.length - 1 });
    this.button = stage.querySelector(".pr-play");
    this.button.addEventListener("click", () => this.turn());
    const scrub = stage.querySelector(".pr-scrub");
    scrub.addEventListener("input", () => {
      this.stop();
      this.show(Number(scrub.value));
    });
    const still = isStill || reducedMotion();
    this.show(still ? this.last : 0);
    if (still) this.label();
    else this.turn();
  }

  label() {
    const [text, title] = this.controls[this.timer ? "pause" : "play"];
    Object.assign(this.button, { textContent: text, title });
  }

  stop() {
    clearInterval(this.timer);
    this.timer = 0;
    this.label();
  }

  show(frame) {
    this.frame = frame;
    drawFrame(this.stage, this.film, frame, this.words);
  }

  turn() {
    if (this.timer) {
      this.stop();
      return;
    }
    if (this.frame >= this.last) this.show(0);
    this.timer = setInterval(() => {
      this.show(Math.min(this.frame + 1, this.last));
      if (this.frame === this.last) this.stop();
    }, Math.min(LONGEST_FRAME_MS, FILM_MS / this.film.steps.length));
    this.label();
  }
}
