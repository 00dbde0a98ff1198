// What every model would say next, and the true answer's rank among wrong ones.

import { el, verbatim } from "../browser/dom.js";
import { fill, finePercent } from "../browser/numbers.js";
import { W, badge, bar, seen, small } from "./parts.js";
import { wholeText } from "./tokens.js";

export const nextBody = (card, found) => [el("ol.cmp-bars", {}, found.bars.map((one) => {
  const here = one.text === card.next.expected;
  return bar(one.share, here ? "good" : "", finePercent(one.share),
    verbatim("span.cmp-said.cmp-mono", seen(one.text)), here && badge(W.inText, "good"));
}))];

export const rankBody = (card, found) => {
  const places = Array.from({ length: found.answers }, (_, i) =>
    el(i + 1 === found.place ? "span.cmp-place.cmp-place-true" : "span.cmp-place"));
  return [
    el("p.cmp-big", {}, fill(W.place_of, found)),
    el("span.cmp-places", { "aria-hidden": true }, places),
    wholeText(found.mean),
    small(fill(W.tokenRank, { rank: found.rank.toFixed(1) })),
  ];
};
