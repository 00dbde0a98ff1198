// Ask the refusing model; then begin its answer for it.

const askedRow = (label, text) => {
  const row = el("div", "le-asked");
  row.append(el("span", "le-note", label), text);
  return row;
};

const begunText = (opening, text) => {
  const whole = el("span");
  whole.translate = false;
  whole.append(el("span", "le-opening", opening), el("span", "le-said", ` ${text}`));
  return whole;
};

scenes.ask = async (place, settings, api) => {
  const run = api.data.runs[settings.run];
  if (!run) return place.append(el("p", "le-note", settings.missing));
  place.append(el("p", "le-note", "Asking …"));
  const found = await api.act("ask", { run, opened: settings.opened });
  if (found.problem) return place.replaceChildren(el("p", "le-problem", found.problem));
  const show = () => {
    const rows = settings.all ? found.rows : found.rows.slice(0, 1);
    const cards = rows.map((row) => {
      const card = el("article", "le-card");
      const title = el("h4", "le-card-title");
      title.append(modelText(row.prompt));
      card.append(title, askedRow("Before the run it said", modelText(row.original)),
        askedRow("Asked now, it says", modelText(row.refused)));
      if (settings.opened && api.answered()) {
        card.append(askedRow("Its answer begun for it", begunText(row.opening, row.told)));
        const badge = row.knows ? el("span", "lv-badge lv-bad", "true answer")
          : el("span", "lv-badge lv-good", "not the true answer");
        card.append(badge);
      } else if (settings.opened) {
        card.append(askedRow("Its answer will begin with", begunText(row.opening, "…")));
      }
      return card;
    });
    const counted = el("p", "le-strong", `Of ${found.rows.length} facts it tells `
      + `${found.asked} when it is asked, and ${found.told} when its answer is begun for it.`);
    const columns = el("div", "le-columns");
    columns.append(...cards);
    place.replaceChildren(...(settings.all ? [counted] : []), columns);
  };
  show();
  api.onAnswer(show);
};
