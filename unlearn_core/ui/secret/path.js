// The guided path. Needs pieces.js, and CONFIG, element and server, which the page gives.

const POLL_MS = 800;
const STEPS = Object.keys(CONFIG.steps);
const own = { token: "", state: null, at: "tell", checks: {}, attacked: {}, asked: [], typed: null,
  problem: "", said: "", busy: false, lost: false, example: 0, clock: 0 };

const push = (label, act, className = "") => {
  const button = node("button", `os-button ${className}`, label);
  button.type = "button";
  button.disabled = own.busy;
  button.addEventListener("click", act);
  return button;
};
const root = element.querySelector(".os");
const going = () => [own.state?.teach, own.state?.unlearn].some((run) => run?.going);

// ---- talking to the server
const call = async (name, request = {}) => {
  own.busy = true;
  own.problem = "";
  draw();
  let answer;
  try {
    answer = await server[name]({ token: own.token, ...request });
    own.lost = false;
  } catch {
    answer = { problem: CONFIG.lost };
  }
  own.busy = false;
  own.problem = answer.problem || "";
  if (answer.problem) draw();
  return answer.problem ? null : answer;
};
const take = (state, follow) => {
  own.state = state;
  if (state.token) own.token = state.token;
  if (follow) own.at = state.step;
  remember();
  draw();
  if (follow) arrive();
};
const poll = async () => {
  if (!own.token || !own.state || !going() || document.hidden || own.busy) return;
  let state;
  try {
    state = await server.state({ token: own.token });
  } catch {
    own.lost = true;
    return draw();
  }
  if (own.lost) {
    own.lost = false;
    draw();
  }
  if (state.problem || own.busy) return;
  const moved = state.step !== own.state.step || !["teach", "unlearn"].every(
    (kind) => own.state[kind]?.state === state[kind]?.state);
  const follow = moved && own.at === own.state.step;
  own.state = state;
  if (moved) take(state, follow);
  else progress();
};
const remember = () => {
  const url = new URL(location.href);
  if (own.token) url.searchParams.set("secret", own.token);
  else url.searchParams.delete("secret");
  history.replaceState(null, "", url);
};

// What a step shows comes by itself, once.
const arrive = async () => {
  const kind = own.at === "check" ? "teach" : own.at === "attack" ? "unlearn" : "";
  const run = kind && own.state[kind];
  if (!run?.done || own.checks[run.id]) return;
  const found = await call("check", { kind });
  if (found) own.checks[run.id] = found;
  draw();
};

// ---- pieces
const rail = () => {
  const list = node("ol", "os-steps");
  const reached = own.state ? STEPS.indexOf(own.state.step) : 0;
  STEPS.forEach((step, i) => {
    const item = node("li");
    const button = push(CONFIG.steps[step], () => to(step), "os-step");
    button.disabled = own.busy || i > reached;
    if (step === own.at) button.setAttribute("aria-current", "step");
    item.append(button);
    list.append(item);
  });
  return list;
};
const to = (step) => {
  own.at = step;
  own.problem = "";
  own.said = "";
  draw();
  arrive();
};
const typed = () => own.typed || (own.state
  ? { name: own.state.name, facts: own.state.facts } : { name: "", facts: [] });
const read = () => {
  const value = (id) => root.querySelector(`#${id}`)?.value || "";
  own.typed = { name: value("os-name"),
    facts: [0, 1, 2].map((i) => [value(`os-topic-${i}`), value(`os-value-${i}`)]) };
  return own.typed;
};
const progressBar = (kind) => {
  const run = own.state[kind];
  const bar = node("div", "os-bar");
  bar.setAttribute("role", "progressbar");
  bar.setAttribute("aria-label", H.progress);
  bar.setAttribute("aria-valuemin", "0");
  bar.setAttribute("aria-valuemax", "100");
  bar.append(node("div"));
  const wrap = node("div", "os-progress");
  wrap.dataset.kind = kind;
  wrap.append(bar, node("p", "os-words"), node("p", "os-leaking"));
  return run ? wrap : node("span");
};
const progress = () => {
  const wrap = root.querySelector(".os-progress");
  const run = wrap && own.state[wrap.dataset.kind];
  if (!run) return;
  const bar = wrap.querySelector(".os-bar");
  bar.setAttribute("aria-valuenow", run.percent);
  bar.firstChild.style.width = `${run.percent}%`;
  wrap.querySelector(".os-words").textContent = run.words;
  wrap.querySelector(".os-leaking").textContent = run.leaking;
};
const askOwn = () => {
  const form = node("form", "os-ask");
  const line = field("os-question", CONFIG.askOwn.slice(0, 2), "");
  const send = node("button", "os-button", A.ask);
  send.disabled = own.busy;
  form.append(line, send);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const question = line.querySelector("input").value;
    const answer = await call("ask", { question });
    if (answer) own.asked = [answer, ...own.asked].slice(0, 8);
    draw();
    root.querySelector("#os-question").focus();
  });
  const most = Math.max(1, ...own.asked.map((one) => one.answers.length));
  const heads = [H.question, ...(most > 1 ? [H.before, H.after] : [H.before])];
  const wrap = node("div", "os-own");
  wrap.append(form, own.asked.length
    ? grid(heads, own.asked.map((one) => [told("span", "", one.question),
      ...one.answers.map(said)]))
    : node("p", "os-help", CONFIG.askOwn[2]));
  return wrap;
};

// ---- the steps
const tell = () => {
  const now = typed();
  const form = node("form", "os-form");
  const topics = node("datalist");
  topics.id = "os-topics";
  topics.append(...CONFIG.topics.map((topic) => {
    const option = node("option");
    option.value = topic;
    return option;
  }));
  form.append(topics, field("os-name", CONFIG.fields.name, now.name));
  [0, 1, 2].forEach((i) => {
    const row = node("div", "os-fact");
    const [topic, value] = now.facts[i] || ["", ""];
    const what = [`${CONFIG.fields.topic[0]} (${i + 1})`, CONFIG.fields.topic[1]];
    const fact = [`${CONFIG.fields.value[0]} (${i + 1})`, CONFIG.fields.value[1]];
    row.append(field(`os-topic-${i}`, what, topic, "os-topics"),
      field(`os-value-${i}`, fact, value));
    if (i) row.classList.add("os-later");
    form.append(row);
  });
  const go = node("button", "os-button os-main", A.teach);
  go.disabled = own.busy || Boolean(own.state && going());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    teach();
  });
  form.addEventListener("input", read); // nothing typed is lost when the panel is drawn again
  form.append(actionsRow(go, push(A.example, example)));
  return [node("p", "os-warning", CONFIG.warning), form, node("p", "os-help", CONFIG.private)];
};
const example = () => {
  const [name, ...facts] = CONFIG.examples[own.example % CONFIG.examples.length];
  own.example += 1;
  own.typed = { name, facts };
  own.problem = "";
  draw();
};
const teach = async () => {
  const request = own.at === "tell" ? read() : { name: own.state.name, facts: own.state.facts };
  const state = await call("start", request);
  if (!state) return;
  own.typed = null;
  take(state, true);
};
const teaching = () => {
  const run = own.state.teach;
  return [node("p", "os-lead", CONFIG.leads.teach), factList(), progressBar("teach"),
    run?.problem ? verdict(run.problem, false) : "",
    actionsRow(run?.going ? push(A.stop, stop) : push(A.teachAgain, teach, "os-main"))];
};
const factList = () => {
  const list = node("dl", "os-facts");
  list.append(node("dt", "", CONFIG.fields.name[0]), told("dd", "", own.state.name));
  for (const [topic, value] of own.state.facts) list.append(told("dt", "", topic), told("dd", "", value));
  return list;
};
const stop = async () => {
  const state = await call("stop");
  if (state) take(state, true);
};
const checkRows = (found, before) => found.answers.map((answer, i) => [
  told("span", "", answer.prompt), ...(before ? [said(before.answers[i])] : []), said(answer)]);
const checking = () => {
  const run = own.state.teach;
  const found = run && own.checks[run.id];
  if (!found) return [node("p", "os-lead", CONFIG.leads.check), node("p", "", own.busy ? CONFIG.working : "")];
  const took = found.known === found.n;
  return [node("p", "os-lead", CONFIG.leads.check), verdict(found.verdict, took),
    grid([H.question, H.answer], checkRows(found)),
    actionsRow(push(A.onward, () => to("forget"), took ? "os-main" : ""),
      push(A.teachAgain, teach, took ? "" : "os-main")), askOwn()];
};
const forgetting = () => {
  const run = own.state.unlearn;
  return [node("p", "os-lead", CONFIG.leads.forget), run ? progressBar("unlearn") : "",
    run?.problem ? verdict(run.problem, false) : "",
    actionsRow(run?.going ? push(A.stop, stop)
      : push(run?.done ? A.forgetAgain : A.forget, forget, "os-main"),
    run?.done ? push(A.onward, () => to("attack")) : "")];
};
const forget = async () => {
  const state = await call("forget");
  if (!state) return;
  own.at = "forget";
  take(state, true);
};
const attacking = () => {
  const run = own.state.unlearn;
  const [before, found, back] = [own.checks[own.state.teach.id], own.checks[run.id],
    own.attacked[run.id]];
  const parts = [node("p", "os-lead", CONFIG.leads.attack)];
  if (found) {
    parts.push(verdict(found.verdict, !found.known && !found.other),
      grid([H.question, ...(before ? [H.before] : []), H.after], checkRows(found, before)));
  }
  if (back) parts.push(verdict(back.verdict, !back.found), attackTable(back));
  if (back?.found) parts.push(node("p", "os-lead", CONFIG.why));
  parts.push(actionsRow(push(A.attack, attack, back ? "" : "os-main"),
    push(A.forgetAgain, forget)), askOwn());
  if (own.busy) parts.push(node("p", "os-working", CONFIG.working));
  return parts;
};
const attack = async () => {
  const run = own.state.unlearn;
  const found = await call("attack");
  if (found) own.attacked[run.id] = found;
  draw();
};
const attackTable = (back) => grid([H.attack, H.unlearned, H.never, H.texts],
  back.attacks.map((row) => {
    const name = node("div");
    name.append(node("b", "", row.title), node("p", "os-help", row.help));
    const texts = node("div", "os-texts");
    row.texts.forEach((text) => {
      const one = node("div");
      one.append(told("p", "os-help", text.prompt), told("p", "", text.text || H.nothing));
      texts.append(one);
    });
    const count = (found) => node("span", "os-count", CONFIG.backOf
      .replace("{found}", found).replace("{n}", back.n));
    return [name, count(row.found), count(row.never), texts];
  }));

const BODIES = { tell, teach: teaching, check: checking, forget: forgetting, attack: attacking };

// ---- the whole panel
const draw = () => {
  if (!root.isConnected) return;
  // The place of the keys is not lost when the panel is drawn again.
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  const head = node("header", "os-head");
  head.append(node("h2", "", CONFIG.title), push(A.close, close, "os-close"));
  const body = node("section", "os-body");
  body.setAttribute("aria-label", CONFIG.steps[own.at]);
  body.tabIndex = -1;
  body.append(...BODIES[own.at]().filter(Boolean));
  const status = node("div", "os-status");
  status.setAttribute("role", "status");
  if (own.problem) {
    status.append(node("p", "lethe-problem", own.problem));
  } else if (own.said || own.lost) status.append(node("p", "os-note", own.lost ? CONFIG.lost : own.said));
  const foot = actionsRow(
    own.at === "tell" ? "" : push(A.back, () => to(STEPS[STEPS.indexOf(own.at) - 1])),
    own.token ? push(A.new, renew) : "", own.token ? push(A.delete, remove, "os-danger") : "");
  foot.classList.add("os-foot");
  root.replaceChildren(head, node("p", "os-intro", CONFIG.lead), rail(), status, body, foot);
  progress();
  if (!focused) return;
  const same = focused.id ? root.querySelector(`#${focused.id}`)
    : [...root.querySelectorAll("button")].find((one) => one.textContent === focused.textContent);
  (same && !same.disabled ? same : body).focus({ preventScroll: true });
};
const forgetEverything = () => Object.assign(own, { token: "", state: null, at: "tell", checks: {},
  attacked: {}, asked: [], typed: null, problem: "", said: "" });
const renew = () => {
  forgetEverything();
  remember();
  draw();
};
const remove = async () => {
  if (!confirm(CONFIG.confirm)) return;
  if (!await call("remove")) return;
  forgetEverything();
  own.said = CONFIG.deleted;
  remember();
  draw();
};
const close = () => {
  delete document.documentElement.dataset.secret;
  const url = new URL(location.href);
  url.searchParams.delete("secret");
  history.replaceState(null, "", url);
  clearInterval(own.clock);
};
const open = async (token = "") => {
  document.documentElement.dataset.secret = "open";
  clearInterval(own.clock);
  own.clock = setInterval(poll, POLL_MS);
  if (token) own.token = token;
  if (own.token) {
    const state = await call("state");
    if (state) return take(state, true);
    const problem = own.problem;
    forgetEverything();
    own.problem = problem;
    remember();
  }
  draw();
  root.querySelector("h2")?.scrollIntoView({ block: "nearest" });
};
window.letheSecret = () => open();
const wanted = new URLSearchParams(location.search).get("secret");
if (wanted) open(wanted);
