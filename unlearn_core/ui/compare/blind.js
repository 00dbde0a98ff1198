// Voting while the columns have no names, and the tally when they get them.

const NONE = "none";

const voteForm = (card, voted) => {
  const { state } = card;
  const box = el("div", "cmp-vote");
  const options = state.columns.map((_, i) => [String(i), LETTERS[i], ""]);
  const group = pills(W.voteAsk, [...options, [NONE, W.noneBest, ""]], state.votes.get(card.place),
    (value) => {
      state.votes.set(card.place, value);
      voted();
    });
  group.disabled = !state.blind;
  box.append(el("span", "cmp-small", W.voteAsk), group);
  return box;
};

const tally = (state) => {
  const counts = new Map([...state.columns.map((_, i) => [String(i), 0]), [NONE, 0]]);
  for (const value of state.votes.values()) counts.set(value, counts.get(value) + 1);
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
  box.append(el("h4", "", fill(W.tallyHead, { n: state.votes.size })), list);
  return box;
};
