import assert from "node:assert/strict";
import test from "node:test";

import { otherPanels, presentSeries } from "../../unlearn_core/ui/charts/logged.js";

const losses = { key: "losses", takes: "loss/", series: [{ name: "loss/total" }] };
const recalls = { key: "recalls", takes: null, series: [{ name: "utility/recall" }] };
const others = { key: "others", takes: "", series: [] };
const NPO = { label: "NPO", help: "Falls." };
const config = { panels: [losses, recalls, others], parts: { "loss/npo": NPO },
  words: { "loss/npo": NPO }, percent: ["utility/"], ownName: "Its own name.",
  otherLooks: [{ colour: "world", dash: "dot" }] };
const curves = { "loss/total": [], "loss/npo": [], "loss/brand_new": [], "pdu/weight": [] };

test("every logged number is drawn once, in words or under its own name", () => {
  const labels = (panel) => presentSeries(panel, curves, config).map((s) => s.label ?? s.name);
  assert.deepEqual(labels(losses), ["loss/total", "brand_new", "NPO"]);
  assert.deepEqual(labels(recalls), []);
  assert.deepEqual(labels(others), ["pdu/weight"]);
});

test("what several runs logged and no chart draws gets a chart", () => {
  const logged = [...Object.keys(curves), "utility/x"];
  const panels = otherPanels([{ name: "loss/total" }], logged, config);
  assert.deepEqual(panels.map((panel) => [panel.label, panel.percent]), [
    ["loss/brand_new", false], ["NPO (loss/npo)", false], ["pdu/weight", false],
    ["utility/x", true],
  ]);
});
