import assert from "node:assert/strict";
import test from "node:test";

import { addressWith, makeTurns } from "../../unlearn_core/ui/browser/page.js";
import { onTold, tell } from "../../unlearn_core/ui/browser/told.js";

test("an address takes parameters and leaves empty ones out", () => {
  const url = addressWith({ run: "new", step: 0, with: null, align: "" },
    "http://127.0.0.1/sub/?run=old&with=other&lang=de");
  assert.equal(url.search, "?run=new&lang=de&step=0");
  assert.equal(url.pathname, "/sub/");
});

test("one question goes to the server at a time, and not before it is due", async () => {
  let asked = 0;
  const turns = makeTurns(async () => {
    asked += 1;
    return 10_000;
  });
  await Promise.all([turns.take(), turns.take()]);
  await turns.take();
  assert.equal(asked, 1);
  turns.due = 0;
  await turns.take();
  assert.equal(asked, 2);
});

test("after an error the server is asked again", async () => {
  const turns = makeTurns(async () => { throw new Error("lost"); });
  await assert.rejects(turns.take());
  await assert.rejects(turns.take());
});

test("what is told before an island is there is kept for it", () => {
  const heard = [];
  tell("film", "early");
  onTold("film", (detail) => heard.push(detail));
  tell("film", "late");
  assert.deepEqual(heard, ["early", "late"]);
});
