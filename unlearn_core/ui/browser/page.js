// The page around an island: its address, its theme, whether a part is seen, and clocks that end
// with a part.

export const isShown = (element) => !document.hidden && element.offsetParent !== null;

export const every = (milliseconds, element, act) => {
  const clock = setInterval(() => {
    if (element.isConnected) act();
    else clearInterval(clock);
  }, milliseconds);
};

// One question to the server at a time. `ask` gives the milliseconds until the next one; nothing
// where its answer came too late to count.
export const makeTurns = (ask) => {
  const turns = { due: 0 };
  let pending = false;
  turns.take = async () => {
    if (pending || performance.now() < turns.due) return;
    pending = true;
    try {
      const wait = await ask();
      if (wait !== undefined) turns.due = performance.now() + wait;
    } finally {
      pending = false;
    }
  };
  return turns;
};

// A drawing that is done once before the next picture, however often it is asked for.
export const oncePerFrame = (draw) => {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  };
};

export const themeName = () => (document.body.classList.contains("dark") ? "dark" : "light");

// Draws again whenever the page turns dark or light; ends with the element.
export const onThemeChange = (owner, draw) => {
  const observer = new MutationObserver(() => {
    if (owner.isConnected) draw();
    else observer.disconnect();
  });
  observer.observe(document.body, { attributes: true, attributeFilter: ["class"] });
};

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export const askedFor = (name) => new URLSearchParams(location.search).get(name);

// The address with these parameters; an empty one is left out.
export const addressWith = (parameters, from = location.href) => {
  const url = new URL(from);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null || value === undefined || value === "") url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url;
};

export const setAddress = (parameters) =>
  history.replaceState(history.state, "", addressWith(parameters));

// The ids of the runs chosen in the list, as the page keeps them in a hidden field.
export const chosenRuns = () =>
  document.querySelector("#chosen-runs textarea, #chosen-runs input")?.value ?? "";

// Says something on a button for a moment.
export const flash = (button, text, usual) => {
  button.textContent = text;
  setTimeout(() => { button.textContent = usual; }, 2500);
};
