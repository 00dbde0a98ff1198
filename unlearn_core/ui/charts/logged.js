// Whatever a run logged: the lines that a panel names, and the others under their own name.

// Words where they are known, else its own name.
const otherSeries = (name, place, config) => ({
  name,
  ...(config.parts[name] || { label: name.replace(/^loss\//, ""), help: config.ownName }),
  ...config.otherLooks[place % config.otherLooks.length],
  row: 0,
  scale: 1,
  unit: "",
  folded: false,
});

const takerOf = (name, panels) =>
  panels.find((panel) => panel.takes !== null && name.startsWith(panel.takes));

// The lines of a panel that there is something to draw of.
export const presentSeries = (panel, curves, config) => {
  const named = new Set(config.panels.flatMap((one) => one.series.map((s) => s.name)));
  const others = Object.keys(curves).sort()
    .filter((name) => !named.has(name) && takerOf(name, config.panels) === panel);
  return [...panel.series.filter((s) => curves[s.name]),
    ...others.map((name, place) => otherSeries(name, place, config))];
};

// A panel for each logged number that has none.
export const otherPanels = (panels, logged, config) => {
  const drawn = new Set(panels.map((panel) => panel.name));
  return [...new Set(logged)].filter((name) => !drawn.has(name)).sort().map((name) => {
    const term = config.words[name];
    return {
      name,
      label: term ? `${term.label} (${name})` : name,
      help: term ? term.help : config.ownName,
      percent: config.percent.some((start) => name.startsWith(start)),
    };
  });
};
