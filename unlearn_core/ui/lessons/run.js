// A run inside a lesson: started at a press, followed in the store, found again after a reload.

const RUN_POLL = 600;
const RUN_MOVING = ["queued", "loading", "running", "stopping"];
const RUN_FELL = ["failed", "discarded", "stopped"];

const emptyRows = () => ({ cursor: 0, status: null, curves: {}, probes: [], answers: [],
  records: [], candidates: [], notes: [] });

const takeRows = (rows, news) => {
  rows.cursor = news.cursor;
  rows.status = news.status;
  for (const [name, [steps, values]] of Object.entries(news.scalars)) {
    const curve = rows.curves[name] || (rows.curves[name] = [[], []]);
    curve[0].push(...steps);
    curve[1].push(...values);
  }
  for (const name of ["probes", "answers", "records", "candidates", "notes"]) {
    rows[name].push(...news[name]);
  }
};

const runPhase = (status) => {
  if (status.state === "queued" && status.place > 1) {
    return `Waiting, place ${status.place} in the queue`;
  }
  if (RUN_MOVING.includes(status.state) && CONFIG.phases[status.phase]) {
    return CONFIG.phases[status.phase];
  }
  return CONFIG.states[status.state];
};

const makeRunCard = (api, settings) => {
  const box = el("section", "le-run");
  const begin = el("button", "le-button le-main", settings.label);
  begin.type = "button";
  const note = el("p", "le-note", settings.note || "");
  const problem = el("p", "le-problem");
  problem.setAttribute("role", "alert");
  const head = el("div", "le-run-head");
  const state = el("span", "lv-state");
  state.setAttribute("role", "status");
  const detail = el("span", "le-run-detail");
  const bar = el("div", "lv-bar");
  const fill = el("div", "lv-fill");
  bar.append(fill);
  bar.setAttribute("role", "progressbar");
  bar.setAttribute("aria-label", "Progress of the run");
  head.append(state, detail, bar);
  const content = el("div", "le-run-content");
  box.append(begin, note, problem, head, content);
  return { box, begin, note, problem, head, state, detail, bar, fill, content, api, settings,
    rows: emptyRows() };
};

const showRunHead = (card) => {
  const { status, notes } = card.rows;
  const started = Boolean(status);
  const again = !started || RUN_FELL.includes(status.state);
  card.begin.hidden = !again;
  card.note.hidden = !again || !card.settings.note;
  card.head.hidden = !started;
  const failed = notes.filter((one) => one.level === "error").pop();
  card.problem.textContent = failed ? `${failed.title}. ${failed.text}` : card.fault || "";
  card.problem.hidden = !card.problem.textContent;
  if (!started) return;
  card.state.dataset.state = status.state;
  card.state.textContent = runPhase(status);
  card.detail.textContent = status.total ? `step ${status.step} of ${status.total}` : "";
  const done = status.state === "done" ? 1 : status.total ? status.step / status.total : 0;
  card.fill.style.width = `${Math.round(100 * done)}%`;
  card.bar.setAttribute("aria-valuenow", String(Math.round(100 * done)));
};

// Asks for what is new as long as the card is on the page; `show` draws the run's own content.
const followRun = (card, show) => {
  const { api, settings } = card;
  const key = settings.key;
  const look = () => {
    showRunHead(card);
    show(card);
  };
  let pending = false;
  const poll = async () => {
    const run = api.data.runs[key];
    if (pending || !run) return;
    pending = true;
    try {
      const news = await api.act("poll", { run, cursor: card.rows.cursor });
      if (news.gone) {
        delete api.data.runs[key];
        api.save();
        card.rows = emptyRows();
        card.fault = news.gone;
      } else {
        if (news.status) takeRows(card.rows, news);
        card.fault = news.problem || "";
      }
      look();
    } catch (error) {
      console.warn("the run could not be read; trying again", error);
    } finally {
      pending = false;
    }
  };
  card.begin.addEventListener("click", async () => {
    card.begin.disabled = true;
    const begun = await api.act(settings.action, settings.send || {});
    card.begin.disabled = false;
    card.fault = begun.problem || "";
    if (begun.run) {
      api.data.runs[key] = begun.run;
      api.save();
      card.rows = emptyRows();
      await poll();
    }
    look();
  });
  card.poll = poll;
  look();
  poll();
  const clock = setInterval(() => {
    if (!card.box.isConnected) return clearInterval(clock);
    const state = card.rows.status && card.rows.status.state;
    const moves = !state || state === "paused" || RUN_MOVING.includes(state);
    if (moves && !document.hidden && card.box.offsetParent) poll();
  }, RUN_POLL);
};

const runEnded = (card) => {
  const state = card.rows.status && card.rows.status.state;
  return state === "done" || state === "stopped";
};

// Recall curves of a run, and what it said first and last.
const recallPicture = (card) => ({
  xTitle: "Training steps",
  yTitle: "Facts still known (%)",
  xaxis: { range: [0, Math.max(1, card.rows.status ? card.rows.status.total : 1)] },
  curves: card.settings.curves.map((curve) => {
    const [x, y] = card.rows.curves[curve.name] || [[], []];
    return { ...curve, x, y: y.map((value) => (value === null ? null : value * 100)) };
  }),
});

const probePairs = (card) => {
  const pairs = new Map();
  for (const probe of card.rows.probes) {
    const key = `${probe.group}/${probe.id}`;
    if (!pairs.has(key)) pairs.set(key, { first: probe, last: probe });
    pairs.get(key).last = probe;
  }
  return [...pairs.values()];
};

const modelText = (text) => {
  const words = el("span", "le-said", text || "(nothing)");
  words.translate = false;
  return words;
};

const probeTable = (card) => {
  const table = el("table", "le-table");
  const head = table.createTHead().insertRow();
  for (const title of ["Question", "Before", `After step ${card.rows.status.step}`]) {
    const cell = el("th", "", title);
    cell.scope = "col";
    head.append(cell);
  }
  const body = table.createTBody();
  for (const { first, last } of probePairs(card)) {
    const row = body.insertRow();
    const cells = [row.insertCell(), row.insertCell(), row.insertCell()];
    cells[0].append(modelText(first.prompt), el("small", "", CONFIG.groups[first.group]));
    cells[1].append(modelText(first.text));
    cells[2].append(modelText(last.text));
  }
  return table;
};

scenes.run = (place, settings, api) => {
  const card = makeRunCard(api, settings);
  const chart = makeChart(settings.chartLabel || "Facts still known over the steps");
  const said = el("div", "le-scroll");
  place.append(card.box);
  followRun(card, () => {
    if (!card.rows.status) return card.content.replaceChildren();
    if (!chart.box.isConnected) card.content.replaceChildren(chart.box, said);
    chart.draw(recallPicture(card));
    if (card.rows.probes.length) said.replaceChildren(probeTable(card));
  });
};
