// The step "Is it gone?": shows the chosen audit, and asks for news of it until it has ended. The
// server writes what is shown as HTML, with every text of models and records escaped.

import { every, isShown, makeTurns } from "../browser/page.js";

const TICK = 250;
const AGAIN = 700;
const AFTER_FAILURE = 3000;

const chosen = () => document.querySelector("#gone-watch textarea, #gone-watch input")?.value || "";

class Gone {
  constructor({ element, root, server, tell }) {
    Object.assign(this, { element, root, server, tell, untried: root.innerHTML, audit: "",
      cursor: "", state: "", ended: true });
    this.turns = makeTurns(() => this.look());
    // `toggle` does not bubble.
    root.addEventListener("toggle", (event) => this.inside(event.target), true);
  }

  follow(audit) {
    Object.assign(this, { audit, cursor: "", state: "", ended: !audit });
    this.turns.due = 0;
    if (audit) return;
    this.root.innerHTML = this.untried;
    this.tell({ audit, ended: true });
  }

  async look() {
    const { audit, cursor } = this;
    try {
      const news = await this.server.news({ audit, cursor });
      if (audit !== this.audit) return undefined;
      if (news.html !== null) this.root.innerHTML = news.html;
      const changed = news.state !== this.state;
      Object.assign(this, { cursor: news.cursor, state: news.state, ended: news.ended });
      if (changed) this.tell({ audit, ended: news.ended });
      return AGAIN;
    } catch (error) {
      console.warn("The server gives no news of the audit:", error);
      return AFTER_FAILURE;
    }
  }

  // What is inside an attack is asked for when it is opened.
  async inside(box) {
    if (!box.matches("details[data-attack]") || !box.open || box.dataset.asked) return;
    box.dataset.asked = "yes";
    const place = box.querySelector(".gone-inside");
    const { audit } = this;
    try {
      place.innerHTML = await this.server.inside({ audit, attack: box.dataset.attack });
    } catch (error) {
      console.warn("The server gives no texts:", error);
      delete box.dataset.asked;
      place.textContent = "The server did not answer. Close this and open it again.";
    }
  }

  watch() {
    if (!isShown(this.element)) return;
    if (chosen() !== this.audit) this.follow(chosen());
    if (!this.ended) this.turns.take();
  }
}

export const start = (page) => {
  const gone = new Gone(page);
  every(TICK, page.element, () => gone.watch());
};
