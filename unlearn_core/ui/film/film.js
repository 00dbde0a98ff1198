// The film's dialog: opened by the event `lethe-film` on the document (detail: runs, step, align,
// play) or by a link with `step`. Needs CONFIG, element and server, which the page gives.

const { words } = CONFIG;
const root = element.querySelector(".lv");
const dialog = el("dialog", "film");
dialog.setAttribute("aria-labelledby", "film-title");
const title = el("h2", "film-title", words.title);
title.id = "film-title";
const state = { runs: [], align: "step", request: 0 };

// ---- its parts
const chooser = (label, help, act) => {
  const holder = el("label", "film-choice");
  const select = el("select", "film-select");
  select.title = help;
  select.addEventListener("change", () => act(select.value));
  holder.append(el("span", "film-soft", label), select);
  return { holder, select };
};
const press = (className, text, help, act) => {
  const button = el("button", `film-button ${className}`, text);
  button.type = "button";
  button.title = help;
  button.addEventListener("click", act);
  return button;
};

const first = chooser(words.run, words.runHelp, (id) => reopen([id, ...state.runs.slice(1)]));
const second = chooser(words.beside, words.besideHelp, (id) =>
  reopen([state.runs[0], id].filter(Boolean)));
const align = chooser(words.align, words.alignHelp, (value) => {
  state.align = value;
  player.load(player.films, value);
});
for (const [value, label] of [["step", words.byStep], ["share", words.byShare]]) {
  const option = el("option", "", label);
  option.value = value;
  align.select.append(option);
}
const copy = press("film-copy", words.copy, words.copyHelp, () => copyLink());
const link = el("input", "film-link");
Object.assign(link, { type: "text", readOnly: true, hidden: true });
link.setAttribute("aria-label", words.copyByHand);
link.title = words.copyByHand;
const close = press("film-close", words.close, words.closeHelp, () => dialog.close());
const message = el("p", "film-message");
message.setAttribute("role", "alert");
const note = el("p", "film-note");
const askAll = (id) => stages.forEach((stage) => stage.film && stage.ask(id));
const stages = [makeStage(CONFIG, askAll), makeStage(CONFIG, askAll)];
const screen = el("div", "film-screen");
screen.tabIndex = 0;
screen.setAttribute("role", "region");
screen.setAttribute("aria-label", words.stage);
const player = makePlayer(CONFIG, (places) =>
  places.forEach((place, i) => stages[i].show(place)));
const head = el("header", "film-head");
const tools = el("div", "film-tools");
const foot = el("div", "film-foot");
tools.append(first.holder, second.holder, align.holder);
head.append(title, tools, copy, close, link);
screen.append(message, ...stages.map((stage) => stage.root), note);
foot.append(player.root);
dialog.append(head, screen, foot);
root.replaceChildren(dialog);

// ---- loading
const option = (value, text) => {
  const node = el("option", "", text);
  node.value = value;
  return node;
};

const listRuns = async () => {
  const films = await server.films({});
  const choices = films.map((film) => {
    const node = option(film.id, film.recorded ? `${words.recorded} · ${film.name}` : film.name);
    node.setAttribute("translate", "no");
    return node;
  });
  const there = films.some((film) => film.id === state.runs[0]);
  first.select.replaceChildren(...(there ? [] : [option("", words.choose)]),
    ...choices.map((node) => node.cloneNode(true)));
  second.select.replaceChildren(option("", words.nothing), ...choices);
  first.select.value = there ? state.runs[0] : "";
  second.select.value = state.runs[1] || "";
};

const say = (text) => {
  setText(message, text);
  message.hidden = !text;
};

const fill = (films) => {
  const shown = films.filter((film) => film.frames && film.frames.length);
  const problems = films.filter((film) => !shown.includes(film))
    .map((film) => film.gone || `${film.name}: ${words.noFrames}`);
  say(problems.join(" "));
  stages.forEach((stage, i) => {
    stage.root.hidden = !shown[i];
    stage.film = null;
    if (shown[i]) stage.load(shown[i]);
  });
  screen.classList.toggle("film-two", shown.length > 1);
  const recorded = shown.filter((film) => film.recorded);
  note.replaceChildren(...recorded.map((film) => el("span", "", words.recordedShort
    .replace(/\{(\w+)\}/g, (_, name) => ({ ...film.recorded, seed: film.seed })[name]))));
  note.hidden = !recorded.length;
  align.holder.hidden = shown.length < 2;
  foot.hidden = copy.hidden = !shown.length;
  player.load(shown, state.align);
};

const load = async () => {
  const mine = ++state.request;
  say(words.loading);
  try {
    const films = await Promise.all(state.runs.map((run) => server.frames({ run })));
    await listRuns();
    if (mine === state.request) fill(films);
  } catch (error) {
    if (mine === state.request) say(words.lost);
  }
  return mine === state.request;
};

const reopen = async (runs) => {
  state.runs = [...new Set(runs)];
  await load();
};

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

const open = async ({ runs, step = null, align: aligned = "step", play = false }) => {
  state.runs = [...new Set(runs.filter(Boolean))].slice(0, 2);
  state.align = align.select.value = aligned === "share" ? "share" : "step";
  link.hidden = true;
  player.pause();
  if (!dialog.open) dialog.showModal();
  player.slider.focus();
  if (!(await load()) || !dialog.open) return;
  player.seek(step === null ? 0 : step);
  player.slider.focus();
  if (play && !still()) player.play();
};

// ---- a link to a moment
const address = () => {
  const url = new URL(location.href);
  const place = stages[0].film ? stages[0].film.frames[stages[0].place].step : 0;
  const [one, other] = player.films.map((film) => film.run);
  url.searchParams.set("run", one);
  url.searchParams.set("step", place);
  url.searchParams.delete("with");
  url.searchParams.delete("align");
  if (other) {
    url.searchParams.set("with", other);
    url.searchParams.set("align", state.align);
  }
  return String(url);
};

const copyLink = async () => {
  player.pause();
  const text = address();
  try {
    await navigator.clipboard.writeText(text);
    copy.textContent = words.copied;
    setTimeout(() => { copy.textContent = words.copy; }, 2500);
  } catch (error) {
    link.hidden = false;
    link.value = text;
    link.focus();
    link.select();
  }
};

// The film is over: a reload shows the page again.
const forgetMoment = () => {
  const url = new URL(location.href);
  for (const name of ["step", "with", "align"]) url.searchParams.delete(name);
  history.replaceState(null, "", url);
};

dialog.addEventListener("keydown", player.keyboard);
dialog.addEventListener("close", () => {
  player.pause();
  forgetMoment();
});
const opened = (event) => {
  if (!element.isConnected) document.removeEventListener("lethe-film", opened);
  else open(event.detail);
};
document.addEventListener("lethe-film", opened);

const query = new URLSearchParams(location.search);
if (query.has("step") && query.get("run")) {
  open({ runs: [query.get("run"), query.get("with")], step: Number(query.get("step")) || 0,
    align: query.get("align") });
}
