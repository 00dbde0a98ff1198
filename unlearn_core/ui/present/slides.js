// What each slide looks like. All text is set by textContent: model text never becomes HTML.

const tag = (name, className = "", text = "") => {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== "") node.textContent = text;
  return node;
};
// Text of models and records, which no translation may touch.
const told = (name, className, text) => {
  const node = tag(name, className, text);
  node.setAttribute("translate", "no");
  return node;
};
const W = CONFIG.words;

const answerCard = (question, when) => {
  const given = when === "before" ? question.gaveBefore : question.givesNow;
  const card = tag("div", `pr-card ${given ? "pr-gives" : ""}`);
  card.append(tag("p", "pr-small", W.said[when]), told("blockquote", "pr-answer", question[when]));
  if (given !== null) {
    const badge = tag("p", given ? "pr-badge pr-bad" : "pr-badge pr-good");
    const sign = tag("span", "", given ? "! " : "✓ ");
    sign.setAttribute("aria-hidden", "true");
    badge.append(sign, tag("span", "", given ? W.gives : W.withholds));
    card.append(badge);
  }
  return card;
};

const questionSlide = (when) => (slide, deck, place) => {
  const question = deck.questions[place];
  const asked = tag("div", "pr-asked");
  asked.append(tag("p", "pr-small", W.asked), told("p", "pr-question", question.prompt));
  return [asked, answerCard(question, when)];
};

const titleSlide = (slide) => {
  const names = tag("p", "pr-names");
  slide.names.forEach((name) => names.append(told("span", "", name)));
  return [names, tag("p", "pr-lead", slide.end), told("p", "pr-small", slide.small)];
};

const keptSlide = (slide, deck, place) => deck.kept[place].map((question) => {
  const row = tag("div", "pr-kept");
  const pair = tag("div", "pr-pair");
  for (const [title, text] of [[W.then, question.before], [W.now, question.after]]) {
    const side = tag("div");
    side.append(tag("p", "pr-small", title), told("p", "pr-said", text));
    pair.append(side);
  }
  const head = tag("p", "pr-kept-head");
  const sign = tag("span", question.givesNow ? "pr-good" : "pr-bad", question.givesNow ? "✓" : "✕");
  sign.setAttribute("role", "img");
  sign.setAttribute("aria-label", question.givesNow ? W.stillKnown : W.lost);
  head.append(sign, tag("span", "pr-small", question.title), told("span", "", question.prompt));
  row.append(head, pair);
  return row;
});

const verdictSlide = (slide) => {
  const stamp = tag("p", `pr-stamp pr-${slide.tone}`);
  const sign = tag("b", "", slide.sign);
  sign.setAttribute("aria-hidden", "true");
  stamp.append(sign, tag("span", "", slide.word));
  const parts = [stamp, tag("p", "pr-lead", slide.headline)];
  if (slide.quote) {
    const quote = tag("figure", "pr-card pr-gives");
    const head = tag("figcaption", "pr-small");
    head.append(tag("span", "", W.stillSaid), tag("span", "", W.byAttack),
      told("span", "", slide.quote.attack));
    const truth = tag("p", "pr-small");
    truth.append(tag("span", "", W.true), told("span", "pr-truth", slide.quote.true));
    quote.append(head, told("p", "pr-small pr-clip", slide.quote.prompt),
      told("blockquote", "pr-answer", slide.quote.text), truth);
    parts.push(quote);
  }
  const list = tag("ul", "pr-lines");
  slide.lines.forEach((line) => list.append(tag("li", "", line)));
  return [...parts, list];
};

const costSlide = (slide) => {
  const tiles = tag("dl", "pr-tiles");
  for (const tile of slide.tiles) {
    const box = tag("div", "pr-tile");
    box.append(tag("dd", "pr-value", tile.value), tag("dt", "", tile.label));
    const was = tag("dd", "pr-small", tile.was);
    box.append(was, tag("dd", "pr-small", tile.help));
    tiles.append(box);
  }
  return [tiles, tag("p", "pr-small", slide.small)];
};

const collapseSlide = (slide, deck, place) => {
  const film = deck.watched[place];
  const head = tag("div", "pr-asked");
  head.append(tag("p", "pr-small", W.collapseLead.replace("{n}", film.n)),
    told("p", "pr-question", film.prompt));
  const bars = tag("ul", "pr-bars");
  for (const row of film.rows) {
    const item = tag("li", `pr-row pr-${row.kind}`);
    const label = row.kind === "answer" ? told("span", "pr-row-text", row.text)
      : tag("span", "pr-row-text", row.text);
    const track = tag("span", "pr-track");
    track.append(tag("span", "pr-fill"));
    item.append(label, track, tag("span", "pr-share"));
    bars.append(item);
  }
  const foot = tag("div", "pr-film");
  const distinct = tag("p", "pr-distinct");
  distinct.append(tag("b", "pr-value"), tag("span", "", W.distinct));
  const scrub = tag("input", "pr-scrub");
  Object.assign(scrub, { type: "range", min: 0, max: film.steps.length - 1, value: 0 });
  scrub.setAttribute("aria-label", W.step);
  foot.append(distinct, tag("button", "pr-button pr-play"), scrub, tag("span", "pr-step"));
  return [head, bars, foot];
};

const drawFrame = (stage, film, frame) => {
  stage.querySelectorAll(".pr-row").forEach((item, i) => {
    const percent = Math.round(film.rows[i].shares[frame] * 100);
    item.querySelector(".pr-fill").style.width = `${percent}%`;
    item.querySelector(".pr-share").textContent = `${percent} %`;
    item.classList.toggle("pr-none", percent === 0);
  });
  stage.querySelector(".pr-distinct b").textContent = film.distinct[frame];
  stage.querySelector(".pr-step").textContent = `${W.step} ${film.steps[frame]}`;
  const scrub = stage.querySelector(".pr-scrub");
  scrub.value = frame;
  scrub.setAttribute("aria-valuetext", `${W.step} ${film.steps[frame]}`);
};

const SLIDES = {
  title: titleSlide, before: questionSlide("before"), after: questionSlide("after"),
  collapse: collapseSlide, kept: keptSlide, verdict: verdictSlide, cost: costSlide,
};
