// The stage: keys, buttons, touch, notes, the address, and a second window that follows. Needs
// CONFIG, element and server, which the page gives.

const FILM_MS = 7000;
const LONGEST_FRAME_MS = 650;
const SWIPE_PIXELS = 50;
const SMALLEST_TYPE = 0.5;

const show = { open: false, deck: null, place: 0, question: 0, film: 0, kept: 0, frame: 0,
  notes: false, speaker: false, timer: 0, turn: 0, channel: null, focus: null, toWindow: false };

// ---- the parts
const C = CONFIG.controls;
const control = (name, act) => {
  const button = tag("button", `pr-button pr-do-${name}`, C[name][0]);
  button.type = "button";
  button.title = C[name][1];
  button.addEventListener("click", (event) => {
    act();
    if (event.detail && show.open) stage.focus(); // by pointer: the keys stay with the slides
  });
  return button;
};
const box = tag("div", "pr");
box.setAttribute("role", "dialog");
box.setAttribute("aria-modal", "true");
box.setAttribute("aria-label", W.dialog);
const stage = tag("main", "pr-stage");
stage.tabIndex = -1;
stage.setAttribute("aria-live", "polite");
const notes = tag("aside", "pr-notes");
notes.setAttribute("aria-label", C.notes[0]);
const counter = tag("span", "pr-counter");
const bar = tag("div", "pr-bar");
const backButton = control("back", () => go(show.place - 1));
const nextButton = control("next", () => go(show.place + 1));
const otherButton = control("other", () => other(1));
const notesButton = control("notes", () => setNotes(!show.notes));
const fullButton = control("full", () => toggleFull());
bar.append(backButton, counter, nextButton, tag("span", "pr-gap"), otherButton, notesButton,
  control("speaker", () => openSpeaker()), fullButton, control("leave", () => leave()));
box.append(stage, notes, bar);

// ---- what is shown
const slide = () => show.deck.slides[show.place];
const LISTS = { before: ["question", "questions"], after: ["question", "questions"],
  collapse: ["film", "watched"], kept: ["kept", "kept"] };
const choices = () => {
  const list = LISTS[slide().kind];
  return list ? show.deck[list[1]].length : 0;
};

const fit = () => {
  let scale = 1;
  stage.style.setProperty("--pr-fit", scale);
  while (stage.scrollHeight > stage.clientHeight + 1 && scale > SMALLEST_TYPE) {
    scale -= 0.05;
    stage.style.setProperty("--pr-fit", scale);
  }
};

const draw = () => {
  clearInterval(show.timer);
  show.timer = 0;
  const now = slide();
  const list = LISTS[now.kind];
  box.dataset.kind = now.kind;
  const body = tag("div", `pr-slide pr-is-${now.kind}`);
  body.append(tag("h2", "", now.head), ...SLIDES[now.kind](now, show.deck, list ? show[list[0]] : 0));
  stage.replaceChildren(body);
  stage.scrollTop = 0;
  counter.textContent = `${show.place + 1} / ${show.deck.slides.length}`;
  counter.setAttribute("aria-label",
    `${W.counter} ${show.place + 1} / ${show.deck.slides.length}`);
  backButton.disabled = show.place === 0;
  nextButton.disabled = show.place === show.deck.slides.length - 1;
  otherButton.disabled = choices() < 2;
  drawNotes();
  if (now.kind === "collapse") startFilm();
  fit();
  const url = new URL(location.href);
  url.searchParams.set("present", show.deck.run);
  url.searchParams.set("slide", show.place + 1);
  history.replaceState(null, "", url);
};

const drawNotes = () => {
  notes.hidden = !show.notes;
  notesButton.setAttribute("aria-pressed", String(show.notes));
  box.classList.toggle("pr-noted", show.notes);
  const lines = slide().notes.map((line) => tag("p", "", line));
  const list = LISTS[slide().kind];
  const asked = list && list[0] !== "kept" ? show.deck[list[1]][show[list[0]]] : null;
  if (asked && asked.true) {
    const truth = tag("p");
    truth.append(tag("span", "pr-small", W.true), told("span", "", asked.true));
    lines.push(truth);
  }
  const following = show.deck.slides[show.place + 1];
  const next = tag("p", "pr-small");
  next.append(...(following ? [tag("b", "", W.nextUp), tag("span", "", following.head)]
    : [tag("span", "", W.lastSlide)]));
  notes.replaceChildren(...lines, next);
};

// ---- the film of the collapse
const film = () => show.deck.watched[show.film];
const playButton = () => stage.querySelector(".pr-play");
const labelPlay = () => {
  const name = show.timer ? "pause" : "play";
  playButton().textContent = C[name][0];
  playButton().title = C[name][1];
};
const stopFilm = () => {
  clearInterval(show.timer);
  show.timer = 0;
  if (playButton()) labelPlay();
};
const toFrame = (frame) => {
  show.frame = frame;
  drawFrame(stage, film(), frame);
};
const playFilm = () => {
  if (show.timer) return stopFilm();
  const last = film().steps.length - 1;
  if (show.frame >= last) toFrame(0);
  show.timer = setInterval(() => {
    if (!show.open || slide().kind !== "collapse") return clearInterval(show.timer);
    toFrame(Math.min(show.frame + 1, last));
    if (show.frame === last) stopFilm();
  }, Math.min(LONGEST_FRAME_MS, FILM_MS / film().steps.length));
  labelPlay();
};
const startFilm = () => {
  playButton().addEventListener("click", playFilm);
  const scrub = stage.querySelector(".pr-scrub");
  scrub.addEventListener("input", () => {
    stopFilm();
    toFrame(Number(scrub.value));
  });
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches || show.speaker;
  toFrame(still ? film().steps.length - 1 : 0);
  if (still) labelPlay();
  else playFilm();
};

// ---- going through
const tell = () => show.channel?.postMessage({ place: show.place, question: show.question,
  film: show.film, kept: show.kept });
const go = (place) => {
  const wanted = Math.max(0, Math.min(place, show.deck.slides.length - 1));
  if (wanted === show.place) return;
  show.place = wanted;
  draw();
  tell();
};
const other = (by) => {
  const size = choices();
  if (size < 2) return;
  const name = LISTS[slide().kind][0];
  show[name] = (show[name] + by + size) % size;
  follow(name);
  draw();
  tell();
};
// The collapse shows the chosen question, where it was watched, and the other way round.
const follow = (name) => {
  const [from, to] = name === "question" ? ["questions", "watched"] : ["watched", "questions"];
  if (name === "kept") return;
  const wanted = show.deck[from][show[name]].id;
  const found = show.deck[to].findIndex((one) => one.id === wanted);
  if (found >= 0) show[name === "question" ? "film" : "question"] = found;
};
const setNotes = (on) => {
  show.notes = on;
  drawNotes();
  fit();
};
const openSpeaker = () => {
  const url = new URL(location.href);
  url.searchParams.set("notes", "1");
  window.open(url, "lethe-notes", "width=900,height=700");
};
const toggleFull = () => {
  if (document.fullscreenElement) {
    show.toWindow = true;
    document.exitFullscreen();
  } else box.requestFullscreen?.().catch(() => {}); // not allowed here: it fills the window
};

const KEYS = {
  ArrowRight: () => go(show.place + 1), PageDown: () => go(show.place + 1),
  " ": () => go(show.place + 1), ArrowLeft: () => go(show.place - 1),
  PageUp: () => go(show.place - 1), Backspace: () => go(show.place - 1),
  Home: () => go(0), End: () => go(show.deck.slides.length - 1),
  ArrowDown: () => other(1), ArrowUp: () => other(-1),
  n: () => setNotes(!show.notes), s: () => openSpeaker(), f: () => toggleFull(),
  p: () => slide().kind === "collapse" && playFilm(),
};
const onKey = (event) => {
  if (!show.open || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    event.preventDefault();
    return leave();
  }
  if (!show.deck) return;
  const inside = event.target.closest?.("button, input");
  if (inside && (event.key === " " || event.target.matches("input"))) return;
  const key = event.key === " " && event.shiftKey ? "PageUp" : event.key;
  const act = KEYS[key] || KEYS[key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
};

let touch = null;
stage.addEventListener("pointerdown", (event) => {
  touch = event.pointerType === "mouse" || event.target.matches("input") ? null
    : [event.clientX, event.clientY];
});
stage.addEventListener("pointerup", (event) => {
  if (!touch || !show.deck) return;
  const [x, y] = [event.clientX - touch[0], event.clientY - touch[1]];
  touch = null;
  if (Math.abs(x) > SWIPE_PIXELS && Math.abs(x) > 2 * Math.abs(y)) go(show.place + (x < 0 ? 1 : -1));
});

// ---- opening and leaving
const aside = (hide) => {
  for (const node of document.body.children) {
    if (node !== box && !["SCRIPT", "STYLE"].includes(node.tagName)) node.inert = hide;
  }
};
const say = (text, isProblem) => {
  const line = tag("p", isProblem ? "pr-lead pr-problem" : "pr-lead", text);
  if (isProblem) line.setAttribute("role", "alert");
  stage.replaceChildren(line);
};

const open = async (run, options = {}) => {
  if (!run) return;
  const turn = show.turn += 1;
  Object.assign(show, { open: true, deck: null, place: 0, question: 0, film: 0, kept: 0,
    speaker: Boolean(options.speaker), notes: Boolean(options.speaker),
    focus: show.open ? show.focus : document.activeElement });
  document.body.append(box);
  aside(true);
  box.classList.toggle("pr-speaker", show.speaker);
  box.classList.add("pr-empty");
  document.documentElement.classList.add("pr-on");
  say(W.opening, false);
  stage.focus();
  if (options.full) box.requestFullscreen?.().catch(() => {});
  let deck;
  try {
    deck = await server.present({ run });
  } catch {
    deck = { problem: W.lostServer };
  }
  if (turn !== show.turn || !show.open) return;
  if (deck.problem) return say(deck.problem, true);
  show.deck = deck;
  box.classList.remove("pr-empty");
  show.place = Math.max(0, Math.min((options.slide || 1) - 1, deck.slides.length - 1));
  show.channel?.close();
  show.channel = new BroadcastChannel(`lethe-present-${run}`);
  show.channel.onmessage = ({ data }) => {
    if (data.hello) return tell(); // a new window asks where the others stand
    Object.assign(show, data);
    draw();
  };
  show.channel.postMessage({ hello: true });
  draw();
};

const leave = () => {
  if (!show.open) return;
  if (show.speaker) return window.close();
  show.open = false;
  show.turn += 1;
  clearInterval(show.timer);
  show.channel?.close();
  show.channel = null;
  if (document.fullscreenElement) document.exitFullscreen();
  aside(false);
  box.remove();
  document.documentElement.classList.remove("pr-on");
  const url = new URL(location.href);
  ["present", "slide", "notes"].forEach((name) => url.searchParams.delete(name));
  history.replaceState(null, "", url);
  show.focus?.focus?.();
};

document.addEventListener("keydown", onKey, true);
document.addEventListener("fullscreenchange", () => {
  // The browser takes Escape for itself in full screen: leaving it leaves the presentation.
  if (!document.fullscreenElement && show.open && !show.toWindow) leave();
  show.toWindow = false;
});
window.addEventListener("resize", () => show.open && show.deck && fit());
window.lethePresent = (run) => open(run, { full: true });

const query = new URLSearchParams(location.search);
if (query.get("present")) {
  open(query.get("present"), { slide: Number(query.get("slide")) || 1,
    speaker: query.get("notes") === "1" });
}
