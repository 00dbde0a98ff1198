// What each step of the path shows: arrays of parts, of what is known (`own`) and what can be
// pressed (`path`).

import { el, progressBar, verbatim } from "../browser/dom.js";
import { fill } from "../browser/numbers.js";
import { C, field, grid, help, lead, row, said, verdict } from "./parts.js";

const FACTS = [0, 1, 2];

const numbered = ([label, text], i) => [`${label} (${i + 1})`, text];

const factFields = (facts) => FACTS.map((i) => {
  const [topic, value] = facts[i] || ["", ""];
  return el(i ? "div.os-fact.os-later" : "div.os-fact", {},
    field(`os-topic-${i}`, numbered(C.fields.topic, i), topic, "os-topics"),
    field(`os-value-${i}`, numbered(C.fields.value, i), value));
});

const tell = (own, path) => {
  const { name, facts } = own.typed || own.state || { name: "", facts: [] };
  const form = el("form.os-form", {
    onsubmit: (event) => {
      event.preventDefault();
      path.teach();
    },
    oninput: () => path.read(), // nothing typed is lost when the panel is drawn again
  },
  el("datalist", { id: "os-topics" }, C.topics.map((value) => el("option", { value }))),
  field("os-name", C.fields.name, name), factFields(facts),
  row(el("button.os-button.os-main", { disabled: own.busy || path.isGoing }, C.actions.teach),
    path.push(C.actions.example, () => path.example())));
  return [el("p.os-warning", {}, C.warning), form, help(C.private)];
};

const factList = ({ name, facts }) => el("dl.os-facts", {},
  el("dt", {}, C.fields.name[0]), verbatim("dd", name),
  facts.map(([topic, value]) => [verbatim("dt", topic), verbatim("dd", value)]));

// How far a run is; `show` draws its news.
const progressOf = (own, kind) => {
  if (!own.state[kind]) return null;
  const { bar, show } = progressBar("div.os-bar", C.heads.progress);
  const words = el("p.os-words");
  const leaking = el("p.os-leaking");
  own.progress = () => {
    const run = own.state[kind];
    show(run.percent / 100);
    words.textContent = run.words;
    leaking.textContent = run.leaking;
  };
  own.progress();
  return el("div.os-progress", { data: { kind } }, bar, words, leaking);
};

const stopOr = (run, path, other) => (run?.going ? path.push(C.actions.stop, () => path.stop())
  : other);
const again = (path, kind) => path.push(C.actions.teachAgain, () => path.teach(), kind);
const problemOf = (run) => run?.problem && verdict(run.problem, false);

const teach = (own, path) => {
  const run = own.state.teach;
  return [lead(C.leads.teach), factList(own.state), progressOf(own, "teach"), problemOf(run),
    row(stopOr(run, path, again(path, "os-main")))];
};

const answerRows = (found, before) => found.answers.map((answer, i) => [
  verbatim("span", answer.prompt), ...(before ? [said(before.answers[i])] : []), said(answer)]);

const check = (own, path) => {
  const found = own.checks[own.state.teach?.id];
  if (!found) return [lead(C.leads.check), el("p", {}, own.busy ? C.working : "")];
  const took = found.known === found.n;
  return [lead(C.leads.check), verdict(found.verdict, took),
    grid([C.heads.question, C.heads.answer], answerRows(found)),
    row(path.push(C.actions.onward, () => path.to("forget"), took ? "os-main" : ""),
      again(path, took ? "" : "os-main")),
    askOwn(own, path)];
};

const forget = (own, path) => {
  const run = own.state.unlearn;
  const forgetting = path.push(run?.done ? C.actions.forgetAgain : C.actions.forget,
    () => path.forget(), "os-main");
  return [lead(C.leads.forget), progressOf(own, "unlearn"), problemOf(run),
    row(stopOr(run, path, forgetting),
      run?.done && path.push(C.actions.onward, () => path.to("attack")))];
};

const attack = (own, path) => {
  const { unlearn, teach: taught } = own.state;
  const [before, found, back] = [own.checks[taught.id], own.checks[unlearn.id],
    own.attacked[unlearn.id]];
  const heads = [C.heads.question, ...(before ? [C.heads.before] : []), C.heads.after];
  return [lead(C.leads.attack),
    found && [verdict(found.verdict, !found.known && !found.other),
      grid(heads, answerRows(found, before))],
    back && [verdict(back.verdict, !back.found), attackTable(back)],
    back?.found > 0 && lead(C.why),
    row(path.push(C.actions.attack, () => path.attack(), back ? "" : "os-main"),
      path.push(C.actions.forgetAgain, () => path.forget())),
    askOwn(own, path), own.busy && el("p.os-working", {}, C.working)];
};

const attackTable = ({ attacks, n }) => {
  const count = (found) => el("span.os-count", {}, fill(C.backOf, { found, n }));
  const { heads } = C;
  return grid([heads.attack, heads.unlearned, heads.never, heads.texts], attacks.map((one) => [
    el("div", {}, el("b", {}, one.title), help(one.help)),
    count(one.found), count(one.never),
    el("div.os-texts", {}, one.texts.map(({ prompt, text }) => el("div", {},
      verbatim("p.os-help", prompt), verbatim("p", text || heads.nothing)))),
  ]));
};

const askOwn = (own, path) => {
  const line = field("os-question", C.askOwn.slice(0, 2), "");
  const form = el("form.os-ask", { onsubmit: (event) => {
    event.preventDefault();
    path.ask(line.querySelector("input").value);
  } }, line, el("button.os-button", { disabled: own.busy }, C.actions.ask));
  const both = own.asked.some((one) => one.answers.length > 1);
  const heads = [C.heads.question, C.heads.before, ...(both ? [C.heads.after] : [])];
  return el("div.os-own", {}, form, own.asked.length
    ? grid(heads, own.asked.map(({ question, answers }) =>
      [verbatim("span", question), ...answers.map(said)]))
    : help(C.askOwn[2]));
};

export const BODIES = { tell, teach, check, forget, attack };
