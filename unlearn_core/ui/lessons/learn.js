// The lessons: which one is open, at which step, what was answered. All of it is this visitor's
// own and lives in the browser. Needs CONFIG, element, server and trigger, which the page gives.

const LEARN_KEPT = "lethe-learn";

const learnRead = () => {
  try {
    return JSON.parse(sessionStorage.getItem(LEARN_KEPT)) || {};
  } catch (error) {
    console.warn("the lessons begin anew", error);
    return {};
  }
};
const learn = { lesson: 0, steps: {}, answers: {}, runs: {}, done: {}, ...learnRead() };
const learnSave = () => sessionStorage.setItem(LEARN_KEPT, JSON.stringify(learn));
const learnRoot = element.querySelector(".lv");
learnRoot.className = "lv le";
const learnQuery = new URL(location.href).searchParams;
const learnHidden = (learnQuery.get("hide") || "").split(",");

const lessonOf = (order) => CONFIG.lessons[order - 1];
const asked = Number(learnQuery.get("lesson"));
if (lessonOf(asked)) learn.lesson = asked;
else if (!lessonOf(learn.lesson)) learn.lesson = 0;

const learnAddress = () => {
  const url = new URL(location.href);
  if (learn.lesson) url.searchParams.set("lesson", String(learn.lesson));
  else url.searchParams.delete("lesson");
  history.replaceState(null, "", url);
};

const openLesson = (order, step = learn.steps[order] || 0) => {
  learn.lesson = order;
  if (order) learn.steps[order] = step;
  learnSave();
  learnAddress();
  drawLearn();
  const title = learnRoot.querySelector("h2");
  title.focus({ preventScroll: true });
  learnRoot.scrollIntoView({ block: "start" });
};

const button = (label, act, kind = "") => {
  const made = el("button", `le-button ${kind}`.trim(), label);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
};

const drawOverview = () => {
  const list = el("ol", "le-list");
  for (const lesson of CONFIG.lessons) {
    const item = el("li");
    const card = button("", () => openLesson(lesson.order), "le-lesson");
    card.append(el("span", "le-lesson-number", String(lesson.order)),
      el("strong", "", lesson.title), el("span", "", lesson.promise),
      el("small", "", learn.done[lesson.order] ? "Done" : `About ${lesson.minutes} minutes`));
    item.append(card);
    list.append(item);
  }
  const title = el("h2", "le-title", CONFIG.overview);
  title.tabIndex = -1;
  learnRoot.replaceChildren(title, list);
};

// What a scene may use: the server, what is kept of this lesson, and what the visitor answered.
const makeApi = (lesson, key) => {
  const heard = { answer: [], run: [] };
  const data = { get runs() {
    return learn.runs[lesson.order] || (learn.runs[lesson.order] = {});
  } };
  return {
    data,
    save: learnSave,
    answered: () => learn.answers[key] !== undefined,
    onAnswer: (act) => heard.answer.push(act),
    onRun: (act) => heard.run.push(act),
    tellAnswer: () => heard.answer.forEach((act) => act()),
    ranOut: () => heard.run.forEach((act) => act()),
    act: async (name, send) => {
      try {
        return await server.act({ ...send, lesson: lesson.order, do: name });
      } catch (error) {
        console.warn("the server did not answer", error);
        return { problem: CONFIG.silent };
      }
    },
  };
};

const drawScene = (scene, api) => {
  const place = el("div", "le-scene");
  place.dataset.scene = scene.name;
  scenes[scene.name](place, scene.settings, api);
  return place;
};

const drawQuestion = (question, key, tell) => {
  const box = el("fieldset", "le-question");
  box.append(el("legend", "", question.text));
  const verdict = el("p", "le-because");
  verdict.setAttribute("role", "status");
  const buttons = question.choices.map((choice, i) => button(choice, () => {
    if (learn.answers[key] !== undefined) return;
    learn.answers[key] = i;
    learnSave();
    show();
    tell();
  }, "le-choice"));
  const show = () => {
    const chosen = learn.answers[key];
    if (chosen === undefined) return;
    buttons.forEach((one, i) => {
      one.setAttribute("aria-pressed", String(i === chosen));
      one.setAttribute("aria-disabled", "true");
      one.classList.toggle("le-right", i === question.right);
      one.dataset.mark = i === question.right ? "✓" : i === chosen ? "✗" : "";
    });
    verdict.replaceChildren(
      el("strong", "", chosen === question.right ? "Right." : "Not quite."),
      el("span", "", question.because));
  };
  const choices = el("div", "le-choices");
  choices.append(...buttons);
  box.append(choices, verdict);
  show();
  return box;
};

// Formulas come from the app's own files, never from a model.
const drawMath = (tag, className, math) => {
  const node = el(tag, className);
  node.translate = false;
  node.innerHTML = math;
  return node;
};

const drawFormula = (formula) => {
  const box = el("section", "le-formula");
  const math = drawMath("div", "le-math", formula.math);
  math.tabIndex = 0;
  math.setAttribute("role", "math");
  math.setAttribute("aria-label", formula.words);
  const symbols = el("dl", "le-symbols");
  for (const [symbol, meaning] of formula.symbols) {
    symbols.append(drawMath("dt", "", symbol), el("dd", "", meaning));
  }
  box.append(math, el("p", "", formula.words), symbols);
  return box;
};

const drawGo = (step, api) => {
  const ways = step.go.filter((go) => !learnHidden.includes(go.tab));
  const box = el("div", "le-go");
  if (!ways.length) return box;
  box.append(el("span", "le-note", "Do it in the app:"));
  for (const go of ways) {
    box.append(button(go.label, () => {
      const run = go.run ? api.data.runs[go.run] || "" : "";
      trigger("select", { go: { ...go, run } });
    }));
  }
  return box;
};

const drawProgress = (lesson, at) => {
  const list = el("ol", "le-progress");
  lesson.steps.forEach((step, i) => {
    const item = el("li");
    const dot = button(String(i + 1), () => openLesson(lesson.order, i));
    dot.setAttribute("aria-label", `Step ${i + 1}: ${step.title}`);
    if (i === at) dot.setAttribute("aria-current", "step");
    dot.disabled = i > at && lesson.steps.slice(at, i).some(
      (one, k) => one.question && learn.answers[`${lesson.order}/${at + k}`] === undefined);
    item.append(dot);
    list.append(item);
  });
  return list;
};

const drawNext = (lesson, at, open) => {
  const nav = el("nav", "le-nav");
  nav.setAttribute("aria-label", "Steps of the lesson");
  const back = button("Back", () => openLesson(lesson.order, at - 1));
  back.disabled = at === 0;
  const last = at === lesson.steps.length - 1;
  const next = button(last ? "Finish" : "Next", () => {
    if (!last) return openLesson(lesson.order, at + 1);
    learn.done[lesson.order] = true;
    learn.steps[lesson.order] = 0;
    openLesson(lessonOf(lesson.order + 1) ? lesson.order + 1 : 0);
  }, "le-main");
  next.disabled = !open;
  if (last && lessonOf(lesson.order + 1)) {
    next.textContent = `Finish, and on to lesson ${lesson.order + 1}`;
  }
  const hint = el("span", "le-note", open ? "" : "Answer the question to go on.");
  nav.append(back, next, hint);
  return nav;
};

const drawLesson = (lesson) => {
  const at = Math.min(learn.steps[lesson.order] || 0, lesson.steps.length - 1);
  const step = lesson.steps[at];
  const key = `${lesson.order}/${at}`;
  const api = makeApi(lesson, key);
  const head = el("header", "le-head");
  const title = el("h2", "le-title", lesson.title);
  title.tabIndex = -1;
  const overview = button("All lessons", () => openLesson(0), "le-quiet");
  head.append(el("p", "le-where", `Lesson ${lesson.order} of ${CONFIG.lessons.length}, step `
    + `${at + 1} of ${lesson.steps.length}`), title, overview, drawProgress(lesson, at));
  const body = el("article", "le-step");
  body.append(el("h3", "", step.title), ...step.text.map((words) => el("p", "le-text", words)));
  if (step.scene) body.append(drawScene(step.scene, api));
  const after = el("div", "le-after");
  const foot = el("div");
  const reveal = () => {
    const open = !step.question || api.answered();
    if (open && !after.childElementCount) {
      if (step.reveal) after.append(drawScene(step.reveal, api));
      if (step.formula) after.append(drawFormula(step.formula));
      if (at === lesson.steps.length - 1) after.append(el("p", "le-learnt", lesson.learnt));
      after.append(drawGo(step, api));
    }
    foot.replaceChildren(drawNext(lesson, at, open));
  };
  if (step.question) {
    body.append(drawQuestion(step.question, key, () => {
      api.tellAnswer();
      reveal();
    }));
  }
  body.append(after, foot);
  learnRoot.replaceChildren(head, body);
  reveal();
};

const drawLearn = () => (learn.lesson ? drawLesson(lessonOf(learn.lesson)) : drawOverview());
drawLearn();
