import assert from "node:assert/strict";
import test from "node:test";

import { button, el, progressBar, svg, table, verbatim }
  from "../../unlearn_core/ui/browser/dom.js";
import { install } from "./fake_document.js";

install();

test("a kind is a tag with classes", () => {
  const node = el("p.note.soft");
  assert.deepEqual([node.tag, node.className], ["p", "note soft"]);
});

test("text stays text, whatever it holds", () => {
  assert.deepEqual(el("p", {}, "<img onerror=x>").children, ["<img onerror=x>"]);
});

test("children that are not there are left out, arrays are opened, 0 is there", () => {
  const node = el("p", {}, null, undefined, false, "", ["a", ["b"]], 0);
  assert.deepEqual(node.children, ["a", "b", 0]);
});

test("options are properties, attributes, handlers, data and style", () => {
  const act = () => {};
  const node = el("button", { title: "Why", "aria-label": "Go", role: "tab", onclick: act,
    data: { run: "7" }, style: { "--w": "0.5" }, id: null, name: undefined });
  assert.equal(node.title, "Why");
  assert.deepEqual(node.attributes, { "aria-label": "Go", role: "tab" });
  assert.equal(node.heard.click, act);
  assert.deepEqual([node.dataset, node.style.rules], [{ run: "7" }, { "--w": "0.5" }]);
});

test("a button sends no form", () => {
  assert.equal(button("lv-button", "Play", () => {}).type, "button");
});

test("a text of a model is never translated and has its own direction", () => {
  const node = verbatim("p", "said");
  assert.deepEqual([node.attributes.translate, node.attributes.dir], ["false", "auto"]);
});

test("a table has heads with their help, and takes cells as they are", () => {
  const own = el("td.number", {}, "1");
  const made = table("table.runs", ["Run", ["Loss", "Lower is better."]], [["a", own]]);
  const [head, body] = made.children;
  const [[run, loss], [row]] = [head.children[0].children, body.children];
  assert.deepEqual([run.children, loss.title], [["Run"], "Lower is better."]);
  assert.deepEqual([row.children[0].tag, row.children[1]], ["td", own]);
});

test("a progress bar tells screen readers where it is", () => {
  const { bar, show } = progressBar("div.bar", "Progress");
  show(0.256);
  assert.equal(bar.attributes["aria-valuenow"], "26");
  assert.equal(bar.children[0].style.width, "26%");
});

test("pictures have their own namespace", () => {
  assert.match(svg("rect", { x: 1 }).space, /svg$/);
});
