// The comparison: asks the server for news of the visitor's own job and draws what changed.

import { el, setText } from "../browser/dom.js";
import { fill } from "../browser/numbers.js";
import { addressWith, flash, setAddress } from "../browser/page.js";
import { onTold } from "../browser/told.js";
import { tally, voicesOf, voteForm } from "./blind.js";
import { drawCell, fetchCard, makeCard, newsOf, setView } from "./cards.js";
import { isFinished } from "./looking.js";
import { W, button, choice, labelled, remember, small, who } from "./parts.js";
import { makeTalk } from "./talk.js";

const POLL = 100;
const POLL_LOST = 2000;
const MOST_CHANGED = 10;

class Comparison {
  constructor({ element, root, server, config }) {
    Object.assign(this, { element, root, server, views: config.views, state: null });
    this.build();
    // A card is worked out only when it is near the screen.
    this.sight = new IntersectionObserver((entries) => entries.forEach((entry) => {
      const card = this.state?.cards.find((one) => one.root === entry.target);
      if (!card) return;
      card.offscreen = !entry.isIntersecting;
      fetchCard(card);
    }), { rootMargin: "300px" });
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.state && this.state.only !== null) this.expand(null);
    });
    this.drawBar();
  }

  build() {
    this.empty = el("p.cmp-empty", {}, W.empty);
    this.status = el("p.cmp-status", { role: "status" });
    this.stop = button(W.stop, "", () => this.halt(), { id: "cmp-stop" });
    this.reveal = button(W.reveal, W.revealHelp, () => this.showNames(), { id: "cmp-reveal" });
    this.link = button(W.link, "", () => this.copyLink(), { id: "cmp-link" });
    this.back = button(W.back, "", () => this.expand(null), { id: "cmp-back" });
    this.every = choice([["", W.keepViews], ...this.views], (view) => this.setViews(view));
    this.which = choice([["all", W.inOrder], ["changed", W.mostChanged]], () => this.arrange(),
      { id: "cmp-which" });
    this.tools = el("div.cmp-tools", {}, labelled(W.all, this.every),
      labelled(W.which, this.which));
    this.barBox = el("div.cmp-bar-top", {}, this.status,
      el("div.cmp-buttons", {}, this.stop, this.reveal, this.link, this.back), this.tools);
    this.shownNote = el("p.cmp-small");
    this.heads = el("div.cmp-pair.cmp-heads");
    this.tallyBox = el("div");
    this.cards = el("div.cmp-cards");
    this.talk = makeTalk((text) => this.say(text));
    this.root.replaceChildren(this.empty, this.barBox, this.heads, this.tallyBox, this.shownNote,
      this.cards, this.talk.form);
  }

  // ---- asking and stopping
  begin({ ticket, link: address }) {
    if (this.state?.state === "asking") this.leave(this.state);
    this.sight.disconnect();
    this.state = { ticket, address, server: this.server, views: this.views, cursor: 0,
      state: "asking", columns: [], questions: [], cells: [], cards: [], votes: new Map(),
      blind: false, only: null, place: 0, lost: false, problem: "", chat: false };
    for (const box of [this.heads, this.cards, this.tallyBox]) box.replaceChildren();
    this.which.value = "all";
    setAddress({ compare: address });
    this.drawBar();
    this.follow(this.state);
  }

  // A comparison that no page asks for any more ends by itself, only later.
  async leave({ ticket }) {
    try {
      await this.server.stop({ ticket });
    } catch (error) {
      console.warn("the comparison before could not be stopped", error);
    }
  }

  async halt() {
    const mine = this.state;
    mine.state = "stopped";
    this.drawBar();
    try {
      await this.server.stop({ ticket: mine.ticket });
    } catch (error) {
      console.warn("the server did not answer", error);
      Object.assign(mine, { lost: true, state: "asking" });
      this.follow(mine);
    }
  }

  async follow(mine) {
    const current = () => mine === this.state && mine.state === "asking";
    while (current() && this.element.isConnected) {
      try {
        const { ticket, cursor, questions } = mine;
        const found = await this.server.news({ ticket, cursor, known: questions.length });
        // Another comparison may have begun meanwhile, or this one may have been stopped.
        if (!current()) return;
        this.take(found);
      } catch (error) {
        console.warn("the comparison gives no news; trying again", error);
        mine.lost = true;
        this.drawBar();
      }
      await new Promise((done) => setTimeout(done, mine.lost ? POLL_LOST : POLL));
    }
  }

  take(found) {
    const { state } = this;
    state.lost = false;
    if (found.gone) {
      Object.assign(state, { state: "failed", problem: found.gone });
      this.drawBar();
      return;
    }
    if (found.columns) this.setColumns(found);
    for (const question of found.questions) {
      state.questions.push(question);
      state.cells.push(state.columns.map(() => ({ text: "", problem: "", finished: false,
        known: null, words: null, samples: null, changed: null })));
    }
    const { cursor, place, problem } = found;
    Object.assign(state, { cursor, place, problem, state: found.state });
    for (const cell of found.cells) state.cells[cell.question][cell.column] = cell;
    while (state.cards.length < Math.min(place + 1, state.questions.length)) this.addCard();
    for (const cell of found.cells) {
      const card = state.cards[cell.question];
      newsOf(card, cell.column);
      if (cell.column === state.columns.length - 1) this.settle(card);
    }
    this.drawBar();
  }

  setColumns({ columns, blind, chat }) {
    Object.assign(this.state, { columns, blind, chat });
    this.root.dataset.columns = String(columns.length);
    this.heads.replaceChildren(...columns.map((column, i) => this.headOf(column, i)));
  }

  addCard() {
    const card = makeCard(this.state, this.state.cards.length);
    card.offscreen = true;
    this.state.cards.push(card);
    this.cards.append(card.root);
    this.sight.observe(card.root);
    this.applyOnly();
  }

  // What follows when all columns have answered.
  settle(card) {
    if (!isFinished(card)) return;
    fetchCard(card);
    if (this.state.blind && !card.foot.children.length) {
      card.foot.append(voteForm(card, () => this.drawBar()));
    }
    if (this.which.value === "changed") this.arrange();
  }

  // ---- going on with a chat
  async say(text) {
    const mine = this.state;
    let found;
    try {
      found = await this.server.say({ ticket: mine.ticket, text });
    } catch (error) {
      console.warn("the server did not answer", error);
      found = { problem: W.lost };
    }
    if (mine !== this.state) return false;
    this.talk.tell(found.problem || "");
    if (found.problem) return false;
    mine.state = "asking";
    this.drawBar();
    this.follow(mine);
    return true;
  }

  // ---- the bar above
  words() {
    const { lost, state, questions, cells, chat, place, problem } = this.state;
    const total = questions.length;
    if (lost) return W.lost;
    if (state === "asking") {
      if (!cells.flat().some((cell) => cell.text)) return W.waiting;
      return chat ? W.answering : fill(W.asking, { n: place + 1, total });
    }
    if (state === "done" && chat) return W.chatting;
    if (state === "done") return total === 1 ? W.doneOne : fill(W.done, { total });
    return state === "failed" ? fill(W.failed, { problem }) : W.stopped;
  }

  drawBar() {
    const { state, talk, link } = this;
    this.empty.hidden = Boolean(state);
    this.barBox.hidden = this.heads.hidden = !state;
    talk.form.hidden = !state?.chat || state.state === "failed";
    if (!state) return;
    setText(this.status, this.words());
    this.stop.disabled = state.state !== "asking";
    this.reveal.hidden = !state.blind;
    this.reveal.disabled = !voicesOf(state).length;
    link.disabled = !state.address;
    link.title = state.address ? W.linkHelp : W.noLink;
    link.hidden = state.chat;
    this.back.hidden = state.only === null;
    this.tools.hidden = !state.cards.length || state.chat;
    talk.send.disabled = state.state === "asking";
  }

  async copyLink() {
    const url = addressWith({ compare: this.state.address }, location.origin + location.pathname);
    try {
      await navigator.clipboard.writeText(url.href);
      flash(this.link, W.copied, W.link);
    } catch { // the browser does not allow it
      flash(this.link, W.notCopied, W.link);
    }
  }

  setViews(view) {
    if (!view) return;
    remember("compare-view", view);
    for (const card of this.state.cards) setView(card, view);
    this.every.value = "";
  }

  arrange() {
    const { cards, cells } = this.state;
    const changed = (card) => Math.max(...cells[card.place].map((cell) => cell.changed ?? 0));
    const all = this.which.value === "all";
    const wanted = all ? cards : cards.filter((card) => changed(card) > 0)
      .sort((a, b) => changed(b) - changed(a)).slice(0, MOST_CHANGED);
    for (const card of cards) card.root.hidden = !wanted.includes(card);
    wanted.forEach(({ root }, i) => {
      const there = this.cards.children[i];
      if (there !== root) this.cards.insertBefore(root, there || null);
    });
    const some = wanted.length ? fill(W.shown, { n: wanted.length, total: cards.length })
      : W.nothingChanged;
    this.shownNote.textContent = all ? "" : some;
  }

  // ---- columns
  headOf({ name, sampler }, column) {
    const id = `cmp-name-${column}`;
    const wide = button(W.expand, W.expandHelp,
      () => this.expand(this.state.only === column ? null : column), { "aria-describedby": id });
    wide.classList.add("cmp-expand");
    return el("div.cmp-head", { data: { column } }, who(column, name, { id }), small(sampler),
      wide);
  }

  expand(column) {
    this.state.only = column;
    this.applyOnly();
    this.drawBar();
  }

  applyOnly() {
    const { only } = this.state;
    this.root.classList.toggle("cmp-only", only !== null);
    for (const node of this.root.querySelectorAll("[data-column]")) {
      node.hidden = only !== null && node.dataset.column !== String(only);
    }
    for (const node of this.heads.querySelectorAll(".cmp-expand")) {
      node.textContent = only === null ? W.expand : W.back;
    }
  }

  async showNames() {
    const mine = this.state;
    let found;
    try {
      found = await this.server.reveal({ ticket: mine.ticket });
    } catch (error) {
      console.warn("the server did not answer", error);
      found = { gone: W.lost };
    }
    if (mine !== this.state) return;
    if (found.gone) {
      this.status.textContent = found.gone;
      return;
    }
    mine.blind = false;
    mine.columns.forEach((column, i) => { column.name = found.names[i]; });
    for (const node of this.root.querySelectorAll("[data-name]")) {
      node.textContent = found.names[node.dataset.name];
    }
    for (const cell of found.cells) {
      mine.cells[cell.question][cell.column] = cell;
      drawCell(mine.cards[cell.question], cell.column);
    }
    for (const group of this.cards.querySelectorAll("fieldset.cmp-vote")) group.disabled = true;
    this.tallyBox.replaceChildren(tally(mine));
    this.drawBar();
    this.tallyBox.firstChild.focus();
  }
}

export const start = (page) => {
  Object.assign(W, page.config.words);
  // Questions are typed in any direction.
  document.querySelector("#cmp-own textarea")?.setAttribute("dir", "auto");
  const comparison = new Comparison(page);
  onTold("compare", (detail) => comparison.begin(detail));
};
