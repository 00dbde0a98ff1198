// How likely every model finds each token of a text, what it would say next, and the true answer's
// rank. These are asked for when a person looks at them.

// A strip of tokens is one control: arrow keys and the pointer move its place, and the numbers of
// that place stand below.
const tokenStrip = (card, column, tokens, base) => {
  const strip = said("div", "cmp-tokens", "");
  strip.tabIndex = 0;
  strip.setAttribute("role", "slider");
  strip.setAttribute("aria-label", W.tokensLabel);
  strip.setAttribute("aria-valuemin", "1");
  strip.setAttribute("aria-valuemax", String(tokens.length));
  strip.setAttribute("aria-valuenow", "1");
  strip.setAttribute("aria-valuetext", W.readout);
  const nodes = tokens.map((token, i) => {
    const node = el("span", "cmp-token", token.text);
    const compared = base && card.shade === "difference";
    const change = compared ? token.share - base[i].share : token.share;
    node.style.setProperty("--w", Math.min(1, Math.abs(change)).toFixed(3));
    if (compared) node.classList.add(change < 0 ? "cmp-less" : "cmp-more");
    node.classList.toggle("cmp-clear", Math.abs(change) < 0.01);
    node.addEventListener("pointerenter", () => pointAt(card, i, column));
    return node;
  });
  strip.append(...nodes);
  strip.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const ends = { Home: 0, End: tokens.length - 1 }[event.key];
    if (step === undefined && ends === undefined) return;
    event.preventDefault();
    const wanted = ends === undefined ? (card.at ?? -1) + step : ends;
    pointAt(card, Math.max(0, Math.min(tokens.length - 1, wanted)), column);
  });
  const readout = el("p", "cmp-readout", W.readout);
  const point = (at) => {
    nodes.forEach((node, i) => node.classList.toggle("cmp-here", i === at));
    if (at === null || !tokens[at]) return;
    const words = tokenWords(tokens[at], base && base[at]);
    readout.translate = false; // from now on it holds a token
    readout.textContent = words;
    strip.setAttribute("aria-valuenow", String(at + 1));
    strip.setAttribute("aria-valuetext", words);
  };
  card.strips[column] = point;
  return [strip, readout];
};

const pointAt = (card, at, column) => {
  card.at = at;
  // Where models cut a text into the same tokens, the place is the same in all of them.
  if (card.tokens.same) card.strips.forEach((point) => point(at));
  else card.strips[column](at);
};

const points = (change) => `${change < 0 ? "−" : "+"}${Math.abs(change * 100).toFixed(1)}`;

const tokenWords = (token, base) => {
  const parts = [`${seen(token.text)} ${percent(token.share)}`];
  if (base) parts.push(`${points(token.share - base.share)} ${W.points}`);
  parts.push(fill(W.rank, { rank: token.rank }));
  parts.push(fill(W.entropy, { bits: token.entropy.toFixed(2) }));
  return parts.join(" · ");
};

// The numbers of all columns: in one table where they have the same tokens, else one for each.
const tokenTables = (card) => {
  const there = card.tokens.columns.map((found, column) => ({ ...found, column }))
    .filter((found) => !found.problem);
  const parts = card.tokens.same ? [there] : there.map((found) => [found]);
  return parts.filter((part) => part.length).map((part) => tokenTable(part));
};

const tokenTable = (columns) => {
  const holder = el("div", "cmp-scroll");
  holder.tabIndex = 0;
  holder.setAttribute("role", "region");
  holder.setAttribute("aria-label", W.asTable);
  const table = el("table", "cmp-table");
  const head = table.createTHead().insertRow();
  const title = (text) => {
    const cell = el("th", "", text);
    cell.scope = "col";
    head.append(cell);
  };
  title(W.token);
  const base = columns[0];
  const compared = (found) => base.column === 0 && found.column > 0;
  for (const found of columns) {
    title(fill(W.columnShare, { letter: LETTERS[found.column] }));
    if (compared(found)) title(fill(W.columnChange, { letter: LETTERS[found.column] }));
  }
  const body = table.createTBody();
  base.tokens.forEach((token, i) => {
    const row = body.insertRow();
    row.append(said("td", "cmp-mono", seen(token.text)));
    for (const found of columns) {
      row.append(el("td", "", percent(found.tokens[i].share)));
      if (compared(found)) row.append(el("td", "", points(found.tokens[i].share - token.share)));
    }
  });
  holder.append(table);
  return holder;
};

const tokensBody = (card, column) => {
  const found = card.tokens.columns[column];
  if (found.problem) return [said("p", "cmp-problem", found.problem)];
  const first = card.tokens.columns[0];
  const base = column && card.tokens.same && !first.problem ? first.tokens : null;
  const mean = found.mean === null ? "" : `−${Math.abs(found.mean).toFixed(2)}`;
  const whole = el("span", "cmp-small", mean ? fill(W.whole, { mean }) : W.impossible);
  return [...tokenStrip(card, column, found.tokens, base), whole];
};

const swatch = (className, words) => {
  const item = el("span", "cmp-key");
  const mark = el("span", `cmp-token ${className}`, "\u00a0\u00a0\u00a0");
  mark.style.setProperty("--w", className === "cmp-none" ? "0" : "0.9");
  mark.setAttribute("aria-hidden", "true");
  item.append(mark, el("span", "", words));
  return item;
};

const legend = (card) => {
  const keys = el("div", "cmp-legend");
  if (card.shade === "difference" && card.tokens && card.tokens.same) {
    keys.append(swatch("cmp-less", W.legendLess), swatch("cmp-more", W.legendMore));
  }
  keys.append(swatch("", card.shade === "difference" ? W.legendFirst : W.legendSure));
  if (card.tokens && !card.tokens.same) keys.append(el("span", "", W.otherTokens));
  return keys;
};

const nextBody = (card, column) => {
  const found = card.next.columns[column];
  if (found.problem) return [said("p", "cmp-problem", found.problem)];
  const list = el("ol", "cmp-bars");
  for (const one of found.bars) {
    const holder = el("span", "cmp-saying");
    holder.append(said("span", "cmp-said cmp-mono", seen(one.text)));
    const here = one.text === card.next.expected;
    if (here) holder.append(el("span", "cmp-badge cmp-good", W.inText));
    list.append(bar(one.share, here ? "good" : "", percent(one.share), [holder]));
  }
  return [list];
};

const rankBody = (card, column) => {
  const found = card.rank.columns[column];
  if (found.problem) return [said("p", "cmp-problem", found.problem)];
  const row = el("span", "cmp-places");
  row.setAttribute("aria-hidden", "true");
  for (let place = 1; place <= found.answers; place += 1) {
    row.append(el("span", place === found.place ? "cmp-place cmp-place-true" : "cmp-place"));
  }
  const mean = found.mean === null ? "" : `−${Math.abs(found.mean).toFixed(2)}`;
  return [
    el("p", "cmp-big", fill(W.place_of, found)), row,
    el("span", "cmp-small", mean ? fill(W.whole, { mean }) : W.impossible),
    el("span", "cmp-small", fill(W.tokenRank, { rank: found.rank.toFixed(1) })),
  ];
};
