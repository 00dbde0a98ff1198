// The time of a film: play, pause, speed, and a scrubber over the measured steps of one run or two.
// makePlayer(config, show) gives { root, load(films, align), seek(step), play(), pause() }; show is
// called with the place of the frame of each film. All frames are here, so nothing is fetched.

const FRAME_MILLISECONDS = 300;
const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];
const CLOSE = 1e-9;

// Where a frame stands on the common axis: at its step, or at its share of the run.
const position = (film, frame, align) =>
  (align === "share" ? frame.step / Math.max(1, film.last) : frame.step);

const makePlayer = (config, show) => {
  const { words } = config;
  const root = el("div", "film-player");
  const button = (className, label, text) => {
    const node = el("button", `film-button ${className}`, text);
    node.type = "button";
    node.setAttribute("aria-label", label);
    node.title = label;
    return node;
  };
  const back = button("film-step", words.previous, "◂");
  const toggle = button("film-toggle", words.play, words.play);
  const on = button("film-step", words.next, "▸");
  const slider = el("input", "film-slider");
  Object.assign(slider, { type: "range", min: "0", step: "1", title: words.keys });
  slider.setAttribute("aria-label", words.scrub);
  const where = el("span", "film-where");
  const speed = el("select", "film-select");
  speed.setAttribute("aria-label", words.speed);
  speed.title = words.speedHelp;
  for (const value of SPEEDS) {
    const option = el("option", "", `${value}×`);
    option.value = String(value);
    speed.append(option);
  }
  speed.value = "1";
  const news = el("p", "film-hidden");
  news.setAttribute("role", "status");
  root.append(back, toggle, on, slider, where, speed, news);

  const player = { root, slider, films: [], align: "step", stops: [0], place: 0, playing: false };
  let cursor = 0;
  let before = 0;
  let asked = 0;

  const framesAt = (at) => player.films.map((film) => {
    let place = 0;
    film.frames.forEach((frame, i) => {
      if (position(film, frame, player.align) <= at + CLOSE) place = i;
    });
    return place;
  });

  const told = () => {
    const at = player.stops[player.place];
    if (player.align === "share") return `${Math.round(at * 100)} %`;
    return `${words.step} ${at} ${words.of} ${Math.max(...player.films.map((film) => film.last))}`;
  };

  const draw = () => {
    asked = 0;
    slider.value = String(player.place);
    slider.setAttribute("aria-valuetext", told());
    setText(where, told());
    show(framesAt(player.stops[player.place]));
  };
  const request = () => {
    if (!asked) asked = requestAnimationFrame(draw);
  };

  const go = (place) => {
    player.place = Math.min(player.stops.length - 1, Math.max(0, place));
    cursor = player.stops[player.place];
    request();
  };

  // Two runs of the same length take as long as one.
  const pace = () => {
    const frames = Math.max(...player.films.map((film) => film.frames.length - 1), 1);
    const end = player.stops[player.stops.length - 1] - player.stops[0];
    return (end / (frames * FRAME_MILLISECONDS)) * Number(speed.value);
  };

  const stopped = (words_) => {
    player.playing = false;
    setText(toggle, words.play);
    toggle.setAttribute("aria-label", words.play);
    setText(news, words_);
  };

  const tick = (now) => {
    if (!player.playing) return;
    if (!root.isConnected) return stopped("");
    cursor += pace() * Math.min(250, now - before);
    before = now;
    let place = player.place;
    while (place + 1 < player.stops.length && player.stops[place + 1] <= cursor + CLOSE) place += 1;
    if (place !== player.place) {
      player.place = place;
      draw();
    }
    if (place === player.stops.length - 1) return stopped(words.ended);
    requestAnimationFrame(tick);
  };

  player.play = () => {
    if (player.playing || player.stops.length < 2) return;
    if (player.place === player.stops.length - 1) go(0);
    player.playing = true;
    cursor = player.stops[player.place];
    before = performance.now();
    setText(toggle, words.pause);
    toggle.setAttribute("aria-label", words.pause);
    setText(news, words.playing);
    requestAnimationFrame(tick);
  };
  player.pause = () => {
    if (player.playing) stopped(`${words.paused} ${told()}.`);
  };
  player.move = (steps) => {
    player.pause();
    go(player.place + steps);
  };
  // To a step of the first run.
  player.seek = (step) => {
    const at = player.films.length ? position(player.films[0], { step }, player.align) : 0;
    const places = player.stops.map((stop, i) => [stop, i]).filter(([stop]) => stop <= at + CLOSE);
    player.pause();
    go(places.length ? places[places.length - 1][1] : 0);
  };
  player.load = (films, align) => {
    const share = player.stops.length > 1 ? player.place / (player.stops.length - 1) : 0;
    player.pause();
    const all = films.flatMap((film) => film.frames.map((frame) => position(film, frame, align)));
    const stops = [...new Set(all)].sort((a, b) => a - b);
    Object.assign(player, { films, align, stops: stops.length ? stops : [0] });
    slider.max = String(player.stops.length - 1);
    go(Math.round(share * (player.stops.length - 1)));
  };
  player.keyboard = (event) => {
    const { key, target } = event;
    if (event.altKey || event.ctrlKey || event.metaKey || target.matches("select, [type=text]")) return;
    const turned = getComputedStyle(root).direction === "rtl" ? -1 : 1;
    const acts = {
      ArrowLeft: () => player.move(-turned),
      ArrowRight: () => player.move(turned),
      Home: () => player.move(-player.stops.length),
      End: () => player.move(player.stops.length),
      " ": () => (player.playing ? player.pause() : player.play()),
    };
    // A focused button is pressed by the space key as everywhere.
    if (!acts[key] || (key === " " && target.matches("button, [tabindex][role=note]"))) return;
    event.preventDefault();
    acts[key]();
  };

  slider.addEventListener("input", () => {
    player.pause();
    go(Number(slider.value));
  });
  back.addEventListener("click", () => player.move(-1));
  on.addEventListener("click", () => player.move(1));
  toggle.addEventListener("click", () => (player.playing ? player.pause() : player.play()));
  return player;
};
