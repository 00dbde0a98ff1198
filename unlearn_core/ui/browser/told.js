// What the page tells an island, such as to open. What is told before the island is there is kept
// for it.

const acts = new Map();
const waiting = new Map();

export const tell = (name, detail) => {
  if (acts.has(name)) acts.get(name)(detail);
  else waiting.set(name, detail);
};

export const onTold = (name, act) => {
  acts.set(name, act);
  if (!waiting.has(name)) return;
  act(waiting.get(name));
  waiting.delete(name);
};
