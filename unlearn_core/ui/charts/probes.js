// Probe prompts, answered again at every measurement, with a slider that replays the run.

const FRAME_MILLISECONDS = 350;

// Index of the last step at or before the wanted one.
const nearest = (steps, wanted) => {
  let place = 0;
  steps.forEach((step, i) => {
    if (step <= wanted) place = i;
  });
  return place;
};

const makeProbes = (config, view, redraw) => {
  const card = el("section", "lv-card lv-probes");
  const bar = el("div", "lv-scrub");
  const play = el("button", "lv-button", "Play");
  const slider = el("input", "lv-slider");
  const where = el("output", "lv-where");
  const live = el("button", "lv-button", "Newest");
  play.type = live.type = "button";
  slider.type = "range";
  slider.min = "0";
  slider.setAttribute("aria-label", "Step at which the answers are shown");
  live.dataset.help = "Follow the newest answers as they come.";
  bar.append(play, slider, where, live);
  const groups = el("div", "lv-groups");
  card.append(titled(config.probes), bar, groups);
  const item = { card, play, slider, where, live, groups, config, timer: null };
  const show = (place) => {
    view.pointer = view.probeSteps[place];
    redraw();
  };
  slider.addEventListener("input", () => {
    stopPlaying(item);
    show(Number(slider.value));
  });
  live.addEventListener("click", () => {
    stopPlaying(item);
    view.pointer = null;
    redraw();
  });
  play.addEventListener("click", () => (item.timer ? stopPlaying(item) : startPlaying(item, show)));
  return item;
};

const stopPlaying = (item) => {
  clearInterval(item.timer);
  item.timer = null;
  item.play.textContent = "Play";
};

const startPlaying = (item, show) => {
  const last = Number(item.slider.max);
  let place = Number(item.slider.value) >= last ? 0 : Number(item.slider.value);
  item.play.textContent = "Pause";
  show(place);
  item.timer = setInterval(() => {
    place += 1;
    if (place > Number(item.slider.max) || !item.card.isConnected) stopPlaying(item);
    else show(place);
  }, FRAME_MILLISECONDS);
};

const knownBadge = (row, group) => {
  if (row.known === null) return el("span");
  const forgetting = group === "forget" || group === "paraphrased";
  const good = forgetting ? !row.known : row.known;
  const words = row.known ? "gives the true answer" : "does not give it";
  return el("span", `lv-badge ${good ? "lv-good" : "lv-bad"}`, words);
};

const probeCard = (rows, group, place) => {
  const first = rows[0];
  const current = rows[place];
  const card = el("article", "lv-probe");
  card.append(verbatim("p", "lv-prompt", first.prompt));
  const answer = (title, row) => {
    const part = el("div", "lv-said");
    const head = el("p", "lv-small", `${title} `);
    head.append(knownBadge(row, group));
    part.append(head, row.text ? verbatim("p", "lv-text", row.text) : el("p", "lv-text", "(empty answer)"));
    return part;
  };
  const pair = el("div", "lv-pair");
  pair.append(answer(`Step ${first.step}`, first), answer(`Step ${current.step}`, current));
  card.append(pair);
  if (first.true) {
    const truth = el("p", "lv-truth");
    truth.append(el("span", "lv-small", "True answer: "), verbatim("span", "", first.true));
    card.append(truth);
  }
  return card;
};

const drawProbes = (item, view) => {
  const { probeSteps } = view;
  item.card.hidden = probeSteps.length === 0;
  if (!probeSteps.length) return;
  const place = view.pointer === null ? probeSteps.length - 1 : nearest(probeSteps, view.pointer);
  const step = probeSteps[place];
  item.slider.max = String(probeSteps.length - 1);
  item.slider.value = String(place);
  item.slider.setAttribute("aria-valuetext", `step ${step}`);
  item.where.textContent = `step ${step}`;
  item.live.setAttribute("aria-pressed", String(view.pointer === null));
  const key = `${view.run} ${step} ${view.probes.size}`;
  if (item.groups.dataset.key === key) return;
  item.groups.dataset.key = key;
  item.groups.replaceChildren(...Object.entries(item.config.groups).map(([group, term]) => {
    const found = [...view.probes.values()].filter((rows) => rows[0].group === group);
    const part = el("div", "lv-group");
    if (!found.length) return part;
    const title = el("h5", "lv-group-title", term.label);
    title.append(helpMark(term.help));
    part.append(title, ...found.map(
      (rows) => probeCard(rows, group, nearest(rows.map((row) => row.step), step))));
    return part;
  }).filter((part) => part.childElementCount));
};
