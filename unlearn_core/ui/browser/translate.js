// The page in another language: what gradio's own I18n cannot reach.
// Gradio translates labels by itself. Everything that is made later (results, charts, messages)
// is looked up here, in the same catalog, when it comes into the page.
(() => {
  const KEY = 'lethe-language';
  const CATALOGS = window.gradio_config?.i18n_translations || {};
  const NAMED = ['placeholder', 'title', 'aria-label', 'aria-valuetext', 'alt', 'data-help',
    'data-label'];
  // What people or models wrote, and what is code.
  const KEPT = 'script, style, textarea, code, pre, math, .katex, bdi, [translate="no"], '
    + '[contenteditable], [data-testid^="cell"], [data-testid="bot"], [data-testid="user"]';
  const LONGEST = 2000;
  const MOST_SEEN = 5000;

  const asked = new URL(location.href).searchParams.get('lang');
  const stored = localStorage.getItem(KEY);
  const browser = (navigator.language || 'en').slice(0, 2);
  const language = [asked, stored, browser, 'en'].find((one) => one in CATALOGS) || 'en';
  if (language === asked) localStorage.setItem(KEY, asked);
  // Gradio asks the browser for its language; it shall hear the one that was chosen here.
  Object.defineProperty(navigator, 'language', { configurable: true, get: () => language });
  document.documentElement.lang = language;
  window.letheLanguage = {
    current: language,
    choose(next) {
      localStorage.setItem(KEY, next);
      const url = new URL(location.href);
      url.searchParams.delete('lang');
      location.replace(url);
    },
    say: (text) => text,
    missed: () => [],
  };
  const catalog = CATALOGS[language];
  if (language === 'en') return;

  const PLACE = /\{\d\}/;
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // `{0} records` counts, `{0} of {1}` measures: so few words fit any sentence, unless their places
  // take numbers only.
  const place = (key) => {
    if (!key.startsWith('{0}')) return '(.+?)';
    const words = key.match(/\p{L}+/gu) || [];
    if (words.length > 1) return '(.+?)';
    return key.split(PLACE).length > 2 ? '(.{0,24}?\\d.{0,24}?)' : '([^\\p{L}]*\\d[^\\p{L}]*)';
  };
  const patterns = Object.keys(catalog)
    .filter((key) => PLACE.test(key))
    .map((key) => ({
      begins: key.slice(0, key.search(PLACE)),
      holds: key.split(PLACE).sort((a, b) => b.length - a.length)[0],
      order: [...key.matchAll(/\{(\d)\}/g)].map((found) => found[1]),
      form: new RegExp(`^${key.split(PLACE).map(escaped).join(place(key))}$`, 'su'),
      letters: key.replace(/\{\d\}/g, '').length,
      words: catalog[key],
    }))
    .sort((a, b) => b.letters - a.letters);
  const dotted = patterns.filter((pattern) => pattern.form.source.includes(' · '));
  const seen = new Map();
  const answers = new Set(Object.values(catalog));

  function say(text) {
    if (text.length > LONGEST || answers.has(text) || !/\p{L}{2}/u.test(text)) return text;
    let found = seen.get(text);
    if (found === undefined) {
      found = known(text) ?? text;
      if (seen.size > MOST_SEEN) seen.clear();
      seen.set(text, found);
      // What was said comes back as a change of the page; it is not looked up again.
      if (found !== text) answers.add(found);
      if (answers.size > 2 * MOST_SEEN) answers.clear();
    }
    return found;
  }

  function known(text) {
    if (Object.hasOwn(catalog, text)) return catalog[text];
    const parts = text.split(' · ');
    const found = matched(text, parts.length > 1 ? dotted : patterns);
    if (found !== undefined) return found;
    if (parts.length > 1) return parts.map(say).join(' · ');
    return listed(text) ?? elsewhere(text);
  }

  // A title within a sentence, or a phrase at its beginning.
  function elsewhere(text) {
    const rest = text.slice(1);
    if (text[0] !== text[0].toUpperCase()) return catalog[text[0].toUpperCase() + rest];
    const inner = text[0].toLowerCase() + rest;
    const found = inner === text ? undefined : catalog[inner] ?? matched(inner, patterns);
    return found && found[0].toUpperCase() + found.slice(1);
  }

  function matched(text, among) {
    for (const pattern of among) {
      const match = text.startsWith(pattern.begins) && text.includes(pattern.holds)
        && pattern.form.exec(text);
      if (match) {
        const parts = Object.fromEntries(pattern.order.map((n, i) => [n, say(match[i + 1])]));
        return pattern.words.replace(/\{(\d)\}/g, (_, n) => parts[n]);
      }
    }
    return undefined;
  }

  // `a, b and c` or `a: b`, where each is known.
  function listed(text, marks = [/(: )/, /(, )/, /( and )/]) {
    const [mark, ...finer] = marks;
    if (!mark) return undefined;
    const pieces = text.split(mark);
    if (pieces.length < 3) return listed(text, finer);
    const said = pieces.map((piece, i) => {
      if (i % 2) return piece.replace('and', catalog.and ?? 'and');
      if (!/\p{L}{2}/u.test(piece)) return piece;
      return catalog[piece] ?? matched(piece, patterns) ?? elsewhere(piece) ?? listed(piece, finer);
    });
    return said.includes(undefined) ? undefined : said.join('');
  }

  function text(node) {
    const [, before, words, after] = /^(\s*)(.*?)(\s*)$/s.exec(node.data);
    const plain = words.replace(/\s+/g, ' ');
    const said = say(plain);
    if (said !== plain) node.data = before + said + after;
  }

  function attributes(element) {
    for (const name of NAMED) {
      const value = element.getAttribute(name);
      if (value && say(value) !== value) element.setAttribute(name, say(value));
    }
  }

  function whole(root) {
    if (root.nodeType === Node.TEXT_NODE) {
      if (root.parentElement && !root.parentElement.closest(KEPT)) text(root);
      return;
    }
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    const around = root.parentElement?.closest(KEPT);
    if (around) return;
    const walker = document.createTreeWalker(
      root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => (
        node.parentElement?.matches(KEPT) && node !== root
          ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT));
    for (let node = root; node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) text(node);
      else if (!node.matches('[translate="no"]')) attributes(node);
    }
  }

  // Observers are told before the next picture is drawn: nobody sees the English words.
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === 'childList') change.addedNodes.forEach(whole);
      else if (change.type === 'characterData') whole(change.target);
      else if (!change.target.closest('[translate="no"]')) attributes(change.target);
    }
  }).observe(document.documentElement, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: NAMED,
  });
  Object.assign(window.letheLanguage, {
    say,
    missed: () => [...seen.keys()].filter((key) => seen.get(key) === key && !answers.has(key)),
  });
})();
