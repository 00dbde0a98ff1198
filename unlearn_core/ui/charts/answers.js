// The stacked shares of one watched question's sampled answers over the steps.

const MOST_ANSWERS = 8;
const OTHER = "\u0000other";

const makeAnswers = (config, redraw) => {
  const card = el("section", "lv-card lv-answers");
  const choice = el("select", "lv-select");
  choice.setAttribute("aria-label", "Watched question");
  const truth = el("p", "lv-truth");
  const plot = el("div", "lv-plot");
  const keys = el("ul", "lv-answer-keys");
  const side = el("div", "lv-answer-side");
  const body = el("div", "lv-answer-body");
  side.append(el("p", "lv-small", "Share of samples now"), keys);
  body.append(plot, side);
  card.append(titled(config.answers), choice, truth, body);
  choice.addEventListener("change", redraw);
  return { card, choice, truth, plot, keys, slots: {}, ready: false };
};

const syncQuestions = (item, view) => {
  const ids = [...view.answers.keys()];
  if (item.choice.dataset.ids === ids.join("\n")) return;
  item.choice.dataset.ids = ids.join("\n");
  const chosen = item.choice.value;
  item.choice.replaceChildren(...ids.map((id) => {
    const option = verbatim("option", "", view.answers.get(id)[0].prompt);
    option.value = id;
    return option;
  }));
  if (ids.includes(chosen)) item.choice.value = chosen;
};

// The answers worth a colour: the largest over all steps, and the largest now.
const rankedAnswers = (rows) => {
  const totals = new Map();
  const leaks = new Map();
  for (const row of rows) {
    for (const [text, count, leak] of row.answers) {
      totals.set(text, (totals.get(text) || 0) + count / row.n);
      leaks.set(text, leak);
    }
  }
  const ranked = [...totals.keys()].sort((a, b) => totals.get(b) - totals.get(a));
  const kept = new Set(ranked.slice(0, MOST_ANSWERS));
  const last = rows[rows.length - 1].answers[0];
  if (last) kept.add(last[0]);
  const leaking = ranked.filter((text) => leaks.get(text));
  const hidden = leaking.filter((text) => !kept.has(text));
  return {
    leaking: leaking.filter((text) => kept.has(text)),
    plain: ranked.filter((text) => kept.has(text) && !leaks.get(text)),
    hiddenLeaks: new Set(hidden),
    kept,
  };
};

// An answer keeps its colour as long as it is drawn; a freed colour goes to the next newcomer.
const colourSlots = (item, id, texts, count) => {
  const slots = item.slots[id] || (item.slots[id] = new Map());
  for (const text of [...slots.keys()]) if (!texts.includes(text)) slots.delete(text);
  for (const text of texts) {
    if (slots.has(text)) continue;
    const taken = new Set(slots.values());
    let slot = 0;
    while (taken.has(slot)) slot += 1;
    slots.set(text, slot % count);
  }
  return slots;
};

const sharesOf = (rows, wanted) => rows.map((row) => {
  const counted = row.answers.filter(([text]) => wanted(text));
  return counted.reduce((sum, [, count]) => sum + count, 0) / row.n;
});

const answerBands = (item, view, id, rows) => {
  const ranked = rankedAnswers(rows);
  const theme = themeName();
  const hues = view.config.answerColours[theme];
  const slots = colourSlots(item, id, ranked.plain, hues.length);
  const leak = palette("forget");
  const bands = ranked.leaking.map((text) => ({ text, label: text, colour: leak, leak: true,
    shares: sharesOf(rows, (t) => t === text) }));
  if (ranked.hiddenLeaks.size) {
    bands.push({ text: OTHER + "leak", label: "other answers that leak", colour: leak, leak: true,
      shares: sharesOf(rows, (t) => ranked.hiddenLeaks.has(t)) });
  }
  bands.push(...ranked.plain.map((text) => ({ text, label: text || "(empty answer)",
    colour: hues[slots.get(text)], leak: false, shares: sharesOf(rows, (t) => t === text) })));
  const rest = sharesOf(rows, (t) => !ranked.kept.has(t) && !ranked.hiddenLeaks.has(t));
  if (rest.some((share) => share > 0)) {
    bands.push({ text: OTHER, label: "all other answers", colour: palette("line"),
      leak: false, shares: rest });
  }
  return bands;
};

const bandTrace = (band, steps, look) => ({
  type: "scatter",
  mode: steps.length < 2 ? "lines+markers" : "lines",
  stackgroup: "answers",
  name: escapeText(shorten(band.label, 48)),
  x: steps,
  y: band.shares.map((share) => share * 100),
  line: { width: 1.2, color: look.box },
  fillcolor: band.colour,
  fillpattern: band.leak
    ? { shape: "/", fgcolor: look.box, bgcolor: band.colour, size: 9, solidity: 0.22 } : undefined,
  marker: { color: band.colour },
  text: band.shares.map((share) => (share ? escapeText(shorten(band.label, 60)) : "")),
  hovertemplate: "%{y:.0f} %",
});

const answerKey = (band, place) => {
  const row = el("li", "lv-answer-key");
  const colour = el("span", band.leak ? "lv-dot lv-hatched" : "lv-dot");
  colour.style.backgroundColor = band.colour;
  const share = el("span", "lv-share", `${Math.round(band.shares[place] * 100)} %`);
  const said = band.text === band.label;
  const text = (said ? verbatim : el)("span", "lv-answer-text", band.label);
  text.title = band.label;
  row.append(colour, share, text);
  if (band.leak) row.append(el("span", "lv-badge lv-bad", "leak"));
  if (!band.shares[place]) row.classList.add("lv-faint");
  return row;
};

const drawAnswers = (item, view) => {
  syncQuestions(item, view);
  const rows = view.answers.get(item.choice.value);
  item.card.hidden = !rows;
  if (!rows) return;
  const look = surface();
  const steps = rows.map((row) => row.step);
  const bands = answerBands(item, view, item.choice.value, rows);
  const place = view.pointer === null ? rows.length - 1 : nearest(steps, view.pointer);
  item.truth.replaceChildren(el("span", "lv-small", "True answer: "),
    verbatim("span", "", rows[0].true));
  item.keys.replaceChildren(...[...bands].sort((a, b) => b.shares[place] - a.shares[place])
    .map((band) => answerKey(band, place)));
  const layout = layoutBase(look, {
    uirevision: "kept",
    xaxis: stepAxis(look, view),
    yaxis: axis(look, { range: [0, 100], uirevision: view.zoom.turn, nticks: 6,
      title: { text: "% of samples", font: { size: 13, color: look.soft }, standoff: 6 } }),
    ...stepMarks(look, view),
  });
  const traces = bands.map((band) => bandTrace(band, steps, look));
  Plotly.react(item.plot, traces, layout, plotConfig("lethe-answers"));
  if (!item.ready) view.zoom.follow(item.plot);
  item.ready = true;
};
