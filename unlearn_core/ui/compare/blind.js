// Voting while the columns have no names, and the tally when they get them.

const NONE = "none";

// A room votes by show of hands, so every press is one more voice.
const voteForm = (card, voted) => {
  const { state } = card;
  const voices = [];
  state.votes.set(card.place, voices);
  const options = [...state.columns.map((_, i) => [String(i), LETTERS[i]]), [NONE, W.noneBest]];
  const box = el("fieldset", "cmp-vote");
  box.append(el("legend", "cmp-small", W.voteAsk));
  const shown = options.map(([value, text]) => {
    const vote = button(text, W.voteHelp, () => tell(() => voices.push(value)));
    const count = el("span", "cmp-voices", "0");
    vote.append(" ", count);
    box.append(vote);
    return { value, text, vote, count };
  });
  const undo = button(W.voteUndo, "", () => tell(() => voices.pop()));
  box.append(undo);
  const tell = (change) => {
    change();
    for (const { value, text, vote, count } of shown) {
      const n = voices.filter((voice) => voice === value).length;
      count.textContent = String(n);
      vote.setAttribute("aria-label", `${text}: ${n}`);
    }
    undo.disabled = !voices.length;
    voted();
  };
  tell(() => {});
  box.disabled = !state.blind;
  return box;
};

const voicesOf = (state) => [...state.votes.values()].flat();

const tally = (state) => {
  const counts = new Map([...state.columns.map((_, i) => [String(i), 0]), [NONE, 0]]);
  for (const value of voicesOf(state)) counts.set(value, counts.get(value) + 1);
  const most = Math.max(1, ...counts.values());
  const list = el("ol", "cmp-bars");
  for (const [value, count] of counts) {
    const holder = el("span", "cmp-saying");
    if (value === NONE) holder.append(el("span", "", W.noneBest));
    else {
      holder.append(el("span", "cmp-letter", LETTERS[value]),
        said("span", "cmp-said", state.columns[value].name));
    }
    list.append(bar(count / most, "", String(count), [holder]));
  }
  const box = el("section", "cmp-card cmp-tally");
  box.tabIndex = -1;
  box.append(el("h4", "", fill(W.tallyHead, { n: voicesOf(state).length })), list);
  return box;
};
