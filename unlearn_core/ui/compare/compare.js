// The comparison: asks the server for news of the visitor's own job and draws what changed. Needs
// CONFIG, element and server, which the page gives. Nothing is output to this component.

const POLL = 100;
const POLL_LOST = 2000;
const MOST_CHANGED = 10;

const root = element.querySelector(".cmp");
const empty = el("p", "cmp-empty", W.empty);
const barBox = el("div", "cmp-bar-top");
const status = el("p", "cmp-status");
status.setAttribute("role", "status");
const stop = button(W.stop, "", () => halt());
stop.id = "cmp-stop";
const link = button(W.link, "", () => copyLink());
link.id = "cmp-link";
const reveal = button(W.reveal, W.revealHelp, () => showNames());
reveal.id = "cmp-reveal";
const back = button(W.back, "", () => expand(null));
back.id = "cmp-back";
const every = choice([["", W.keepViews], ...CONFIG.views.map(([name, text]) => [name, text])],
  (view) => {
    if (!view) return;
    remember("compare-view", view);
    for (const card of state.cards) setView(card, view);
    every.value = "";
  });
const which = choice([["all", W.inOrder], ["changed", W.mostChanged]], () => arrange());
which.id = "cmp-which";
const buttons = el("div", "cmp-buttons");
buttons.append(stop, reveal, link, back);
const tools = el("div", "cmp-tools");
tools.append(labelled(W.all, every), labelled(W.which, which));
barBox.append(status, buttons, tools);
const shownNote = el("p", "cmp-small");
const heads = el("div", "cmp-pair cmp-heads");
const tallyBox = el("div");
const cards = el("div", "cmp-cards");
const talk = makeTalk((text) => say(text));
root.replaceChildren(empty, barBox, heads, tallyBox, shownNote, cards, talk.form);

// Questions are typed in any direction.
document.querySelector("#cmp-own textarea")?.setAttribute("dir", "auto");

let state = null;
const fresh = (ticket, address) => ({
  ticket, address, cursor: 0, state: "asking", columns: [], questions: [], cells: [], cards: [],
  votes: new Map(), blind: false, only: null, place: 0, lost: false, problem: "", chat: false,
});

// A card is worked out only when it is near the screen.
const sight = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    const card = state && state.cards.find((one) => one.root === entry.target);
    if (!card) continue;
    card.offscreen = !entry.isIntersecting;
    fetchFor(card);
  }
}, { rootMargin: "300px" });

// ---- asking and stopping
const begin = ({ ticket, link: address }) => {
  if (state && state.state === "asking") leave(state);
  sight.disconnect();
  state = fresh(ticket, address);
  heads.replaceChildren();
  cards.replaceChildren();
  tallyBox.replaceChildren();
  which.value = "all";
  const url = new URL(location.href);
  if (address) url.searchParams.set("compare", address);
  else url.searchParams.delete("compare");
  history.replaceState(history.state, "", url);
  drawBar();
  follow(state);
};

// A comparison that no page asks for any more ends by itself, only later.
const leave = async (old) => {
  try {
    await server.stop({ ticket: old.ticket });
  } catch (error) {
    console.warn("the comparison before could not be stopped", error);
  }
};

const halt = async () => {
  const mine = state;
  mine.state = "stopped";
  drawBar();
  try {
    await server.stop({ ticket: mine.ticket });
  } catch (error) {
    mine.lost = true;
    mine.state = "asking";
    follow(mine);
  }
};

const follow = async (mine) => {
  while (mine === state && mine.state === "asking" && element.isConnected) {
    try {
      const { ticket, cursor, questions } = mine;
      const found = await server.news({ ticket, cursor, known: questions.length });
      // Another comparison may have begun meanwhile, or this one may have been stopped.
      if (mine !== state || mine.state !== "asking") return;
      take(found);
    } catch (error) {
      mine.lost = true;
      drawBar();
    }
    await new Promise((done) => setTimeout(done, mine.lost ? POLL_LOST : POLL));
  }
};

const take = (found) => {
  state.lost = false;
  if (found.gone) {
    Object.assign(state, { state: "failed", problem: found.gone });
    drawBar();
    return;
  }
  if (found.columns) {
    const { columns, blind, chat } = found;
    Object.assign(state, { columns, blind, chat });
    root.dataset.columns = String(columns.length);
    heads.replaceChildren(...columns.map(headOf));
  }
  for (const question of found.questions) {
    state.questions.push(question);
    state.cells.push(state.columns.map(() => ({ text: "", problem: "", finished: false,
      known: null, words: null, samples: null, changed: null })));
  }
  const { cursor, place, problem } = found;
  Object.assign(state, { cursor, place, problem, state: found.state });
  for (const cell of found.cells) state.cells[cell.question][cell.column] = cell;
  while (state.cards.length < Math.min(place + 1, state.questions.length)) addCard();
  for (const cell of found.cells) {
    const card = state.cards[cell.question];
    newsOf(card, cell.column);
    if (cell.column === state.columns.length - 1) settle(card);
  }
  drawBar();
};

const addCard = () => {
  const card = makeCard(state, state.cards.length);
  card.offscreen = true;
  state.cards.push(card);
  cards.append(card.root);
  sight.observe(card.root);
  applyOnly();
};

// What follows when all columns have answered.
const settle = (card) => {
  if (!isFinished(card)) return;
  fetchFor(card);
  if (state.blind && !card.foot.children.length) card.foot.append(voteForm(card, drawBar));
  if (which.value === "changed") arrange();
};

// ---- going on with a chat
const say = async (text) => {
  const mine = state;
  let found;
  try {
    found = await server.say({ ticket: mine.ticket, text });
  } catch (error) {
    found = { problem: W.lost };
  }
  if (mine !== state) return false;
  talk.tell(found.problem || "");
  if (found.problem) return false;
  mine.state = "asking";
  drawBar();
  follow(mine);
  return true;
};

// ---- the bar above
const words = () => {
  if (!state) return "";
  const total = state.questions.length;
  if (state.lost) return W.lost;
  if (state.state === "asking") {
    if (!total || !state.cells.flat().some((cell) => cell.text)) return W.waiting;
    if (state.chat) return W.answering;
    return fill(W.asking, { n: state.place + 1, total });
  }
  if (state.state === "done" && state.chat) return W.chatting;
  if (state.state === "done") return total === 1 ? W.doneOne : fill(W.done, { total });
  return state.state === "failed" ? fill(W.failed, { problem: state.problem }) : W.stopped;
};

const drawBar = () => {
  empty.hidden = Boolean(state);
  barBox.hidden = heads.hidden = !state;
  talk.form.hidden = true;
  const now = words();
  if (status.textContent !== now) status.textContent = now;
  if (!state) return;
  stop.disabled = state.state !== "asking";
  reveal.hidden = !state.blind;
  reveal.disabled = !voicesOf(state).length;
  link.disabled = !state.address;
  link.title = state.address ? W.linkHelp : W.noLink;
  link.hidden = state.chat;
  back.hidden = state.only === null;
  tools.hidden = !state.cards.length || state.chat;
  talk.form.hidden = !state.chat || state.state === "failed";
  talk.send.disabled = state.state === "asking";
};

const copyLink = async () => {
  const url = new URL(location.origin + location.pathname);
  url.searchParams.set("compare", state.address);
  try {
    await navigator.clipboard.writeText(url.href);
    link.textContent = W.copied;
  } catch (error) {
    link.textContent = W.notCopied;
  }
  setTimeout(() => { link.textContent = W.link; }, 2500);
};

const arrange = () => {
  const changed = (card) => Math.max(...state.cells[card.place].map((cell) => cell.changed ?? 0));
  const ranked = state.cards.filter((card) => changed(card) > 0)
    .sort((a, b) => changed(b) - changed(a)).slice(0, MOST_CHANGED);
  const wanted = which.value === "all" ? state.cards : ranked;
  for (const card of state.cards) card.root.hidden = !wanted.includes(card);
  wanted.forEach((card, i) => {
    if (cards.children[i] !== card.root) cards.insertBefore(card.root, cards.children[i] || null);
  });
  shownNote.textContent = "";
  if (which.value === "all") return;
  const values = { n: wanted.length, total: state.cards.length };
  shownNote.textContent = wanted.length ? fill(W.shown, values) : W.nothingChanged;
};

// ---- columns
const headOf = (column, i) => {
  const head = el("div", "cmp-head");
  head.dataset.column = String(i);
  const wide = button(W.expand, W.expandHelp, () => expand(state.only === i ? null : i));
  wide.classList.add("cmp-expand");
  wide.setAttribute("aria-describedby", `cmp-name-${i}`);
  const who = whoLine(state, i);
  who.id = `cmp-name-${i}`;
  head.append(who, el("span", "cmp-small", column.sampler), wide);
  return head;
};

const expand = (column) => {
  state.only = column;
  applyOnly();
  drawBar();
};

const applyOnly = () => {
  root.classList.toggle("cmp-only", state.only !== null);
  for (const node of root.querySelectorAll("[data-column]")) {
    node.hidden = state.only !== null && node.dataset.column !== String(state.only);
  }
  for (const node of heads.querySelectorAll(".cmp-expand")) {
    node.textContent = state.only === null ? W.expand : W.back;
  }
};

const showNames = async () => {
  const mine = state;
  let found;
  try {
    found = await server.reveal({ ticket: mine.ticket });
  } catch (error) {
    found = { gone: W.lost };
  }
  if (mine !== state) return;
  if (found.gone) {
    status.textContent = found.gone;
    return;
  }
  state.blind = false;
  state.columns.forEach((column, i) => { column.name = found.names[i]; });
  for (const node of root.querySelectorAll("[data-name]")) {
    node.textContent = found.names[node.dataset.name];
  }
  for (const cell of found.cells) {
    state.cells[cell.question][cell.column] = cell;
    drawCell(state.cards[cell.question], cell.column);
  }
  for (const group of cards.querySelectorAll("fieldset.cmp-vote")) group.disabled = true;
  const box = tally(state);
  tallyBox.replaceChildren(box);
  drawBar();
  box.focus();
};

root.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && state && state.only !== null) expand(null);
});

// The page tells of a new comparison by an event; this component may be older or younger than it.
const hear = (event) => {
  if (!element.isConnected) return document.removeEventListener("lethe-compare", hear);
  begin(event.detail);
};
document.addEventListener("lethe-compare", hear);
drawBar();
