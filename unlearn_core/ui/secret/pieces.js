// Small parts of the path, which know nothing of where it stands. All text is set by textContent:
// what people type and models say never becomes HTML. Needs CONFIG.

const node = (name, className = "", text = "") => {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== "") made.textContent = text;
  return made;
};
const told = (name, className, text) => {
  const made = node(name, className, text);
  made.setAttribute("translate", "no");
  return made;
};
const A = CONFIG.actions;
const H = CONFIG.heads;
const field = (id, [label, help], value, list) => {
  const wrap = node("label", "os-field");
  const input = node("input");
  Object.assign(input, { id, type: "text", value: value || "", autocomplete: "off", maxLength: 90 });
  if (list) input.setAttribute("list", list);
  input.setAttribute("translate", "no");
  wrap.append(node("span", "os-label", label), input, node("span", "os-help", help));
  return wrap;
};
const badge = (gives) => {
  const made = node("span", gives ? "os-badge os-gives" : "os-badge os-withholds");
  const sign = node("span", "", gives ? "● " : "○ ");
  sign.setAttribute("aria-hidden", "true");
  made.append(sign, node("span", "", gives ? H.gives : H.withholds));
  return made;
};
const said = (answer) => {
  const cell = node("div", "os-said");
  cell.append(told("span", "", answer.text || H.nothing), badge(answer.gives));
  return cell;
};
const grid = (heads, rows) => {
  const table = node("table", "os-table");
  const top = table.createTHead().insertRow();
  heads.forEach((head) => {
    const cell = node("th", "", head);
    cell.scope = "col";
    top.append(cell);
  });
  const body = table.createTBody();
  rows.forEach((cells) => {
    const row = body.insertRow();
    cells.forEach((content, i) => {
      const cell = row.insertCell();
      cell.dataset.head = heads[i];
      cell.append(content);
    });
  });
  return table;
};
const verdict = (text, good) => node("p", `os-verdict ${good ? "os-fine" : "os-poor"}`, text);
const actionsRow = (...buttons) => {
  const row = node("div", "os-actions");
  row.append(...buttons.filter(Boolean));
  return row;
};
