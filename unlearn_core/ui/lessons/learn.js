// The lessons: an overview, and the steps of the one that is open.

import { el } from "../browser/dom.js";
import { askedFor, setAddress } from "../browser/page.js";
import { keep } from "./kept.js";
import { button } from "./parts.js";
import { SCENES } from "./scenes.js";
import { drawFormula, drawGo, drawNext, drawProgress, drawQuestion, learnt } from "./step_parts.js";

class Lessons {
  constructor({ root, server, config, tell }) {
    Object.assign(this, { root, server, config, tell, kept: keep() });
    this.hidden = (askedFor("hide") || "").split(",");
    root.classList.add("le");
    const asked = Number(askedFor("lesson"));
    if (this.lesson(asked)) this.kept.lesson = asked;
    else if (!this.lesson(this.kept.lesson)) this.kept.lesson = 0;
    this.draw();
  }

  lesson(order) {
    return this.config.lessons[order - 1];
  }

  open(order, step = this.kept.steps[order] || 0) {
    this.kept.lesson = order;
    if (order) this.kept.steps[order] = step;
    this.kept.save();
    setAddress({ lesson: order || null });
    this.draw();
    this.root.querySelector("h2").focus({ preventScroll: true });
    this.root.scrollIntoView({ block: "start" });
  }

  draw() {
    const lesson = this.lesson(this.kept.lesson);
    if (lesson) this.drawLesson(lesson);
    else this.drawOverview();
  }

  drawOverview() {
    const card = ({ order, title, promise, minutes }) => {
      const made = button("", () => this.open(order), "le-lesson");
      made.append(el("span.le-lesson-number", {}, String(order)), el("strong", {}, title),
        el("span", {}, promise),
        el("small", {}, this.kept.done[order] ? "Done" : `About ${minutes} minutes`));
      return el("li", {}, made);
    };
    this.root.replaceChildren(el("h2.le-title", { tabIndex: -1 }, this.config.overview),
      el("ol.le-list", {}, this.config.lessons.map(card)));
  }

  // ---- one lesson
  drawLesson(lesson) {
    const at = Math.min(this.kept.steps[lesson.order] || 0, lesson.steps.length - 1);
    const step = lesson.steps[at];
    const key = this.key(lesson, at);
    const heard = { answer: [], run: [] };
    const api = this.sceneApi(lesson, key, heard);
    const scene = ({ name, settings }) => {
      const place = el("div.le-scene", { data: { scene: name } });
      SCENES[name](place, settings, api);
      return place;
    };
    const after = el("div.le-after");
    const foot = el("div");
    const reveal = () => {
      const open = !step.question || api.answered();
      if (open && !after.childElementCount) {
        after.append(...this.revealed(lesson, at, scene));
      }
      foot.replaceChildren(this.drawNext(lesson, at, open));
    };
    const question = step.question && drawQuestion(step.question, () => this.kept.answers[key],
      (choice, show) => {
        this.kept.answers[key] = choice;
        this.kept.save();
        show();
        heard.answer.forEach((act) => act());
        reveal();
      });
    this.root.replaceChildren(this.drawHead(lesson, at), el("article.le-step", {},
      el("h3", {}, step.title), step.text.map((words) => el("p.le-text", {}, words)),
      step.scene && scene(step.scene), question, after, foot));
    reveal();
  }

  key(lesson, at) {
    return `${lesson.order}/${at}`;
  }

  // What a scene may use: the server, what is kept of this lesson, and what the visitor answered.
  sceneApi(lesson, key, heard) {
    const { kept, config, server } = this;
    return {
      config,
      data: { get runs() {
        return (kept.runs[lesson.order] ??= {});
      } },
      save: () => kept.save(),
      answered: () => kept.answers[key] !== undefined,
      onAnswer: (act) => heard.answer.push(act),
      onRun: (act) => heard.run.push(act),
      ranOut: () => heard.run.forEach((act) => act()),
      act: async (name, send) => {
        try {
          return await server.act({ ...send, lesson: lesson.order, do: name });
        } catch (error) {
          console.warn("the server did not answer", error);
          return { problem: config.silent };
        }
      },
    };
  }

  revealed(lesson, at, scene) {
    const step = lesson.steps[at];
    const ways = step.go.filter((way) => !this.hidden.includes(way.tab));
    const runs = this.kept.runs[lesson.order] || {};
    return [
      step.reveal && scene(step.reveal),
      step.formula && drawFormula(step.formula),
      at === lesson.steps.length - 1 && learnt(lesson.learnt),
      drawGo(ways, (way) => this.tell({ go: { ...way, run: runs[way.run] || "" } })),
    ].filter(Boolean);
  }

  drawHead(lesson, at) {
    const { order, title, steps } = lesson;
    // A step is open where no question before it waits for its answer.
    const isOpen = (i) => i <= at || !steps.slice(at, i).some((one, k) =>
      one.question && this.kept.answers[this.key(lesson, at + k)] === undefined);
    return el("header.le-head", {},
      el("p.le-where", {}, `Lesson ${order} of ${this.config.lessons.length}, step ${
        at + 1} of ${steps.length}`),
      el("h2.le-title", { tabIndex: -1 }, title),
      button("All lessons", () => this.open(0), "le-quiet"),
      drawProgress(lesson, at, isOpen, (i) => this.open(order, i)));
  }

  drawNext(lesson, at, open) {
    const last = lesson.steps.length - 1;
    const next = this.lesson(lesson.order + 1) ? lesson.order + 1 : 0;
    return drawNext(at, last, next, open, (step) => {
      if (step <= last) {
        this.open(lesson.order, step);
        return;
      }
      this.kept.done[lesson.order] = true;
      this.kept.steps[lesson.order] = 0;
      this.open(next);
    });
  }
}

export const start = (page) => new Lessons(page);
