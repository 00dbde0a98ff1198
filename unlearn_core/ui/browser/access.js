// What gradio's own parts lack for the keyboard and for screen readers, set as they are drawn.

import { oncePerFrame } from "./page.js";

const set = (selector, name, value) => document.querySelectorAll(selector).forEach((node) => {
  const wanted = typeof value === "function" ? value(node) : value;
  if (node.getAttribute(name) !== wanted) node.setAttribute(name, wanted);
});
const rowOf = (node) => node.closest('[role="row"]');

const mend = () => {
  set("#lethe-announce", "aria-live", "polite");
  // A box of the marking table has no name, and lies in a second button.
  document.querySelectorAll("#forget-table .bool-cell[role]")
    .forEach((node) => node.removeAttribute("role"));
  set("#forget-table .bool-cell input", "aria-label",
    (box) => rowOf(box).querySelector('[data-col="2"]').textContent.trim());
  set('#forget-table [aria-label="Static column"]', "role", "img");
  // A formula wider than its card is scrolled by keys.
  set("#method-card .katex-display", "tabindex", "0");
};
new MutationObserver(oncePerFrame(mend)).observe(document,
  { childList: true, characterData: true, subtree: true });

// The arrow keys move through the marking table, and these mark the row. Gradio would tick its box
// without telling anyone.
document.addEventListener("keydown", (event) => {
  const row = [" ", "Enter"].includes(event.key)
    && event.target.closest?.('#forget-table [role="row"]');
  if (!row) return;
  event.preventDefault();
  event.stopPropagation();
  row.querySelector(".bool-cell input")?.click();
}, { capture: true });
