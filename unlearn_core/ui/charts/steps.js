// The step axis that all charts of a run share, and the marks on it.

import { axis } from "../browser/plot.js";

export const stepAxis = (look, view, more = {}) => axis(look, "step", {
  range: view.zoom.range || view.fullRange(),
  uirevision: view.zoom.turn,
  ...more,
});

// The same with a line under the pointer.
export const watchedAxis = (look, view, more = {}) => stepAxis(look, view, {
  showspikes: true,
  spikemode: "across",
  spikethickness: 1,
  spikedash: "dot",
  spikecolor: look.soft,
  hoverformat: "d",
  ...more,
});

// Vertical lines: checkpoints, stops, and where the slider of the probes stands.
export const stepMarks = (look, view) => {
  const upright = (step, dash, color) => ({
    type: "line", x0: step, x1: step, yref: "paper", y0: 0, y1: 1,
    line: { color, width: 1.5, dash },
  });
  const shapes = view.marks.map((mark) => upright(mark.step, "dash", look.soft));
  if (view.pointer !== null) shapes.push(upright(view.pointer, "solid", look.text));
  const annotations = view.marks.map((mark) => ({
    x: mark.step, y: 1, yref: "paper", yanchor: "top", xanchor: "right", showarrow: false,
    textangle: -90, text: mark.label, font: { size: 11, color: look.soft },
  }));
  return { shapes, annotations };
};
