// Passages token by token, and all of them against how often they were seen.

const percentWords = (share) => `${Math.round(100 * share)}\u00a0%`;

const tokenSpan = ([text, hit, guess, chance]) => {
  const token = el("span", hit ? "le-hit" : "le-miss", text);
  token.title = hit ? `Said by itself (${percentWords(chance)})`
    : `It would have said “${guess}”; this had ${percentWords(chance)}`;
  return token;
};

const passageCard = (passage, settings, answered) => {
  const card = el("article", "le-card");
  const head = el("h4", "le-card-title", passage.label);
  const text = el("p", "le-tokens");
  text.translate = false;
  text.append(...passage.tokens.map(tokenSpan));
  const facts = el("p", "le-note", `${passage.hits} of ${passage.tokens.length} tokens said by `
    + `itself: memorisation accuracy ${percentWords(passage.accuracy)}.`);
  card.append(head, text, facts);
  if (settings.seen || answered) {
    card.append(el("p", "le-strong", passage.seen === 1 ? "Seen once in training."
      : `Seen ${passage.seen} times in training.`));
  }
  return card;
};

const tokenKey = () => {
  const key = el("p", "le-note le-token-key");
  key.append(el("span", "le-hit", "underlined"), el("span", "", "the model says it by itself"),
    el("span", "le-miss", "dotted"), el("span", "", "it would have said something else"));
  return key;
};

scenes.tokens = async (place, settings, api) => {
  const cards = el("div", settings.choose ? "" : "le-columns");
  const wait = el("p", "le-note", "Reading the passages …");
  place.append(tokenKey(), wait);
  const found = await api.act("tokens", { ids: settings.ids });
  if (found.problem) return wait.replaceWith(el("p", "le-problem", found.problem));
  wait.remove();
  const show = (passages) =>
    cards.replaceChildren(...passages.map((one) => passageCard(one, settings, api.answered())));
  if (settings.choose) {
    const choice = el("select", "lv-select");
    choice.setAttribute("aria-label", "Passage");
    found.passages.forEach((passage, i) => {
      const option = el("option", "", passage.label);
      option.value = String(i);
      choice.append(option);
    });
    choice.addEventListener("change", () => show([found.passages[Number(choice.value)]]));
    place.append(choice);
  }
  place.append(cards);
  show(settings.choose ? found.passages.slice(0, 1) : found.passages);
  api.onAnswer(() => show(found.passages));
};

scenes.scatter = async (place, settings, api) => {
  const chart = makeChart("Memorisation accuracy of all 64 passages against how often each was seen");
  place.append(chart.box);
  const { points, problem } = await api.act("scatter", {});
  if (problem) return place.replaceChildren(el("p", "le-problem", problem));
  const seen = [...new Set(points.map((one) => one.seen))].sort((a, b) => a - b);
  const means = seen.map((times) => {
    const some = points.filter((one) => one.seen === times);
    return 100 * some.reduce((sum, one) => sum + one.accuracy, 0) / some.length;
  });
  chart.draw({
    hovermode: "closest",
    xTitle: "Times seen in training (each mark doubles)",
    yTitle: "Memorisation accuracy (%)",
    xaxis: { type: "log", tickvals: [1, 2, 4, 8, 16, 32, 64] },
    curves: [
      { label: "Dots: one passage each", points: true, colour: "retain", x: points.map((p) => p.seen),
        y: points.map((p) => 100 * p.accuracy), text: points.map((p) => escapeText(p.label)),
        hover: "%{text}<br>seen %{x} times: %{y:.0f} %<extra></extra>" },
      { label: "Mean of those seen as often", colour: "forget", dash: "dash", x: seen, y: means,
        hover: "mean %{y:.0f} %<extra></extra>" },
    ],
  });
};

const memoryBar = (share) => {
  const bar = el("span", "le-bar");
  const fill = el("span", "le-bar-fill");
  fill.style.width = `${100 * share}%`;
  bar.append(fill);
  bar.setAttribute("aria-hidden", "true");
  return bar;
};

// A row for each passage of the lesson and a column for each model that is asked for.
scenes.memory = async (place, settings, api) => {
  const draw = async () => {
    const runs = Object.fromEntries((settings.runs || []).filter((key) => api.data.runs[key])
      .map((key) => [key, api.data.runs[key]]));
    const found = await api.act("memory", { runs });
    if (found.problem) return place.replaceChildren(el("p", "le-problem", found.problem));
    const table = el("table", "le-table le-memory");
    const head = table.createTHead().insertRow();
    for (const title of ["Passage", "Seen", ...found.columns]) {
      const cell = el("th", "", title);
      cell.scope = "col";
      head.append(cell);
    }
    const body = table.createTBody();
    for (const passage of found.rows) {
      const row = body.insertRow();
      const name = el("span", "", passage.label);
      name.translate = false;
      row.insertCell().append(name);
      row.append(el("td", "le-number", passage.seen === 1 ? "once" : `${passage.seen} times`));
      for (const share of passage.values) {
        const cell = row.insertCell();
        cell.className = "le-number";
        cell.append(memoryBar(share), el("span", "", percentWords(share)));
      }
    }
    place.replaceChildren(table, el("p", "le-note", found.waiting));
  };
  place.append(el("p", "le-note", "Measuring the passages …"));
  await draw();
  api.onRun(draw);
};

// The strip of dots of the third step of the app, of a run of this lesson.
scenes.strip = (place, settings, api) => {
  const card = makeRunCard(api, settings);
  const item = makeRecords(CONFIG);
  let told = false;
  place.append(card.box);
  const view = () => ({ run: api.data.runs[settings.key], records: card.rows.records,
    pointer: null, config: CONFIG });
  followRun(card, () => {
    if (!card.rows.status) return card.content.replaceChildren();
    if (!item.card.isConnected) card.content.replaceChildren(item.card);
    drawRecords(item, view());
    if (runEnded(card) && !told) {
      told = true;
      api.ranOut();
    }
  });
  onThemeChange(element, () => item.card.isConnected && drawRecords(item, view()));
};
