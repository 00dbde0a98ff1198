// The urn to play with: balls one can count, and curves of this urn, of many urns and of theory.

const URN_COLOURS = ["forget", "retain", "world", "collapse", "paraphrased"];
const URN_LETTERS = ["A", "B", "C", "D", "E"];
const URN_TIMES = 60;
const URN_MANY = 200;

const urnBall = (colour, kept) => {
  const ball = el("span", kept ? "le-ball le-ball-kept" : "le-ball", URN_LETTERS[colour]);
  ball.style.background = palette(URN_COLOURS[colour]);
  return ball;
};

const urnSlider = (label, help, low, high, value, change) => {
  const box = el("label", "le-slider");
  const words = el("span", "", "");
  const input = el("input");
  input.type = "range";
  Object.assign(input, { min: String(low), max: String(high), value: String(value) });
  const name = () => { words.textContent = `${label}: ${input.value}`; };
  input.addEventListener("input", () => { name(); change(Number(input.value)); });
  name();
  box.append(words, input, el("small", "", help));
  return box;
};

const urnButton = (label, act, main = false) => {
  const button = el("button", main ? "le-button le-main" : "le-button", label);
  button.type = "button";
  button.addEventListener("click", act);
  return button;
};

scenes.urn = (place, settings, api) => {
  const now = { seed: settings.seed, n: settings.n, kept: settings.kept, rows: [] };
  const keptCounts = () => settings.keptShares.map((share) => Math.round(share * now.kept));
  const begin = () => {
    now.random = urnRandom(now.seed);
    now.rows = [settings.counts];
  };
  const avoided = settings.measure === "avoided";
  const measure = avoided ? (shares) => shares[0] : urnDiversity;
  const balls = el("div", "le-urn");
  balls.setAttribute("role", "img");
  const line = el("p", "le-strong");
  line.setAttribute("aria-live", "polite");
  const chart = makeChart(settings.chartLabel);

  const theory = () => (avoided
    ? urnMeanAvoided(settings.counts, keptCounts(), now.n, URN_TIMES)
    : urnMeanDiversity(settings.counts, keptCounts(), URN_TIMES));
  const draw = () => {
    const counts = now.rows[now.rows.length - 1];
    const kept = keptCounts();
    const shown = counts.flatMap((count, colour) => Array(count).fill([colour, false]));
    shown.push(...kept.flatMap((count, colour) => Array(count).fill([colour, true])));
    balls.replaceChildren(...shown.map(([colour, same]) => urnBall(colour, same)));
    const present = URN_LETTERS.filter((_, i) => counts[i] + kept[i] > 0);
    const value = measure(urnShares(counts, kept));
    line.textContent = `After ${now.rows.length - 1} restockings: `
      + `${present.length} ${present.length === 1 ? "colour" : "colours"} left (${present.join(", ")}); `
      + `${settings.measureWords} ${percentWords(value)}.`;
    balls.setAttribute("aria-label", line.textContent);
    const expected = theory();
    const steps = expected.map((_, t) => t);
    const many = urnMany(settings.counts, kept, now.n, URN_TIMES, URN_MANY, now.seed + 1000, measure);
    chart.box.dataset.theory = expected.map((v) => v.toFixed(6)).join(" ");
    chart.draw({
      xTitle: "Restockings",
      yTitle: settings.axis,
      xaxis: { range: [0, settings.times] },
      curves: [
        { label: "Theory: mean of all urns", colour: "total", dash: "dash", x: steps,
          y: expected.map((v) => 100 * v), hover: "theory %{y:.1f} %<extra></extra>" },
        { label: `Mean of ${URN_MANY} urns`, colour: "retain", dash: "dot", x: steps,
          y: many.map((v) => 100 * v), hover: `${URN_MANY} urns %{y:.1f} %<extra></extra>` },
        { label: "This urn", colour: "forget", x: now.rows.map((_, t) => t),
          y: now.rows.map((row) => 100 * measure(urnShares(row, kept))),
          hover: "this urn %{y:.1f} %<extra></extra>" },
      ],
    });
  };
  const restock = (times) => {
    for (let t = 0; t < times && now.rows.length <= URN_TIMES; t += 1) {
      now.rows.push(urnRestock(now.rows[now.rows.length - 1], keptCounts(), now.n, now.random));
    }
    draw();
  };
  const anew = () => { begin(); draw(); };
  const tools = el("div", "le-tools");
  tools.append(urnButton("Restock once", () => restock(1), true),
    urnButton("Restock ten times", () => restock(10)),
    urnButton("A new urn", () => { now.seed += 1; anew(); }));
  const sliders = el("div", "le-tools");
  if (settings.sliders.includes("kept")) {
    sliders.append(urnSlider("Kept balls put back each time (M)",
      settings.keptHelp, 0, 25, now.kept,
      (value) => { now.kept = value; anew(); }));
  }
  if (settings.sliders.includes("n")) {
    sliders.append(urnSlider("Balls drawn to pick from (n)",
      "1 means no preference; more avoid colour A faster.", 1, 10, now.n,
      (value) => { now.n = value; anew(); }));
  }
  const side = el("div", "le-side");
  side.append(balls, line, tools, sliders);
  const columns = el("div", "le-columns le-urn-columns");
  columns.append(side, chart.box);
  place.append(columns);
  onThemeChange(element, () => place.isConnected && draw());
  anew();
};
