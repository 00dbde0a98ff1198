// The step "Is it gone?": shows the chosen audit, and asks for news of it until it has ended.
// Needs element, server and trigger, which the page gives.

const TICK = 250;
const AGAIN = 700;
const AFTER_FAILURE = 3000;

const root = element.querySelector(".gone");
const untried = root.innerHTML;
const view = { audit: "", cursor: "", state: "", ended: true, pending: false, due: 0 };

const chosen = () => document.querySelector("#gone-watch textarea, #gone-watch input")?.value || "";

const show = (html) => {
  root.innerHTML = html;
};

const follow = (audit) => {
  Object.assign(view, { audit, cursor: "", state: "", ended: !audit, due: 0 });
  if (audit) return;
  show(untried);
  trigger("select", { audit, ended: true });
};

const look = async () => {
  const { audit } = view;
  view.pending = true;
  view.due = Date.now() + AGAIN;
  try {
    const news = await server.news({ audit, cursor: view.cursor });
    if (audit !== view.audit) return;
    if (news.html !== null) show(news.html);
    const changed = news.state !== view.state;
    Object.assign(view, { cursor: news.cursor, state: news.state, ended: news.ended });
    if (changed) trigger("select", { audit, ended: news.ended });
  } catch (error) {
    console.warn("The server gives no news of the audit:", error);
    view.due = Date.now() + AFTER_FAILURE;
  } finally {
    view.pending = false;
  }
};

// What is inside an attack is asked for when it is opened; `toggle` does not bubble.
root.addEventListener("toggle", async (event) => {
  const box = event.target;
  if (!box.matches("details[data-attack]") || !box.open || box.dataset.asked) return;
  box.dataset.asked = "yes";
  const inside = box.querySelector(".gone-inside");
  try {
    inside.innerHTML = await server.inside({ audit: view.audit, attack: box.dataset.attack });
  } catch (error) {
    console.warn("The server gives no texts:", error);
    delete box.dataset.asked;
    inside.textContent = "The server did not answer. Close this and open it again.";
  }
}, true);

const timer = setInterval(() => {
  if (!element.isConnected) {
    clearInterval(timer);
    return;
  }
  if (document.hidden || element.offsetParent === null) return;
  const audit = chosen();
  if (audit !== view.audit) follow(audit);
  if (!view.ended && !view.pending && Date.now() >= view.due) look();
}, TICK);
