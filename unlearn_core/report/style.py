"""How audits look, in the colours of the page that shows them."""

from unlearn_core.report.style_charts import CHARTS

BASE = """
.rep { color: var(--lethe-text); font-size: 17px; line-height: 1.5; margin: 0; }
.rep p, .rep ul, .rep ol, .rep h2, .rep h3, .rep h4, .rep dl, .rep figure, .rep blockquote {
  margin: 0;
}
.rep ul, .rep ol { list-style: none; padding: 0; }
.rep small { font-size: 14px; }
.rep-soft { color: var(--lethe-soft); }
.rep-hidden {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}
.rep-text { overflow-wrap: anywhere; white-space: pre-wrap; }
.rep-good { color: var(--lethe-good); }
.rep-bad { color: var(--lethe-bad); }
.rep-warn { color: var(--lethe-warn, var(--lethe-forget)); }
.rep-plain { color: var(--lethe-soft); }
.rep-badge {
  display: inline-block; font-size: 13px; font-weight: 600; line-height: 1.4; padding: 1px 9px;
  border: 1px solid currentColor; border-radius: 999px; white-space: nowrap;
}
.rep-note { color: var(--lethe-soft); font-size: 15px; overflow-wrap: anywhere; }
.rep-untested { border-left: 3px dotted var(--lethe-soft); padding-left: 10px; font-style: italic; }

/* The three models: colour, sign and pattern */
.rep-original { --rep: var(--lethe-soft); --rep-dash: 1 6; }
.rep-unlearned { --rep: var(--lethe-forget); --rep-dash: none; }
.rep-retrained { --rep: var(--lethe-retain); --rep-dash: 10 6; }
.rep-role { display: inline-flex; gap: 8px; align-items: center; font-weight: 600; }
.rep-sign { width: 12px; height: 12px; flex: none; border: 2px solid var(--rep); }
.rep-original .rep-sign, .rep-original.rep-role .rep-sign { border-radius: 50%; }
.rep-unlearned.rep-role .rep-sign { background: var(--rep); }
.rep-retrained.rep-role .rep-sign { transform: rotate(45deg) scale(0.85); }

/* Verdict */
.rep-verdict { display: grid; gap: 22px; }
.rep-headline { display: grid; gap: 12px; justify-items: start; }
.rep-headline h2 {
  font-size: clamp(24px, 3vw, 36px); line-height: 1.25; font-weight: 600; max-width: 30em;
  color: var(--lethe-text); letter-spacing: -0.01em;
}
.rep-stamp {
  display: inline-flex; gap: 10px; align-items: center; font-size: 20px; font-weight: 700;
  border: 2px solid currentColor; border-radius: 999px; padding: 4px 18px 4px 8px;
}
.rep-stamp b, .rep-icon {
  width: 28px; height: 28px; flex: none; border-radius: 50%; display: inline-grid;
  place-items: center; background: currentColor; font-size: 18px; line-height: 1;
}
.rep-stamp b::before, .rep-icon::before { content: none; }
.rep-lines { display: grid; gap: 12px; }
.rep-lines > li { display: grid; grid-template-columns: 28px minmax(0, 1fr); gap: 14px; }
.rep-lines > li > div { color: var(--lethe-text); font-size: 18px; overflow-wrap: anywhere; }
.rep-icon, .rep-stamp b { background: none; border: 2px solid currentColor; }
.rep-kind { font-weight: 600; margin-right: 6px; }
.rep-quote {
  border-left: 5px solid var(--lethe-bad); background: var(--lethe-sunken); display: grid;
  gap: 8px; padding: 16px 20px; border-radius: 0 8px 8px 0;
}
.rep-quote figcaption { font-weight: 600; }
.rep-quote figcaption .rep-soft { font-weight: 400; }
.rep-quote blockquote { font-size: 22px; line-height: 1.4; }

/* Folded parts and tables */
.rep-fold > summary {
  cursor: pointer; padding: 6px 0; font-size: 15px; font-weight: 600; color: var(--lethe-text);
}
.rep-fold > summary .rep-soft { font-weight: 400; }
.rep-fold[open] > summary { margin-bottom: 8px; }
.rep-fold > ul > li { margin: 6px 0; padding-left: 16px; border-left: 2px solid var(--lethe-line); }
.rep-kind + .rep-fold { display: inline-block; vertical-align: top; }
.rep-kind + .rep-fold > summary { padding: 0; font-size: 18px; font-weight: 400; }
.rep-scroll { overflow-x: auto; max-width: 100%; }
.rep-table { border-collapse: collapse; width: 100%; font-size: 15px; }
.rep-table th, .rep-table td {
  text-align: left; vertical-align: top; padding: 9px 18px 9px 0; font-weight: 400;
  border: 0; border-bottom: 1px solid var(--lethe-line); background: none;
  font-variant-numeric: tabular-nums; min-width: 5em; max-width: 26em;
}
.rep-table thead th { font-weight: 600; color: var(--lethe-text); vertical-align: bottom; }
.rep-table .rep-text, .rep-table td { overflow-wrap: break-word; }
.rep-table small { display: block; font-weight: 400; }
.rep-table tbody tr:last-child > * { border-bottom: 0; }
.rep-term { font-weight: 600; border-bottom: 1px dotted var(--lethe-soft); cursor: help; }
.rep-number { font-size: 17px; font-weight: 600; white-space: nowrap; }
.rep-facts { display: grid; gap: 8px; }
.rep-facts > div { display: grid; grid-template-columns: 180px minmax(0, 1fr); gap: 16px; }
.rep-facts dt { color: var(--lethe-soft); overflow-wrap: anywhere; }
.rep-facts dd { margin: 0; overflow-wrap: anywhere; }

/* One attack */
.rep-attack { display: grid; gap: 14px; }
.rep-attack h3 { font-size: 22px; font-weight: 600; }
.rep-idea { font-size: 18px; max-width: 44em; }
.rep-results { display: grid; gap: 10px; }
.rep-results > li { display: grid; grid-template-columns: 130px minmax(0, 1fr); gap: 16px; }
.rep-results .rep-role { align-self: start; }
.rep-results small { display: block; }
.rep-shots { display: grid; gap: 16px; }
.rep-shots > li {
  border-left: 2px solid var(--lethe-line); padding-left: 16px; display: grid; gap: 4px;
}
.rep-shots ul { display: grid; gap: 4px; }
.rep-shots .rep-leak { background: var(--lethe-sunken); border-radius: 6px; padding: 4px 10px; }
.rep-prompt { font-weight: 600; }
.rep-pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 20px; }
.rep-pair small { display: block; }

/* Wide tables scroll in their own place */
.rep-verdict, .rep-chart, .rep-attack, .rep-side, .rep-metrics, .rep-curves, .rep-compare,
.rep-shots, .rep-part { grid-template-columns: minmax(0, 1fr); }

/* Metrics */
.rep-metrics .rep-table { table-layout: fixed; min-width: 700px; }
.rep-metrics thead th:first-child { width: 30%; }
.rep-metrics { display: grid; gap: 26px; }
.rep-metrics h4 { font-size: 18px; font-weight: 600; margin-bottom: 4px; }

/* Side effects */
.rep-side { display: grid; gap: 18px; }
.rep-side h4 { font-size: 18px; font-weight: 600; }
.rep-changes { display: grid; gap: 16px; }
.rep-changes li { display: grid; gap: 2px 16px; grid-template-columns: minmax(0, 1fr) auto; }
.rep-changes .rep-track { grid-column: 1 / -1; height: 18px; }
.rep-change-name { font-weight: 600; }
.rep-change-name small { font-weight: 400; }
.rep-kept { position: absolute; inset: 3px auto 3px 0; background: var(--lethe-world);
  border-radius: 0 4px 4px 0; }
.rep-before { position: absolute; top: -2px; bottom: -2px; width: 3px; margin-left: -1.5px;
  background: var(--lethe-text); }

@media (max-width: 560px) {
  .rep-results > li, .rep-facts > div, .rep-pair {
    grid-template-columns: minmax(0, 1fr); gap: 2px;
  }
  .rep-changes li { grid-template-columns: minmax(0, 1fr); }
}
@media print {
  .rep-fill, .rep-swatch, .rep-chance, .rep-whisker, .rep-track, .rep-kept, .rep-before, .rep-dot,
  .rep-quote, .rep-sign { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .rep-scroll { overflow: visible; }
}
"""
STYLE = BASE + CHARTS
