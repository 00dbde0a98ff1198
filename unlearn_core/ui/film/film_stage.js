// One run of a film: its numbers, sampled answers and probes at one measured step. Can be mounted
// anywhere: makeStage(config, asked) gives { root, load(film), ask(question), show(place) }, where a
// film is what unlearn_core.runs.frames.film gives, and asked is called with the question that is
// chosen. A frame changes texts and lengths, never the layout.

const FILM_LEAKS = 4;
const FILM_PLAIN = 6;

const setText = (node, text) => {
  if (node.textContent !== text) node.textContent = text;
};

const filmBadge = (word) => el("span", "film-badge film-badge-bad", word);

// ---- sampled answers
const share = (rows, wanted) => {
  const total = rows.reduce((sum, [, count]) => sum + count, 0) || 1;
  return rows.filter(([text]) => wanted(text)).reduce((sum, [, count]) => sum + count, 0) / total;
};

// Rows keep their places through the whole film: leaking answers first, each by its share of all.
const answerRows = (film, question) => {
  const totals = new Map();
  const leaks = new Set();
  for (const frame of film.frames) {
    for (const [text, count, leak] of frame.answers[question] || []) {
      totals.set(text, (totals.get(text) || 0) + count);
      if (leak) leaks.add(text);
    }
  }
  const ranked = [...totals.keys()].sort((a, b) => totals.get(b) - totals.get(a));
  const leaking = ranked.filter((text) => leaks.has(text));
  const plain = ranked.filter((text) => !leaks.has(text));
  const shown = (text) => ({ text, wanted: (one) => one === text });
  const merged = (texts) => {
    const rest = new Set(texts);
    return texts.length ? [{ text: null, wanted: (one) => rest.has(one) }] : [];
  };
  return [
    ...leaking.slice(0, FILM_LEAKS).map((text) => ({ ...shown(text), leak: true })),
    ...merged(leaking.slice(FILM_LEAKS)).map((row) => ({ ...row, leak: true })),
    ...plain.slice(0, FILM_PLAIN).map((text) => ({ ...shown(text), leak: false })),
    ...merged(plain.slice(FILM_PLAIN)).map((row) => ({ ...row, leak: false })),
  ];
};

const answerBar = (row, words, mark) => {
  const item = el("li", row.leak ? "film-answer film-leaking" : "film-answer");
  const fill = el("span", "film-fill");
  const name = verbatim("span", "film-answer-text");
  const number = el("span", "film-share");
  item.append(fill);
  const merged = row.text === null;
  if (merged) item.append(el("span", "film-soft", row.leak ? words.otherLeaks : words.others));
  else setAnswer(name, row.text, words);
  item.append(name);
  if (row.leak) item.append(filmBadge(mark));
  item.append(number);
  return { ...row, merged, item, fill, name, number };
};

const setAnswer = (name, text, words) => {
  setText(name, text === "" ? words.empty : text);
  name.title = text;
};

const drawBars = (bars, rows, words) => {
  for (const bar of bars) {
    const part = share(rows, bar.wanted);
    bar.fill.style.transform = `scaleX(${part})`;
    bar.item.classList.toggle("film-none", part === 0);
    setText(bar.number, `${Math.round(part * 100)} %`);
    const first = bar.merged && rows.find(([text]) => bar.wanted(text));
    if (bar.merged) setAnswer(bar.name, first ? first[0] : "–", words);
  }
};

// ---- probes
const probeLine = (probe, words, mark) => {
  const item = el("li", "film-probe");
  const said = verbatim("p", "film-said");
  const badge = filmBadge(mark);
  const head = el("p", "film-asked");
  head.append(verbatim("span", "", probe.prompt), badge);
  item.append(head, said);
  return { probe, said, badge, item };
};

const drawProbe = (line, said, teaching, words) => {
  setText(line.said, said ? said.text || words.empty : "–");
  line.said.title = said ? said.text : "";
  const forgetting = ["forget", "paraphrased"].includes(line.probe.group);
  const leaks = Boolean(said && said.leaks);
  const lost = Boolean(said && said.known === false && (!forgetting || teaching));
  line.item.classList.toggle("film-leaking", leaks);
  line.badge.hidden = !leaks && !lost;
  if (leaks || lost) setText(line.badge, leaks ? words.leak : words.lost_fact);
};

const probeGroups = (film, config, mark) => {
  const teaching = film.kind === "teach";
  const titles = teaching ? { ...config.groups, ...config.taught } : config.groups;
  const groups = [...new Set(film.probes.map((probe) => probe.group))];
  return groups.map((group) => {
    const lines = film.probes.filter((probe) => probe.group === group)
      .map((probe) => probeLine(probe, config.words, mark));
    const list = el("ul", "film-probes");
    list.append(...lines.map((line) => line.item));
    const part = el("section", `film-group film-group-${group}`);
    part.append(el("h4", "film-group-title", titles[group] || group), list);
    return { part, lines };
  });
};

// ---- numbers
const filmNumber = (value, percent) => {
  const small = value !== null && value !== undefined && !percent && Math.abs(value) < 10;
  return small ? value.toFixed(2) : showNumber(value, percent);
};

const filmTile = (tile, film, words) => {
  const [, values] = film.curves[tile.name];
  const card = el("div", "film-tile");
  const now = el("span", "film-now");
  const was = el("span", "film-was");
  const first = filmNumber(values[0], tile.percent);
  was.append(el("span", "", words.was), ` ${first} · `, el("span", "", tile.help));
  card.append(el("span", "film-label", tile.label), now, was);
  return { tile, now, card };
};

const makeStage = (config, asked) => {
  const { words } = config;
  const root = el("section", "film-run");
  const head = el("header", "film-run-head");
  const strip = el("div", "film-strip");
  const tiles = el("div", "film-tiles");
  const curves = el("div", "film-curves");
  const answers = el("section", "film-card film-answers");
  const question = el("select", "film-select film-question");
  question.setAttribute("aria-label", words.question);
  question.setAttribute("translate", "no");
  question.addEventListener("change", () => asked(question.value));
  const truth = el("p", "film-truth");
  const bars = el("ul", "film-bars");
  const probes = el("section", "film-card film-asked-again");
  strip.append(curves, tiles);
  root.append(head, strip, answers, probes);
  const stage = { root, film: null, place: 0, bars: [], tiles: [], groups: [], curves: [] };

  stage.load = (film) => {
    const teaching = film.kind === "teach";
    const mark = teaching ? words.true : words.leak;
    Object.assign(stage, { film, mark, place: 0 });
    const title = verbatim("h3", "film-name", film.name);
    head.replaceChildren(title, el("span", "film-soft", film.method));
    if (film.recorded) head.append(el("span", "film-badge", words.recorded));
    stage.at = el("span", "film-at");
    head.append(stage.at);
    stage.tiles = config.tiles[film.kind === "teach" ? "teach" : "unlearn"]
      .filter((tile) => film.curves[tile.name]).map((tile) => filmTile(tile, film, words));
    tiles.replaceChildren(...stage.tiles.map((one) => one.card));
    stage.curves = config.curves.map((curve) => makeCurve(curve, film, words)).filter(Boolean);
    curves.replaceChildren(...stage.curves.map((curve) => curve.root));
    answers.replaceChildren(titled({ label: words.answers, help: words.answersHelp }), question,
      truth, bars);
    stage.groups = probeGroups(film, config, mark);
    probes.replaceChildren(titled({ label: words.probes, help: words.probesHelp }),
      ...stage.groups.map((group) => group.part));
    const known = film.questions.map((one) => one.id);
    question.replaceChildren(...film.questions.map((one) => {
      const choice = verbatim("option", "", one.prompt);
      choice.value = one.id;
      return choice;
    }));
    question.hidden = !known.length;
    stage.ask(known.includes(stage.question) ? stage.question : known[0]);
  };

  stage.ask = (id) => {
    const found = stage.film.questions.find((one) => one.id === id);
    stage.question = found ? id : "";
    question.value = stage.question;
    truth.replaceChildren();
    stage.bars = [];
    if (found) {
      truth.append(el("span", "film-soft", words.trueAnswer),
        verbatim("span", "film-true", found.true));
      stage.bars = answerRows(stage.film, id).map((row) => answerBar(row, words, stage.mark));
    } else truth.append(el("span", "film-soft", words.noQuestions));
    bars.replaceChildren(...stage.bars.map((bar) => bar.item));
    stage.show(stage.place);
  };

  stage.show = (place) => {
    stage.place = place;
    const frame = stage.film.frames[place];
    if (!frame) return;
    setText(stage.at, `${words.step} ${frame.step} ${words.of} ${stage.film.last}`);
    for (const { tile, now } of stage.tiles) {
      setText(now, filmNumber(frame.scalars[tile.name], tile.percent));
    }
    for (const curve of stage.curves) curve.mark(frame);
    drawBars(stage.bars, frame.answers[stage.question] || [], words);
    for (const { lines } of stage.groups) {
      for (const line of lines) {
        drawProbe(line, frame.probes[line.probe.key], stage.film.kind === "teach", words);
      }
    }
  };
  return stage;
};

// ---- small curves, drawn once; a frame moves their markers
const CURVES = {
  known: { forget: "utility/forget_recall", retain: "utility/retain_recall", scale: 100 },
  surprise: { forget: "loss/forget", retain: "loss/retain", scale: 1 },
};

const svg = (tag, attributes) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
};

const makeCurve = (curve, film, words) => {
  const { scale, ...names } = CURVES[curve.key];
  const lines = Object.entries(names).filter(([, name]) => film.curves[name]);
  if (!lines.length) return null;
  const values = lines.flatMap(([, name]) => film.curves[name][1]).filter((v) => v !== null);
  const top = curve.key === "known" ? 1 : Math.max(...values, 1e-9);
  const last = Math.max(1, film.last);
  const shown = (value) => (value * scale).toFixed(scale === 100 ? 0 : 1);
  const x = (step) => (100 * step) / last;
  const y = (value) => 100 - (100 * Math.max(0, value)) / top;
  const root = el("figure", "film-curve");
  const head = el("figcaption", "film-curve-head");
  const label = el("span", "film-label", curve.label);
  label.append(helpMark(curve.help));
  head.append(label);
  const picture = svg("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none",
    "aria-hidden": "true" });
  const area = el("div", "film-area");
  const needle = el("i", "film-needle");
  area.append(picture, needle);
  const keys = lines.map(([look, name]) => {
    const [steps, all] = film.curves[name];
    const points = steps.map((step, i) => [step, all[i]]).filter(([, value]) => value !== null);
    picture.append(svg("polyline", { class: `film-line film-line-${look}`,
      points: points.map(([step, value]) => `${x(step).toFixed(2)},${y(value).toFixed(2)}`)
        .join(" ") }));
    const dot = el("i", `film-dot film-dot-${look}`);
    const key = el("span", `film-key film-key-${look}`);
    const taught = film.kind === "teach" && look === "forget";
    const word = taught ? words.taughtLine : look === "forget" ? words.forgetLine : words.keepLine;
    const number = el("strong", "film-key-now");
    const sample = el("i", "film-key-line");
    key.append(sample, el("span", "", word), number);
    area.append(dot);
    head.append(key);
    return { name, dot, number };
  });
  const axis = el("span", "film-top", `${shown(top)} ${curve.unit}`);
  area.append(axis);
  root.append(head, area);
  const mark = (frame) => {
    needle.style.left = `${x(frame.step)}%`;
    for (const { name, dot, number } of keys) {
      const value = frame.scalars[name];
      dot.hidden = value === null || value === undefined;
      if (!dot.hidden) Object.assign(dot.style, { left: `${x(frame.step)}%`, top: `${y(value)}%` });
      setText(number, dot.hidden ? "–" : `${shown(value)} ${curve.unit}`);
    }
  };
  return { root, mark };
};
