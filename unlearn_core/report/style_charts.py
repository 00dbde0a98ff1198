"""How the charts of audits look."""

CHARTS = """
/* What is left: a row for each attack, a bar for each model */
.rep-chart { display: grid; gap: 22px; }
.rep-legend { display: flex; flex-wrap: wrap; gap: 6px 24px; font-size: 16px; }
.rep-legend li { display: inline-flex; gap: 9px; align-items: center; }
.rep-swatch, .rep-fill {
  box-sizing: border-box; border: 2px solid var(--rep); border-radius: 0 4px 4px 0;
}
.rep-swatch { width: 30px; height: 16px; border-radius: 4px; }
.rep-unlearned .rep-swatch, .rep-unlearned .rep-fill { background: var(--rep); }
.rep-retrained .rep-swatch, .rep-retrained .rep-fill {
  background: repeating-linear-gradient(
    45deg, var(--rep) 0 4px, var(--lethe-surface) 4px 8px);
}
.rep-part { display: grid; gap: 0; }
.rep-part h4 { font-size: 20px; font-weight: 600; }
.rep-row {
  display: grid; grid-template-columns: 190px minmax(0, 1fr); gap: 6px 24px; padding: 14px 0;
  border-bottom: 1px solid var(--lethe-line); align-items: center; break-inside: avoid;
}
.rep-name { font-size: 18px; font-weight: 600; display: grid; gap: 4px; justify-items: start; }
.rep-line {
  display: grid; grid-template-columns: 92px minmax(0, 1fr) 146px; gap: 0 14px;
  align-items: center; min-height: 26px;
}
.rep-part > .rep-line { margin-left: 214px; }
.rep-lane-name { font-size: 15px; color: var(--lethe-soft); }
.rep-track {
  position: relative; display: block; height: 26px;
  background: linear-gradient(var(--lethe-line) 0 0) 0 0 / 1px 100% no-repeat,
    linear-gradient(var(--lethe-line) 0 0) 25% 0 / 1px 100% no-repeat,
    linear-gradient(var(--lethe-line) 0 0) 50% 0 / 1px 100% no-repeat,
    linear-gradient(var(--lethe-line) 0 0) 75% 0 / 1px 100% no-repeat,
    linear-gradient(var(--lethe-line) 0 0) 100% 0 / 1px 100% no-repeat;
}
.rep-fill { position: absolute; left: 0; top: 4px; height: 18px; min-width: 4px; }
.rep-whisker {
  position: absolute; top: 8px; height: 10px; box-sizing: border-box; border: solid
  var(--lethe-text); border-width: 0 2px;
  background: linear-gradient(var(--lethe-text) 0 0) 0 50% / 100% 2px no-repeat;
  outline: 1px solid transparent; filter: drop-shadow(0 0 1px var(--lethe-surface));
}
.rep-chance {
  position: absolute; top: -1px; bottom: -1px; width: 4px; margin-left: -2px; z-index: 1;
  background: var(--lethe-text); box-shadow: 0 0 0 1.5px var(--lethe-surface);
}
.rep-value { font-size: 18px; font-weight: 600; white-space: nowrap; }
.rep-value small { font-weight: 400; color: var(--lethe-soft); }
.rep-wide { grid-column: 2 / -1; }
.rep-axis {
  display: flex; justify-content: space-between; color: var(--lethe-soft); font-size: 14px;
}
.rep-axis span { width: 0; display: flex; justify-content: center; white-space: nowrap; }
.rep-key { position: relative; display: inline-block; width: 30px; height: 20px; }
.rep-key .rep-whisker { left: 0; width: 100%; top: 5px; }
.rep-key .rep-chance { left: 50%; }

/* Curves */
.rep-charts {
  display: grid; gap: 28px 40px; align-items: start;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr));
}
.rep-curves { display: grid; gap: 8px; max-width: 860px; break-inside: avoid; }
.rep-curves figcaption { font-weight: 600; }
.rep-curves figcaption::first-letter { text-transform: uppercase; }
.rep-y-label, .rep-x-label { font-size: 14px; }
.rep-x-label { text-align: right; }
.rep-plot { display: grid; grid-template-columns: 64px minmax(0, 1fr); padding: 8px 14px 0 0; }
.rep-area { position: relative; height: 260px; }
.rep-area svg { position: absolute; width: 100%; height: 100%; overflow: visible; }
.rep-area polyline, .rep-sample path {
  fill: none; stroke: var(--rep); stroke-width: 3px; stroke-dasharray: var(--rep-dash);
  stroke-linecap: round; stroke-linejoin: round; vector-effect: non-scaling-stroke;
}
.rep-grid { stroke: var(--lethe-line); stroke-width: 1px; vector-effect: non-scaling-stroke; }
.rep-sample { width: 40px; height: 10px; }
.rep-dot {
  position: absolute; width: 9px; height: 9px; margin: 0 0 -5px -5px; border-radius: 50%;
  background: var(--rep);
}
.rep-dot.rep-retrained { border-radius: 0; transform: rotate(45deg) scale(0.9); }
.rep-dot.rep-unlearned { border-radius: 0; }
.rep-y, .rep-x { position: relative; font-size: 14px; color: var(--lethe-soft); }
.rep-y span {
  position: absolute; right: 10px; transform: translateY(50%); white-space: nowrap;
}
.rep-x { grid-column: 2; height: 26px; margin-top: 6px; }
.rep-x span { position: absolute; transform: translateX(-50%); white-space: nowrap; }

@media (max-width: 820px) {
  .rep-row { grid-template-columns: minmax(0, 1fr); }
  .rep-part > .rep-line { margin-left: 0; }
  .rep-name { display: flex; flex-wrap: wrap; align-items: center; }
}
@media (max-width: 560px) {
  .rep-line { grid-template-columns: 84px minmax(0, 1fr) 62px; gap: 0 10px; }
  .rep-value { font-size: 16px; }
  .rep-value small { display: block; line-height: 1.1; }
  .rep-axis span:nth-child(even) { visibility: hidden; }
  .rep-plot { grid-template-columns: 48px minmax(0, 1fr); }
  .rep-area { height: 200px; }
}
"""
