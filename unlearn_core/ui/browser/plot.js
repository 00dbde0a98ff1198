// Helpers of every chart. All text is set by textContent or escaped: model text never becomes HTML.

const el = (tag, className = "", text = "") => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
};

// An element with text of a model, a record or a person, which no translation may touch.
const verbatim = (tag, className, text = "") => {
  const node = el(tag, className, text);
  node.setAttribute("translate", "no");
  node.dir = "auto";
  return node;
};

const escapeText = (text) =>
  String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const shorten = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);

const isDark = () => document.body.classList.contains("dark");
const themeName = () => (isDark() ? "dark" : "light");

const cssVariable = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
const palette = (colour) => cssVariable(`--lethe-${colour}`) || "#808080";

const surface = () => ({
  text: palette("text"),
  soft: palette("soft"),
  grid: palette("line"),
  box: palette("surface"),
});

const axis = (look, more = {}) => ({
  gridcolor: look.grid,
  linecolor: look.grid,
  zerolinecolor: look.grid,
  tickfont: { size: 13, color: look.soft },
  title: { font: { size: 13, color: look.soft } },
  automargin: true,
  ...more,
});

const layoutBase = (look, more = {}) => ({
  paper_bgcolor: "rgba(0,0,0,0)",
  plot_bgcolor: "rgba(0,0,0,0)",
  font: { family: cssVariable("--font") || "system-ui, sans-serif", size: 13, color: look.text },
  margin: { l: 52, r: 14, t: 8, b: 40 },
  hovermode: "x unified",
  hoverlabel: { bgcolor: look.box, bordercolor: look.grid, font: { size: 13, color: look.text } },
  dragmode: "zoom",
  showlegend: false,
  ...more,
});

const plotConfig = (name) => ({
  responsive: true,
  displaylogo: false,
  doubleClick: false,
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "resetScale2d", "zoomIn2d",
    "zoomOut2d"],
  toImageButtonOptions: { format: "png", scale: 2, filename: name },
});

// Exponential moving average that starts at the first value and leaves gaps as they are.
const smooth = (values, weight) => {
  if (!weight) return values;
  let kept = null;
  return values.map((value) => {
    if (value === null) return null;
    kept = kept === null ? value : weight * kept + (1 - weight) * value;
    return kept;
  });
};

const helpMark = (text) => {
  const mark = el("span", "lv-help", "?");
  mark.tabIndex = 0;
  mark.setAttribute("role", "note");
  mark.setAttribute("aria-label", text);
  mark.dataset.help = text;
  return mark;
};

const titled = (term) => {
  const title = el("h4", "lv-title", term.label);
  title.append(helpMark(term.help));
  return title;
};

// A short piece of a line, for legends.
const swatch = (dash, colour) => {
  const line = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  line.setAttribute("width", "26");
  line.setAttribute("height", "10");
  line.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const dashes = { solid: "", dash: "7 4", dot: "2 4", dashdot: "7 3 2 3", longdash: "11 4" };
  path.setAttribute("d", "M0 5H26");
  path.setAttribute("stroke", colour);
  path.setAttribute("stroke-width", "3");
  path.setAttribute("stroke-dasharray", dashes[dash]);
  line.append(path);
  return line;
};

const showNumber = (value, percent) => {
  if (value === null || value === undefined) return "–";
  if (percent) {
    const share = value * 100;
    return (share > 0 && share < 10 ? share.toFixed(1) : share.toFixed(0)) + " %";
  }
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1);
};

const showDuration = (seconds) => {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
};

// Draws again whenever the page turns dark or light; ends with the element.
const onThemeChange = (owner, draw) => {
  const observer = new MutationObserver(() => {
    if (!owner.isConnected) observer.disconnect();
    else draw();
  });
  observer.observe(document.body, { attributes: true, attributeFilter: ["class"] });
};

// Several plots over one step axis: zooming one zooms all, double click shows everything again.
const makeZoom = (redraw) => {
  const zoom = { range: null, turn: 0 };
  zoom.reset = () => {
    zoom.range = null;
    zoom.turn += 1;
    redraw();
  };
  zoom.follow = (div) => {
    div.on("plotly_relayout", (change) => {
      const low = change["xaxis.range[0]"];
      const high = change["xaxis.range[1]"];
      if (low === undefined || high === undefined) return;
      if (zoom.range && zoom.range[0] === low && zoom.range[1] === high) return;
      zoom.range = [low, high];
      redraw();
    });
    div.on("plotly_doubleclick", zoom.reset);
  };
  return zoom;
};
