// What a run's rows are made into, for charts, lessons and films alike. Pure: no page.

export const isMoving = (state) => ["queued", "loading", "running", "stopping"].includes(state);

// Appends new points, name to [steps, values], to the curves.
export const addCurves = (curves, news) => {
  for (const [name, [steps, values]] of Object.entries(news)) {
    const [x, y] = (curves[name] ??= [[], []]);
    x.push(...steps);
    y.push(...values);
  }
};

export const lastStep = (curves) =>
  Math.max(1, ...curves.map(([steps]) => steps[steps.length - 1] || 0));

// The sum of `size` over the rows [text, count, leak] whose text is wanted.
export const countOf = (answers, wanted = () => true) =>
  answers.reduce((sum, [text, count]) => sum + (wanted(text) ? count : 0), 0);

// Distinct texts of all measurements, the most frequent first, parted into those that give the true
// answer away and the others.
export const rankedTexts = (measurements) => {
  const totals = new Map();
  const leaks = new Set();
  for (const answers of measurements) {
    for (const [text, count, leak] of answers) {
      totals.set(text, (totals.get(text) || 0) + count);
      if (leak) leaks.add(text);
    }
  }
  const ranked = [...totals.keys()].sort((a, b) => totals.get(b) - totals.get(a));
  return {
    ranked,
    leaking: ranked.filter((text) => leaks.has(text)),
    plain: ranked.filter((text) => !leaks.has(text)),
  };
};

// Whether a probe of this group is asked about what shall be forgotten.
export const isForgotten = (group) => ["forget", "paraphrased"].includes(group);
