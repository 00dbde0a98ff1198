import assert from "node:assert/strict";
import test from "node:test";

import { colourSlots } from "../../unlearn_core/ui/charts/answers.js";
import { fullRange, makeView, take } from "../../unlearn_core/ui/charts/live_rows.js";
import { scaleColour, stripColumns } from "../../unlearn_core/ui/charts/records.js";
import { addCurves, countOf, lastStep, rankedTexts } from "../../unlearn_core/ui/charts/rows.js";
import { answerRows } from "../../unlearn_core/ui/film/parts.js";
import { position } from "../../unlearn_core/ui/film/player.js";

const NEWS = { scalars: { loss: [[0, 5], [2, 1]] }, answers: [{ id: "q", step: 0 }],
  probes: [{ id: "p", step: 5 }, { id: "p", step: 0 }], records: [], marks: [], notes: [],
  status: { state: "running", total: 40 }, cursor: 9 };

test("new points are put behind the old ones", () => {
  const curves = { loss: [[0], [2]] };
  addCurves(curves, { loss: [[5], [1]], other: [[1], [3]] });
  assert.deepEqual(curves, { loss: [[0, 5], [2, 1]], other: [[1], [3]] });
  assert.equal(lastStep(Object.values(curves)), 5);
});

test("answers are ranked by how often they came, leaks apart", () => {
  const found = rankedTexts([[["a", 1, false], ["b", 2, true]], [["a", 3, false]]]);
  assert.deepEqual(found, { ranked: ["a", "b"], leaking: ["b"], plain: ["a"] });
  assert.equal(countOf([["a", 1], ["b", 2]], (text) => text === "b"), 2);
});

test("news become part of the view, and steps of probes are in order", () => {
  const view = makeView({}, "run");
  take(view, NEWS, true);
  assert.deepEqual([view.probeSteps, view.probes.get("p").length, view.cursor], [[0, 5], 2, 9]);
  assert.deepEqual(fullRange(view), [0, 40]);
  take(view, { ...NEWS, status: { state: "done", total: 40 } }, true);
  assert.deepEqual([view.curves.loss[0], fullRange(view)], [[0, 5], [0, 5]]);
});

test("a run that is gone leaves nothing but why", () => {
  const view = makeView({}, "run");
  take(view, NEWS, true);
  take(view, { gone: "deleted" }, false);
  assert.deepEqual([view.gone, view.status, view.curves], ["deleted", null, {}]);
});

test("an answer keeps its colour, and a freed one goes to the next newcomer", () => {
  const slots = new Map();
  colourSlots(slots, ["a", "b"], 8);
  colourSlots(slots, ["b", "c"], 8);
  assert.deepEqual([...slots], [["b", 1], ["c", 0]]);
});

test("a colour lies between the two stops around it", () => {
  assert.equal(scaleColour(["#000000", "#ffffff"], 0.5), "rgb(128,128,128)");
  assert.equal(scaleColour(["#000000", "#ffffff"], 2), "rgb(255,255,255)");
});

test("many measurements are thinned out, the ends are kept", () => {
  const rows = Array.from({ length: 200 }, (_, i) => i);
  const shown = stripColumns(rows);
  assert.deepEqual([shown.length, shown[0], shown[59]], [60, 0, 199]);
});

test("rows of a film keep their places: leaks first, the rest in one row", () => {
  const plain = Array.from({ length: 8 }, (_, i) => [`plain ${i}`, 8 - i, false]);
  const film = { frames: [{ answers: { q: [["truth", 1, true], ...plain] } }] };
  const rows = answerRows(film, "q");
  assert.deepEqual([rows[0].text, rows[0].leak, rows.length, rows[7].text],
    ["truth", true, 8, null]);
  assert.ok(rows[7].wanted("plain 7") && !rows[7].wanted("plain 0"));
});

test("a frame stands at its step, or at its share of the run", () => {
  assert.deepEqual(["step", "share"].map((align) => position({ last: 40 }, { step: 10 }, align)),
    [10, 0.25]);
});
