// Which lesson is open, at which step, what was answered and which runs were started: this
// visitor's own, kept in the browser until the window is closed.

const KEY = "lethe-learn";

const read = () => {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) || {};
  } catch (error) {
    console.warn("the lessons begin anew", error);
    return {};
  }
};

export const keep = () => {
  const kept = { lesson: 0, steps: {}, answers: {}, runs: {}, done: {}, ...read() };
  return { ...kept, save() { sessionStorage.setItem(KEY, JSON.stringify(this)); } };
};
