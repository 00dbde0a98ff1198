// One card for each question, its columns side by side, and the view that is chosen for it.

const VIEWS = CONFIG.views.map(([name]) => name);
const CHAT_VIEWS = ["text", "words"];
const FETCHED = ["tokens", "next", "rank"];

const makeCard = (state, place) => {
  const question = state.questions[place];
  const card = {
    state, place, question, view: remembered("compare-view", "text", VIEWS), shade: "difference",
    asTable: false, at: null, strips: [], text: null, form: null, tokens: null, next: null, rank: null,
    problem: "", loading: false, position: 0, turn: 0,
  };
  card.root = el("section", "cmp-card");
  const head = el("header", "cmp-question");
  const title = said("h4", "", question.prompt);
  const tags = el("span", "cmp-tags");
  const group = el("span", "cmp-group", question.group);
  group.title = question.help;
  card.changed = el("span", "cmp-small");
  card.changed.title = W.changedHelp;
  tags.append(group, card.changed);
  head.append(title, tags);
  card.root.append(head);
  if (question.truth) {
    const truth = el("p", "cmp-truth");
    truth.append(el("span", "cmp-small", W.truth), " ", said("span", "", question.truth));
    card.root.append(truth);
  }
  // A turn of a chat depends on those before it, so it has no views that ask anew.
  const views = CONFIG.views.filter(([name]) => !state.chat || CHAT_VIEWS.includes(name));
  if (!views.some(([name]) => name === card.view)) card.view = "text";
  card.pills = pills(W.choose, views, card.view, (view) => {
    remember("compare-view", view);
    setView(card, view);
  });
  card.tools = el("div", "cmp-extra");
  card.pair = el("div", "cmp-pair");
  card.bodies = state.columns.map((column, i) => {
    const side = el("div", "cmp-side");
    side.dataset.column = String(i);
    const body = el("div", "cmp-body");
    side.append(whoLine(state, i), body);
    card.pair.append(side);
    return body;
  });
  card.numbers = el("div", "cmp-extra");
  card.foot = el("div", "cmp-foot");
  card.root.append(card.pills, card.tools, card.pair, card.numbers, card.foot);
  setView(card, card.view);
  return card;
};

const whoLine = (state, column) => {
  const line = el("span", "cmp-who");
  line.append(el("span", "cmp-letter", LETTERS[column]));
  const name = said("span", "cmp-name", state.columns[column].name);
  name.dataset.name = String(column);
  line.append(name);
  return line;
};

const setView = (card, view) => {
  Object.assign(card, { view, problem: "" });
  setPill(card.pills, view);
  drawTools(card);
  drawCard(card);
  fetchFor(card);
};

const cellOf = (card, column) => card.state.cells[card.place][column];
const isFinished = (card) => card.state.cells[card.place].every((cell) => cell.finished);

const drawCard = (card) => {
  card.bodies.forEach((_, column) => drawCell(card, column));
  const tables = card.view === "tokens" && card.asTable && card.tokens ? tokenTables(card) : [];
  card.numbers.replaceChildren(...tables);
};

const drawCell = (card, column) => {
  card.bodies[column].replaceChildren(...bodyOf(card, column));
  const { changed } = card.state.cells[card.place][column];
  if (changed !== null && card.state.columns.length > 1) {
    card.changed.textContent = fill(W.changed, { percent: Math.round(changed * 100) });
  }
};

// News of a question that is looked at in a way of its own change nothing that is looked at.
const newsOf = (card, column) => {
  const fetched = FETCHED.includes(card.view) && card[card.view];
  if (!fetched || cellOf(card, column).problem) drawCell(card, column);
};

const bodyOf = (card, column) => {
  const cell = cellOf(card, column);
  if (cell.problem) return [said("p", "cmp-problem", cell.problem)];
  if (card.view === "text") return answerBody(card.question, cell);
  if (card.view === "words") return wordsBody(card.question, cell, column);
  if (card.view === "samples") return samplesBody(card.question, cell);
  if (!card[card.view]) return [el("p", "cmp-small", card.problem ? "" : W.loading)];
  return { tokens: tokensBody, next: nextBody, rank: rankBody }[card.view](card, column);
};

// ---- the controls of a view
const drawTools = (card) => {
  const parts = [];
  if (card.view === "tokens" || card.view === "next") parts.push(textForm(card));
  if (card.view === "tokens") parts.push(tokenTools(card), legend(card));
  if (card.view === "next" && card.tokens) parts.push(placeTool(card));
  if (card.view === "rank") parts.push(el("span", "cmp-small", W.rankHelp));
  if (card.problem) {
    const problem = said("p", "cmp-problem", card.problem);
    problem.setAttribute("role", "alert");
    parts.push(problem);
  }
  keepingFocus(card.tools, () => card.tools.replaceChildren(...parts));
};

// Controls that are drawn anew keep the focus of those they stand for.
const keepingFocus = (box, draw) => {
  const active = document.activeElement;
  const key = box.contains(active) ? active.dataset.key : "";
  draw();
  const again = key && box.querySelector(`[data-key="${key}"]`);
  if (again) again.focus();
};

// Made once: what is being typed outlives every drawing of the controls around it.
const textForm = (card) => {
  if (!card.form) card.form = makeTextForm(card);
  if (!card.form.typed) card.form.field.value = textToScore(card);
  return card.form.root;
};

const makeTextForm = (card) => {
  const root = el("form", "cmp-form");
  const field = el("input", "cmp-field");
  const form = { root, field, typed: false };
  field.type = "text";
  field.dataset.key = "text";
  field.dir = "auto";
  field.title = W.scoredHelp;
  field.addEventListener("input", () => { form.typed = true; });
  const send = button(W.show, W.scoredHelp, () => {});
  send.type = "submit";
  send.dataset.key = "show";
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    // A reply that is still on its way belongs to the text before.
    card.turn += 1;
    form.typed = false;
    Object.assign(card, { text: field.value, tokens: null, next: null, at: null, position: 0,
      problem: "" });
    drawCard(card);
    fetchFor(card);
  });
  root.append(labelled(W.scored, field), send);
  return form;
};

const textToScore = (card) => {
  if (card.text !== null) return card.text;
  return card.question.truth || cellOf(card, 0).text;
};

const tokenTools = (card) => {
  const box = el("div", "cmp-form");
  const again = () => {
    drawTools(card);
    drawCard(card);
  };
  box.append(pills(W.shade, [["difference", W.difference], ["probability", W.probability]],
    card.shade, (shade) => {
      card.shade = shade;
      again();
    }));
  const tick = el("input");
  tick.type = "checkbox";
  tick.dataset.key = "table";
  tick.checked = card.asTable;
  tick.addEventListener("change", () => {
    card.asTable = tick.checked;
    drawCard(card);
  });
  box.append(labelled(W.asTable, tick));
  return box;
};

const placeTool = (card) => {
  const tokens = pieces(card);
  const box = el("div", "cmp-form");
  const slider = el("input", "cmp-slider");
  slider.type = "range";
  slider.dataset.key = "place";
  slider.min = "0";
  slider.max = String(tokens.length);
  slider.value = String(card.position);
  slider.title = W.placeHelp;
  const shown = said("span", "cmp-prefix", "");
  const tell = () => {
    const text = tokens.slice(0, card.position).map((token) => token.text).join("");
    shown.textContent = card.position ? `${text}▏` : "";
    slider.setAttribute("aria-valuetext", text || W.start);
    box.lastChild.hidden = card.position > 0;
  };
  slider.addEventListener("input", () => {
    card.position = Number(slider.value);
    tell();
    clearTimeout(card.timer);
    card.timer = setTimeout(() => loadNext(card), 120);
  });
  box.append(labelled(W.place, slider), shown, el("span", "cmp-small", W.start));
  tell();
  return box;
};

const pieces = (card) => (card.tokens.columns.find((found) => !found.problem) || { tokens: [] }).tokens;

// ---- what is asked for when it is looked at
const fetchFor = async (card) => {
  if (!card.root.isConnected || card.offscreen || card.loading) return;
  if (!isFinished(card) || !lacks(card)) return;
  card.loading = true;
  try {
    if (card.view === "rank") await load(card, "rank", {});
    else {
      if (!card.tokens) await load(card, "tokens", { text: textToScore(card) });
      if (card.view === "next" && card.tokens) await loadNext(card);
    }
  } finally {
    card.loading = false;
    drawTools(card);
    drawCard(card);
  }
  // Another view may have been chosen meanwhile.
  fetchFor(card);
};

// Whether the chosen view has to be asked for; where that failed, the reason is shown.
const lacks = (card) => {
  if (!FETCHED.includes(card.view) || card.problem) return false;
  return !card[card.view] || (card.view === "next" && !card.tokens);
};

const loadNext = async (card) => {
  const tokens = pieces(card);
  const prefix = tokens.slice(0, card.position).map((token) => token.text).join("");
  const expected = tokens[card.position] ? tokens[card.position].text : null;
  await load(card, "next", { prefix }, { expected });
  drawCard(card);
};

// One at a time, so that a page of many cards does not hold the models from what is being asked.
let line = Promise.resolve();
const load = (card, what, more, kept = {}) => {
  const turn = (card.turn += 1);
  line = line.then(async () => {
    if (turn !== card.turn || !card.root.isConnected) return;
    const asked = { ticket: card.state.ticket, question: card.place, what, ...more };
    let found;
    try {
      found = await server.look(asked);
    } catch (error) {
      found = { problem: W.lost };
    }
    if (turn !== card.turn) return;
    card.problem = found.problem || "";
    card[what] = found.problem ? null : { ...found, ...kept };
  });
  return line;
};
