// A chart of a lesson: a few curves or points with a legend in words, redrawn with the theme.

const makeChart = (label) => {
  const box = el("div", "le-chart");
  const legend = el("div", "le-legend");
  const plot = el("div", "le-plot");
  plot.setAttribute("role", "img");
  plot.setAttribute("aria-label", label);
  box.append(legend, plot);
  const chart = { box, plot, legend, drawn: null };
  chart.draw = (picture) => {
    chart.drawn = picture;
    withPlotly(() => box.isConnected && drawChart(chart, picture));
  };
  onThemeChange(element, () => box.isConnected && chart.drawn && drawChart(chart, chart.drawn));
  return chart;
};

const chartTrace = (curve) => ({
  type: "scatter",
  mode: curve.points ? "markers" : (curve.x.length < 2 ? "lines+markers" : "lines"),
  name: curve.label,
  x: curve.x,
  y: curve.y,
  text: curve.text,
  line: { color: palette(curve.colour), dash: curve.dash || "solid", width: curve.width || 3 },
  marker: { color: palette(curve.colour), size: 9, opacity: 0.75 },
  hovertemplate: curve.hover || "%{y:.0f} %",
});

const drawChart = (chart, picture) => {
  const look = surface();
  chart.legend.replaceChildren(...picture.curves.filter((c) => c.label).map((curve) => {
    const key = el("span", "le-key");
    if (!curve.points) key.append(swatch(curve.dash || "solid", palette(curve.colour)));
    key.append(el("span", "", curve.label));
    return key;
  }));
  const title = (text) => ({ text, font: { size: 14, color: look.soft }, standoff: 8 });
  const layout = layoutBase(look, {
    hovermode: picture.hovermode || "x unified",
    dragmode: false,
    xaxis: axis(look, { title: title(picture.xTitle), fixedrange: true, ...picture.xaxis }),
    yaxis: axis(look, { title: title(picture.yTitle), fixedrange: true, range: [-3, 103],
      nticks: 6, ...picture.yaxis }),
  });
  Plotly.react(chart.plot, picture.curves.map(chartTrace), layout,
    { responsive: true, displayModeBar: false });
};
