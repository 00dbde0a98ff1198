// One training step of PMC at a time: what is drawn, what is picked, how the answers move.

const PMC_MOST = 7;

const answerRows = (row) => {
  const leaks = new Map(row.answers.map(([text, , leak]) => [text, leak]));
  const shown = row.answers.slice(0, PMC_MOST).map(([text, count]) =>
    ({ text, share: count / row.n, leak: leaks.get(text) }));
  const rest = row.answers.slice(PMC_MOST);
  if (rest.length) {
    shown.push({ share: rest.reduce((sum, [, count]) => sum + count, 0) / row.n,
      words: `${rest.length} other answers` });
  }
  return shown;
};

const answerTable = (row) => {
  const card = el("article", "le-card");
  const title = row.step ? `Of ${row.n} answers after step ${row.step}`
    : `Of ${row.n} answers before the first step`;
  card.append(el("h4", "le-card-title", title));
  const list = el("ul", "le-shares");
  for (const one of answerRows(row)) {
    const item = el("li");
    const share = el("span", "le-number", percentWords(one.share));
    const bar = memoryBar(one.share);
    if (one.leak) bar.classList.add("le-bar-leak");
    const text = one.words ? el("span", "le-note", one.words) : modelText(one.text);
    item.append(share, bar, one.leak ? el("span", "lv-badge lv-bad", "leak") : el("span"), text);
    list.append(item);
  }
  card.append(list);
  return card;
};

const candidateTable = (found) => {
  const card = el("article", "le-card");
  card.append(el("h4", "le-card-title", `Drawn in step ${found.step}, and what was picked`));
  const reference = el("p", "le-note", "Reference answer: ");
  reference.append(modelText(found.reference));
  const list = el("ol", "le-candidates");
  const counts = new Map();
  for (const [text, score] of found.answers) {
    const known = counts.get(text) || { text, score, count: 0 };
    known.count += 1;
    counts.set(text, known);
  }
  for (const one of [...counts.values()].sort((a, b) => a.score - b.score)) {
    const item = el("li", one.text === found.picked ? "le-picked" : "");
    item.append(el("span", "le-number", percentWords(one.score)), modelText(one.text));
    if (one.count > 1) item.append(el("small", "", `drawn ${one.count} times`));
    if (one.text === found.picked) item.append(el("span", "lv-badge lv-good", "picked"));
    list.append(item);
  }
  if (!counts.has(found.picked)) {
    const item = el("li", "le-picked");
    item.append(el("span", "le-number", percentWords(found.score)), modelText(found.picked),
      el("span", "lv-badge lv-good", "kept from an earlier step"));
    list.prepend(item);
  }
  card.append(reference, list, el("p", "le-note",
    "The number is ROUGE-L, the share of the reference answer's words that come back in order."));
  return card;
};

scenes.pmc = (place, settings, api) => {
  const card = makeRunCard(api, settings);
  const step = urnButton("One step", () => ask("step"), true);
  const on = urnButton("Go on to the end", () => ask("resume"));
  const question = el("p", "le-strong");
  const columns = el("div", "le-columns");
  const tools = el("div", "le-tools");
  const solved = el("p", "le-note");
  tools.append(step, on);
  place.append(card.box);
  const ask = async (wish) => {
    step.disabled = on.disabled = true;
    const said = await api.act(wish, { run: api.data.runs[settings.key] });
    await card.poll();
    if (said.problem) card.fault = said.problem;
    showRunHead(card);
  };
  followRun(card, () => {
    const { status, answers, candidates } = card.rows;
    if (!status) return card.content.replaceChildren();
    if (!question.isConnected) card.content.replaceChildren(tools, question, columns, solved);
    const paused = status.state === "paused";
    step.disabled = on.disabled = !paused;
    tools.hidden = runEnded(card);
    if (!answers.length) return;
    const id = answers[0].id;
    const rows = answers.filter((row) => row.id === id);
    const drawn = candidates.filter((one) => one.id === id);
    const last = rows[rows.length - 1];
    const before = [...rows].reverse().find((row) => row.step < last.step);
    question.replaceChildren(modelText(rows[0].prompt));
    const shown = [answerTable(last)];
    const newest = drawn[drawn.length - 1];
    if (newest && newest.step === last.step) shown.unshift(candidateTable(newest));
    if (before) shown.unshift(answerTable(before));
    solved.textContent = last.step && !(newest && newest.step === last.step)
      ? "Nothing was drawn in this step: the picked answer shares no word with the reference "
        + "answer any more, so it is kept and trained on again." : "";
    columns.replaceChildren(...shown);
    if (runEnded(card)) api.ranOut();
  });
};
