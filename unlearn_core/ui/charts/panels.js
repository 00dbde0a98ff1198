// Line panels: losses, collapse, utility.

const panelRows = (panel) => {
  const gap = 0.1;
  const height = (1 - gap * (panel.rows.length - 1)) / panel.rows.length;
  return panel.rows.map((_, i) => [1 - height - i * (height + gap), 1 - i * (height + gap)]);
};

const makePanel = (panel) => {
  const card = el("section", `lv-card lv-panel-${panel.key}`);
  card.append(titled(panel));
  const legend = el("div", "lv-legend");
  const plot = el("div", "lv-plot");
  card.append(legend, plot);
  const off = new Set(panel.series.filter((s) => s.folded).map((s) => s.name));
  return { panel, card, legend, plot, off, ready: false };
};

const seriesTerm = (series, view) =>
  series.name === "loss/forget" && view.status && view.status.forgetLogged
    ? view.config.forgetLogged : series;

const drawLegend = (item, view, redraw) => {
  const present = item.panel.series.filter((s) => view.curves[s.name]);
  const key = present.map((s) => s.name + item.off.has(s.name) + seriesTerm(s, view).label).join()
    + themeName();
  if (item.legend.dataset.key === key) return;
  item.legend.dataset.key = key;
  item.legend.replaceChildren(...present.map((series) => {
    const term = seriesTerm(series, view);
    const button = el("button", "lv-key");
    button.type = "button";
    button.dataset.help = term.help;
    button.setAttribute("aria-pressed", String(!item.off.has(series.name)));
    button.append(swatch(series.dash, palette(series.colour)),
      el("span", "", term.label));
    button.addEventListener("click", () => {
      if (!item.off.delete(series.name)) item.off.add(series.name);
      redraw();
    });
    return button;
  }));
};

const lineTrace = (series, item, view) => {
  const [steps, values] = view.curves[series.name];
  const shown = smooth(values, view.smoothing).map((v) => (v === null ? null : v * series.scale));
  const digits = series.unit === "%" ? ".1f" : ".3~g";
  return {
    type: "scatter",
    mode: steps.length < 3 ? "lines+markers" : "lines",
    name: shorten(seriesTerm(series, view).label, 34),
    x: steps,
    y: shown,
    yaxis: series.row ? `y${series.row + 1}` : "y",
    visible: item.off.has(series.name) ? false : true,
    connectgaps: false,
    line: {
      color: palette(series.colour),
      dash: series.dash,
      width: 2.5,
    },
    hovertemplate: `%{y:${digits}} ${series.unit}`,
  };
};

const stepAxis = (look, view, more = {}) => axis(look, {
  title: { text: "step", font: { size: 13, color: look.soft }, standoff: 6 },
  range: view.zoom.range || view.fullRange(),
  uirevision: view.zoom.turn,
  showspikes: true,
  spikemode: "across",
  spikethickness: 1,
  spikedash: "dot",
  spikecolor: look.soft,
  hoverformat: "d",
  ...more,
});

// Vertical lines: checkpoints, stops, and where the slider of the probes stands.
const stepMarks = (look, view) => {
  const upright = (step, dash, colour) => ({
    type: "line", x0: step, x1: step, yref: "paper", y0: 0, y1: 1,
    line: { color: colour, width: 1.5, dash },
  });
  const shapes = view.marks.map((mark) => upright(mark.step, "dash", look.soft));
  if (view.pointer !== null) shapes.push(upright(view.pointer, "solid", look.text));
  const annotations = view.marks.map((mark) => ({
    x: mark.step, y: 1, yref: "paper", yanchor: "top", xanchor: "right", showarrow: false,
    textangle: -90, text: mark.label, font: { size: 11, color: look.soft },
  }));
  return { shapes, annotations };
};

const drawPanel = (item, view, redraw) => {
  const look = surface();
  const { panel } = item;
  drawLegend(item, view, redraw);
  const traces = panel.series.filter((s) => view.curves[s.name])
    .map((s) => lineTrace(s, item, view));
  const layout = layoutBase(look, {
    uirevision: "kept",
    xaxis: stepAxis(look, view, { anchor: panel.rows.length > 1 ? `y${panel.rows.length}` : "y" }),
    ...stepMarks(look, view),
  });
  panelRows(panel).forEach((domain, i) => {
    const row = panel.rows[i];
    layout[i ? `yaxis${i + 1}` : "yaxis"] = axis(look, {
      domain,
      title: { text: row.title, font: { size: 13, color: look.soft }, standoff: 6 },
      uirevision: view.zoom.turn,
      type: row.can_log && view.log ? "log" : "linear",
      nticks: 6,
      ...(row.range ? { range: row.range } : { rangemode: row.can_log ? "normal" : "tozero" }),
    });
  });
  Plotly.react(item.plot, traces, layout, plotConfig(`lethe-${panel.key}`));
  if (!item.ready) view.zoom.follow(item.plot);
  item.ready = true;
};

// The same numbers as a table, for those who cannot use a chart.
const drawTable = (holder, view) => {
  const names = view.config.panels.flatMap((p) => p.series).filter((s) => view.curves[s.name]);
  const steps = [...new Set(names.flatMap((s) => view.curves[s.name][0]))].sort((a, b) => a - b);
  const stride = Math.max(1, Math.ceil(steps.length / 200));
  const shown = steps.filter((_, i) => i % stride === 0 || i === steps.length - 1);
  const lookup = names.map((s) => new Map(view.curves[s.name][0].map(
    (step, i) => [step, view.curves[s.name][1][i]])));
  const table = el("table", "lv-table");
  const head = table.createTHead().insertRow();
  for (const title of ["Step", ...names.map((s) => {
    const unit = s.unit ? ` (${s.unit})` : "";
    return seriesTerm(s, view).label + unit;
  })]) {
    const cell = el("th", "", title);
    cell.scope = "col";
    head.append(cell);
  }
  const body = table.createTBody();
  for (const step of shown) {
    const row = body.insertRow();
    row.append(el("td", "", String(step)));
    lookup.forEach((values, i) => {
      const value = values.get(step);
      const text = value === undefined || value === null ? ""
        : String(Number((value * names[i].scale).toPrecision(4)));
      row.append(el("td", "", text));
    });
  }
  holder.replaceChildren(table);
};
