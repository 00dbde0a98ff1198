// What a column shows of a question: its answer, what changed in it, its sampled answers.

const toneOf = (question, known) => (known === question.forget ? "bad" : "good");

const knownBadge = (question, cell) => {
  if (cell.known === null) return [];
  const words = cell.known ? W.gives : W.givesNot;
  return [badge(words, toneOf(question, cell.known))];
};

const samplesHead = (found) => {
  const head = fill(W.samplesHead, found);
  if (found.giving === null) return head;
  const share = fill(W.giving, { percent: Math.round(found.giving * 100) });
  return `${head} · ${share}`;
};

const answerBody = (question, cell) => {
  const text = cell.text || (cell.finished ? "" : W.notYet);
  const body = text
    ? [said("p", "cmp-text", text)]
    : [el("p", "cmp-text cmp-soft", W.emptyAnswer)];
  if (cell.finished) body.push(...knownBadge(question, cell));
  if (cell.samples) body.push(el("span", "cmp-small", samplesHead(cell.samples)));
  return body;
};

const TAGS = { same: "span", removed: "del", added: "ins" };

const wordsBody = (question, cell, column) => {
  if (column === 0 || !cell.words) return answerBody(question, cell);
  if (cell.words.every(([kind]) => kind === "same")) {
    return [said("p", "cmp-text", cell.text), el("span", "cmp-small", W.same)];
  }
  const text = said("p", "cmp-text cmp-diff", "");
  cell.words.forEach(([kind, words], i) => {
    text.append(el(TAGS[kind], "", words));
    if (i < cell.words.length - 1) text.append(" ");
  });
  return [text, el("span", "cmp-small", W.wordsHelp)];
};

const bar = (share, tone, amount, parts) => {
  const row = el("li", `cmp-bar${tone ? ` cmp-bar-${tone}` : ""}`);
  const track = el("span", "cmp-track");
  const fillNode = el("span", "cmp-fill");
  fillNode.style.width = `${share * 100}%`;
  track.append(fillNode);
  row.append(el("span", "cmp-count", amount), track, ...parts);
  return row;
};

const samplesBody = (question, cell) => {
  if (!cell.samples) return [el("p", "cmp-small", cell.finished ? W.noSamples : W.notYet)];
  const list = el("ol", "cmp-bars");
  for (const one of cell.samples.bars) {
    const text = one.text ? said("span", "cmp-said", one.text) : el("span", "cmp-said cmp-soft", W.emptyAnswer);
    const tone = one.known ? toneOf(question, true) : "";
    const parts = one.known ? [text, badge(question.forget ? W.leak : W.true, tone)] : [text];
    const holder = el("span", "cmp-saying");
    holder.append(...parts);
    list.append(bar(one.share, tone, String(one.count), [holder]));
  }
  if (cell.samples.rest) {
    list.append(el("li", "cmp-small", fill(W.rarer, { n: cell.samples.rest })));
  }
  return [el("span", "cmp-small", samplesHead(cell.samples)), list];
};
