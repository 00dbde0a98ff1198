// The page in another language: what gradio's own I18n cannot reach.
// Gradio translates labels by itself. Everything that is made later (results, charts, messages)
// is looked up here, in the same catalog, when it comes into the page.
(() => {
  const KEY = 'lethe-language';
  const LANGUAGES = ['en', 'de'];
  const NAMED = ['placeholder', 'title', 'aria-label', 'alt', 'data-label'];
  const LEFT = 'script, style, textarea, code, pre, math, [translate="no"], [contenteditable]';

  const asked = new URL(location.href).searchParams.get('lang');
  const chosen = LANGUAGES.includes(asked) ? asked : localStorage.getItem(KEY);
  const browser = (navigator.language || 'en').slice(0, 2);
  const language = LANGUAGES.includes(chosen) ? chosen : LANGUAGES.includes(browser) ? browser : 'en';
  if (LANGUAGES.includes(asked)) localStorage.setItem(KEY, asked);
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
  };
  const catalog = (window.gradio_config?.i18n_translations || {})[language];
  if (language === 'en' || !catalog) return;

  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const patterns = Object.keys(catalog)
    .filter((key) => /\{\d\}/.test(key))
    .map((key) => ({
      begins: key.slice(0, key.search(/\{\d\}/)),
      order: [...key.matchAll(/\{(\d)\}/g)].map((found) => found[1]),
      form: new RegExp(`^${key.split(/\{\d\}/).map(escaped).join('(.+?)')}$`, 's'),
      words: catalog[key],
    }))
    .sort((a, b) => b.form.source.length - a.form.source.length);
  const seen = new Map();

  function say(text) {
    if (!/\p{L}{2}/u.test(text)) return text;
    let found = seen.get(text);
    if (found === undefined) {
      found = looked(text);
      if (seen.size > 5000) seen.clear();
      seen.set(text, found);
    }
    return found;
  }

  function looked(text) {
    if (Object.hasOwn(catalog, text)) return catalog[text];
    for (const pattern of patterns) {
      const match = text.startsWith(pattern.begins) && pattern.form.exec(text);
      if (match) {
        const parts = Object.fromEntries(pattern.order.map((n, i) => [n, say(match[i + 1])]));
        return pattern.words.replace(/\{(\d)\}/g, (_, n) => parts[n]);
      }
    }
    const parts = text.split(' · ');
    return parts.length > 1 ? parts.map(say).join(' · ') : text;
  }

  function text(node) {
    const around = /^(\s*)(.*?)(\s*)$/s.exec(node.data);
    const said = say(around[2].replace(/\s+/g, ' '));
    const whole = around[1] + said + around[3];
    if (said !== around[2].replace(/\s+/g, ' ') && node.data !== whole) node.data = whole;
  }

  function attributes(element) {
    for (const name of NAMED) {
      const value = element.getAttribute(name);
      if (value && say(value) !== value) element.setAttribute(name, say(value));
    }
    if (element.matches('input[type=submit], input[type=button]')) element.value = say(element.value);
  }

  function whole(root) {
    if (root.nodeType === Node.TEXT_NODE) {
      if (root.parentElement && !root.parentElement.closest(LEFT)) text(root);
      return;
    }
    if (root.nodeType !== Node.ELEMENT_NODE || root.closest('[translate="no"], script, style')) return;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
      node.nodeType === Node.ELEMENT_NODE && node.matches('script, style, [translate="no"]')
        ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    for (let node = root; node; node = walker.nextNode()) {
      if (node.nodeType === Node.ELEMENT_NODE) attributes(node);
      else if (!node.parentElement.closest(LEFT)) text(node);
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
  window.letheLanguage.say = say;
})();
