// The page's scripts run in the browser as they lie; node only checks and tests them.

const globals = (...names) => Object.fromEntries(names.map((name) => [name, "readonly"]));

const BROWSER = globals("BroadcastChannel", "CSS", "HTMLTableCellElement", "IntersectionObserver",
  "MutationObserver", "Node", "NodeFilter", "URL", "URLSearchParams", "clearInterval",
  "clearTimeout", "console", "document", "getComputedStyle", "history", "localStorage", "location",
  "matchMedia", "navigator", "performance", "requestAnimationFrame", "sessionStorage",
  "setInterval", "setTimeout", "window");

const RULES = {
  "consistent-return": "error",
  eqeqeq: "error",
  "max-len": ["error", { code: 100 }],
  "max-lines": ["error", 400],
  "no-console": ["error", { allow: ["warn", "error"] }],
  "no-const-assign": "error",
  "no-dupe-args": "error",
  "no-dupe-class-members": "error",
  "no-dupe-keys": "error",
  "no-eval": "error",
  "no-fallthrough": "error",
  "no-implied-eval": "error",
  "no-new-func": "error",
  "no-redeclare": "error",
  "no-self-assign": "error",
  "no-shadow": "error",
  "no-undef": "error",
  "no-unreachable": "error",
  "no-unsafe-optional-chaining": "error",
  "no-unused-vars": "error",
  "no-useless-escape": "error",
  "no-var": "error",
  "prefer-const": "error",
};

export default [
  { ignores: [".venv/", "node_modules/", "assets/", "build/", "dist/"] },
  { files: ["**/*.js"], languageOptions: { globals: BROWSER }, rules: RULES },
  { files: ["**/browser/translate.js"], languageOptions: { sourceType: "script" },
    rules: { "no-shadow": "off" } },
  { files: ["tests/js/*.js"], languageOptions: { globals: globals("globalThis", "URL") } },
];
