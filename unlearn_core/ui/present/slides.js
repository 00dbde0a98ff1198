// What each slide looks like: a function of the slide, the deck, the place in it and the words.

import { el, verbatim } from "../browser/dom.js";
import { fill, percent } from "../browser/numbers.js";

const small = (...content) => el("p.pr-small", {}, ...content);
const sign = (text, options = { "aria-hidden": true }, kind = "span") => el(kind, options, text);

const answerCard = (question, when, words) => {
  const gives = when === "before" ? question.gaveBefore : question.givesNow;
  return el(gives ? "div.pr-card.pr-gives" : "div.pr-card", {}, small(words.said[when]),
    verbatim("blockquote.pr-answer", question[when]),
    gives !== null && el(gives ? "p.pr-badge.pr-bad" : "p.pr-badge.pr-good", {},
      sign(gives ? "! " : "✓ "), el("span", {}, gives ? words.gives : words.withholds)));
};

const questionSlide = (when) => (slide, deck, place, words) => {
  const question = deck.questions[place];
  return [
    el("div.pr-asked", {}, small(words.asked), verbatim("p.pr-question", question.prompt)),
    answerCard(question, when, words),
  ];
};

const titleSlide = (slide) => [
  el("p.pr-names", {}, slide.names.map((name) => verbatim("span", name))),
  el("p.pr-lead", {}, slide.end),
  verbatim("p.pr-small", slide.small),
];

const keptSlide = (slide, deck, place, words) => deck.kept[place].map((question) => {
  const known = question.givesNow;
  return el("div.pr-kept", {},
    el("p.pr-kept-head", {},
      sign(known ? "✓" : "✕", { role: "img", "aria-label": known ? words.stillKnown : words.lost },
        known ? "span.pr-good" : "span.pr-bad"),
      el("span.pr-small", {}, question.title), verbatim("span", question.prompt)),
    el("div.pr-pair", {}, [[words.then, question.before], [words.now, question.after]]
      .map(([title, text]) => el("div", {}, small(title), verbatim("p.pr-said", text)))));
});

const quoteCard = (quote, words) => el("figure.pr-card.pr-gives", {},
  el("figcaption.pr-small", {}, el("span", {}, words.stillSaid), el("span", {}, words.byAttack),
    verbatim("span", quote.attack)),
  verbatim("p.pr-small.pr-clip", quote.prompt),
  verbatim("blockquote.pr-answer", quote.text),
  small(el("span", {}, words.true), verbatim("span.pr-truth", quote.true)));

const verdictSlide = (slide, deck, place, words) => [
  el(`p.pr-stamp.pr-${slide.tone}`, {}, sign(slide.sign, { "aria-hidden": true }, "b"),
    el("span", {}, slide.word)),
  el("p.pr-lead", {}, slide.headline),
  ...(slide.quote ? [quoteCard(slide.quote, words)] : []),
  el("ul.pr-lines", {}, slide.lines.map((line) => el("li", {}, line))),
];

const costSlide = (slide) => [
  el("dl.pr-tiles", {}, slide.tiles.map((tile) => el("div.pr-tile", {},
    el("dd.pr-value", {}, tile.value), el("dt", {}, tile.label),
    [tile.was, tile.help].map((text) => el("dd.pr-small", {}, text))))),
  small(slide.small),
];

const barRow = (row) => el(`li.pr-row.pr-${row.kind}`, {},
  row.kind === "answer" ? verbatim("span.pr-row-text", row.text)
    : el("span.pr-row-text", {}, row.text),
  el("span.pr-track", {}, el("span.pr-fill")), el("span.pr-share"));

const collapseSlide = (slide, deck, place, words) => {
  const film = deck.watched[place];
  return [
    el("div.pr-asked", {}, small(fill(words.collapseLead, { n: film.n })),
      verbatim("p.pr-question", film.prompt)),
    el("ul.pr-bars", {}, film.rows.map(barRow)),
    el("div.pr-film", {},
      el("p.pr-distinct", {}, el("b.pr-value"), el("span", {}, words.distinct)),
      el("button.pr-button.pr-play"),
      el("input.pr-scrub", { type: "range", min: 0, max: film.steps.length - 1, value: 0,
        "aria-label": words.step }),
      el("span.pr-step")),
  ];
};

export const drawFrame = (stage, film, frame, words) => {
  stage.querySelectorAll(".pr-row").forEach((item, i) => {
    const share = film.rows[i].shares[frame];
    item.querySelector(".pr-fill").style.width = `${Math.round(share * 100)}%`;
    item.querySelector(".pr-share").textContent = percent(share);
    item.classList.toggle("pr-none", Math.round(share * 100) === 0);
  });
  const step = `${words.step} ${film.steps[frame]}`;
  stage.querySelector(".pr-distinct b").textContent = film.distinct[frame];
  stage.querySelector(".pr-step").textContent = step;
  const scrub = stage.querySelector(".pr-scrub");
  scrub.value = frame;
  scrub.setAttribute("aria-valuetext", step);
};

export const SLIDES = {
  title: titleSlide, before: questionSlide("before"), after: questionSlide("after"),
  collapse: collapseSlide, kept: keptSlide, verdict: verdictSlide, cost: costSlide,
};

// Where a slide shows one of several: the name of the place that is kept, and the deck's list.
export const LISTS = { before: ["question", "questions"], after: ["question", "questions"],
  collapse: ["film", "watched"], kept: ["kept", "kept"] };
