import assert from "node:assert/strict";
import test from "node:test";

import { escapeText, fill, finePercent, nearest, percent, shorten, showDuration, showNumber,
  smooth }
  from "../../unlearn_core/ui/browser/numbers.js";

test("a share is written in whole per cent", () => {
  assert.deepEqual([0, 0.004, 0.126, 1].map(percent), ["0 %", "0 %", "13 %", "100 %"]);
});

test("a fine share is never 0 or 100 where that is not exact", () => {
  assert.deepEqual([0, 0.0001, 0.05, 0.5, 0.9999, 1].map(finePercent),
    ["0.0 %", "<0.1 %", "5.0 %", "50 %", ">99.9 %", "100 %"]);
});

test("a number has a digit where it matters, and a missing one is a dash", () => {
  assert.deepEqual([null, undefined, 3.14159, 250.7].map((one) => showNumber(one, false)),
    ["–", "–", "3.1", "251"]);
  assert.deepEqual([0, 0.044, 0.5].map((one) => showNumber(one, true)), ["0 %", "4.4 %", "50 %"]);
});

test("a duration is in the unit that is read at a glance", () => {
  assert.deepEqual([12.4, 89, 90, 3600, 9000].map(showDuration),
    ["12 s", "89 s", "2 min", "60 min", "2.5 h"]);
});

test("long texts are cut", () => {
  assert.equal(shorten("forget me", 9), "forget me");
  assert.equal(shorten("forget me not", 9), "forget m…");
});

test("what Plotly would read as HTML is escaped", () => {
  assert.equal(escapeText("<b a='x'>&\"</b>"), "&#60;b a=&#39;x&#39;&#62;&#38;&#34;&#60;/b&#62;");
});

test("places of a text are filled, numbers and zero too", () => {
  assert.equal(fill("{n} of {total}", { n: 0, total: 12 }), "0 of 12");
});

test("nearest is the last value at or before the wanted one", () => {
  assert.deepEqual([-1, 0, 4, 5, 99].map((wanted) => nearest([0, 5, 10], wanted)), [0, 0, 0, 1, 2]);
});

test("smoothing starts at the first value and keeps gaps", () => {
  const values = [4, null, 8];
  assert.equal(smooth(values, 0), values);
  assert.deepEqual(smooth(values, 0.5), [4, null, 6]);
});
