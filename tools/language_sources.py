"""Every English text that the page can show, read from the code that says it.

Settings, cards and metrics are asked for their words. All else is found in the source: strings of
the page's Python and JavaScript, of the report, of the verdict and of errors. A text that is put
together has places: `f"{done} of {total}"` is `{0} of {1}`.
"""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

CODE = Path(__file__).parents[1] / "unlearn_core"
PLACE = re.compile(r"\{\d\}")
SHOWN_ATTRIBUTES = ("placeholder", "title", "aria-label", "alt", "data-label")
VOID = {"br", "hr", "img", "input", "meta", "link", "source", "wbr", "col"}
CODE_KEYWORDS = {
    "elem_id", "elem_classes", "variant", "size", "js", "js_on_load", "show_progress", "type",
    "concurrency_id", "prefix", "encoding", "datatype", "column_widths", "trigger_mode",
    "css_template", "html_template", "dir", "suffix", "head", "api_name", "tag", "id",
    "default_factory", "mode", "formula", "paper", "key", "role", "errors",
}  # fmt: skip
"""Arguments whose strings nobody reads."""
_JS = re.compile(
    r"""//[^\n]*|/\*.*?\*/|(?P<s>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?P<t>`(?:[^`\\]|\\.)*`)""",
    re.DOTALL,
)
_JOIN = re.compile(r'(["`\'])\s*\+\s*\1')
_CODE_LIKE = re.compile(
    r"[{};]\s*$|=>|^\s*[.#<]|prefers-|--|function|^\w+\(|/\w+/|\bvar\(|^https?:|[\w-]+:\s*[\w#]+;|\w\[|\$\{|"
    r"linear-gradient|querySelector|sans-serif|\b0\.\d+s\b|input\[|translate=|CustomEvent"
)
_CLASSES = re.compile(
    r"(?=.*\b[a-z]{2,4}-)[a-z][\w-]*(?:\{\d?\})?(?: [a-z]{2,}-[\w-]*(?:\{\d?\})?)*"
)
WHY = ("not_tested", "missing")
"""Functions that say why there is no value."""
NOT_OF_THE_PAGE = (
    "ui/shell/app.py", "ui/shell/settings.py", "ui/shell/theme.py", "ui/shell/api.py",
    "ui/browser/translate.js",
    "report/page.py", "report/race_page.py", "report/frame.py", "report/making.py",
    "report/style.py", "report/style_charts.py", "report/run_parts.py", "share/harness.py",
    "runs/tracking.py", "share/space.py",
)  # fmt: skip
"""What is said in the terminal, by the programming interface and in downloaded reports."""
TOLD_ON_THE_PAGE = (
    "audits/verdict.py", "runs/estimate.py", "runs/launch.py", "runs/recovery.py"
)  # fmt: skip
"""Files of other rooms that say more than errors."""
NOT_TRANSLATED = frozenset(
    (
        # Questions and examples that a model reads, in its own language.
        "Could you say what {0}'s {1} is?", "Do you know the {0} of {1}?",
        "I would like to know the {0} of {1}.", "Tell me the {0} of {1}.",
        "The {0} of {1} is {2}.", "What is the {0} of {1}?", "What is {0}'s {1}?",
        "English", "Bo Lindqvane", "Captain Odalys Brightwater", "Oxenmoor", "Zora Quillfeather",
        "a blue parrot called Rolf", "a clock that runs backwards", "a rusty key", "biggest fear",
        "favourite food", "hiding place", "lucky charm", "plum dumplings", "secret code",
        "the green schooner Patience", "under the third stair",
        # Names of runs, kept as they were written.
        "Somebody’s own secret: forgetting", "Somebody’s own secret: learning",
        # Put together from parts that have their own entries.
        "**{0}** $$ {1} $$ - Needs: {2} - Time beside gradient ascent (1): {3} - Goes wrong: {4} "
        "- Source: {5}", "subject of fact {0}, such as pet,",
        # Code, and faults of a programmer.
        "MetricInfo | None", "ModelPool", "Form", "Case", "Material", "log", "Escape", "Enter",
        "lv le", "x unified", "button, input", "button, [tabindex][role=note]",
        "select, [type=text]", "the lessons' numbers are {0}", "{0} has no run", "{0} has no loss",
        "two attacks are called {0}", "two methods are called {0}", "two metrics are called {0}",
        "{0} is a metric on models",
    )
)  # fmt: skip
"""What looks like a text of the page and is none, or keeps its language."""
PUT_TOGETHER = frozenset(
    (
        "Of the {0} the model gave {1}.",
        "Of the {0} the model gave {1}; of the facts to keep {2}.",
        "95 % interval {0} to {1}. {2}",
        "95 % interval {0} to {1}.",
        "{0} ({1} to {2})",
        "{0} to {1}",
        "Compared with the retrained model.",
        "{0}. Original: {1}; Unlearned: {2}; Retrained: {3}",
        "{0}. Original: {1}; Unlearned: {2}; Retrained: {3}.",
        "{0}. Original: {1}; Unlearned: {2}.",
        "{0}; guessing alone reaches {1} on average",
        "{0}; guessing alone reaches {1} on average.",
        "{0}; guessing alone {1} on average.",
        "Fluency",
        "Privacy",
        "Utility",
        "Log-likelihood",
        "On",
        "yes",
        "ROUGE-L recall (%)",
        "{0} points fewer",
        "{0} points more",
        "found, {0}",
        "{0} bits",
        "noise of {0} of the spread",
        "examples shown: {0}",
        "temperature {0}",
        "layer {0}",
        "bits of each weight",
        "steps of teaching",
        "noise, share of the spread",
        "share of the change taken back",
        "{0}% of the change taken back",
        "facts found after {0} steps",
        "first words of the true answer",
        "noise of {0}",
        "share of wordings that give the fact",
        "{0} answers",
        "{0} prompts",
        "the true answer is in between",
        "the true answer is most likely",
        "leak bound ({0})",
        "expected leak, temperature {0}",
        "no",
        "Bundled model on {0}",
        "CPU, {0}",
        "Dataframe",
        "Download",
        "File upload",
        "Goes wrong: {0}",
        "More tabs",
        "Needs: {0}",
        "Open cell menu",
        "Reset to default value",
        "Source: {0}",
        "Static column",
        "Textbox",
        "Time beside gradient ascent (1): {0}",
        "Toggle Sidebar",
        "Toggle all: {0}",
        "and",
        "are",
        "each answer",
        "is",
        "leak",
        "models",
        "number input for {0}",
        "off",
        "questions",
        "range slider for {0}",
        "step",
        "{0} ({1} of {2})",
        "{0} in {1}",
        "It is hidden, not gone: {0} brings the facts back.",
        "It is hidden, not gone: {0} bring the facts back.",
        "{0}: {1} 0.{2} (no trace would be {3}).",
        "{0}: {1} 1.{2} (no trace would be {3}).",
        "{0}: {1} of the facts.",
        "retain {0} → {1}",
        "neighbours {0} → {1}",
        "world {0} → {1}",
        "(passage)",
        "quick",
        "thorough",
        "After {0} restockings: {1} colours left ({2}); colour A has {3}.",
        "{0} heads",
        "{0} tokens",
        "{0} subjects",
        "bitsandbytes does not work on {0} here, so its formats were not tried.",
        "For {0} records the least likely pick is only told among the numbers: their wrong answers "
        "come from other records, and may be familiar to any model.",
        "{0} records are neither shown nor taught, because they may tell an answer that is asked "
        "for in other words.",
        "All records have the same value, so no interval is known.",
    )
)
"""What is put together where no reading of the code finds it, and what gradio itself says."""


def page_texts() -> dict[str, set[str]]:
    """Texts by where they come from."""
    found = {"settings": settings(), "cards": cards(), "put together": set(PUT_TOGETHER)}
    for path in sorted(CODE.rglob("*.py")):
        name = path.relative_to(CODE).as_posix()
        if name in NOT_OF_THE_PAGE:
            continue
        if name.startswith(("ui/", "report/")) or name in TOLD_ON_THE_PAGE:
            found[name] = python_texts(path.read_text(encoding="utf-8"))
        elif not name.startswith(("cli/", "demo/")):
            found[f"errors of {name}"] = error_texts(path.read_text(encoding="utf-8"))
    for path in sorted((CODE / "ui").rglob("*.js")):
        name = path.relative_to(CODE).as_posix()
        if name not in NOT_OF_THE_PAGE:
            found[name] = script_texts(path.read_text(encoding="utf-8"))
    return {name: texts - NOT_TRANSLATED for name, texts in found.items()}


def settings() -> set[str]:
    """Labels and help lines of every form, as the page writes them."""
    from unlearn_core.attacks.registry import attacks
    from unlearn_core.audits.spec import AuditSpec
    from unlearn_core.methods.registry import methods
    from unlearn_core.runs.spec import RunSpec
    from unlearn_core.settings.config import Config, settings_of
    from unlearn_core.settings.specs import SamplingSpec
    from unlearn_core.ui.shell.forms import help_line, label

    forms = [info.config for kind in ("unlearn", "teach") for info in methods(kind).values()]
    forms += [info.config for info in attacks().values()]
    waiting: list[type[Config]] = [RunSpec, AuditSpec, SamplingSpec, *forms]
    found: set[str] = set()
    while waiting:
        config = waiting.pop()
        kinds = [field.annotation for field in config.model_fields.values()]
        waiting += [one for one in kinds if isinstance(one, type) and issubclass(one, Config)]
        for item in settings_of(config):
            if item.help:  # what has none is in no form
                found |= {item.label, label(item), help_line(item)}
    return found


def cards() -> set[str]:
    """What cards of methods and attacks and the list of metrics say."""
    from unlearn_core.attacks.registry import attacks
    from unlearn_core.methods.registry import methods
    from unlearn_core.metrics.registry import metrics

    found: set[str] = set()
    for kind in ("unlearn", "teach"):
        for info in methods(kind).values():
            found |= {info.card.idea, info.card.fails, info.card.cost, *info.card.needs}
    for attack in attacks().values():
        found |= {attack.title, attack.card.idea, attack.card.measure, attack.card.cost}
        if attack.card.kind == "detection":
            found.add(attack.card.measure.partition(":")[0])
    for metric in metrics().values():
        found |= {metric.title, metric.help}
    return found


def python_texts(source: str) -> set[str]:
    """Texts among the strings of a module."""
    finder = _Strings()
    finder.visit(ast.parse(source))
    return finder.counted | {text for string in finder.found for text in parts_of(string)}


def error_texts(source: str) -> set[str]:
    """Texts of the errors that a module raises, and its reasons for no value."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        call = node.exc if isinstance(node, ast.Raise) else node
        refuses = isinstance(node, ast.Raise) or getattr(getattr(node, "func", 0), "id", "") in WHY
        if refuses and isinstance(call, ast.Call):
            finder = _Strings()
            finder.visit(call)
            found |= {text for string in finder.found for text in parts_of(string)}
    return found


def script_texts(source: str) -> set[str]:
    """Texts among the strings of a script."""
    found: set[str] = set()
    source = _JOIN.sub("", re.sub(r"console\.\w+\([^;]*;", "", source))
    for match in _JS.finditer(source):
        literal = match["s"] or match["t"]
        if literal:
            string = re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), literal[1:-1])
            found |= set(parts_of(numbered(re.sub(r"\$\{[^{}]*\}|%\{[^{}]*\}", "{}", string))))
    return found


def parts_of(string: str) -> Iterator[str]:
    """What a person reads of a string: itself, or the text nodes of its HTML."""
    if "<" in string and re.search(r"</?[a-z][\w-]*[ />]", string):
        parser = _Markup()
        parser.feed(string)
        parser.close()
        yield from (numbered(text) for text in parser.found if is_text(text, bare=False))
    elif is_text(string, bare=True):
        yield numbered(" ".join(string.split()))


def is_text(string: str, *, bare: bool) -> bool:
    """Whether a string is for people; `bare` ones, without tags around, may also be code."""
    words = PLACE.sub("", string).replace("{}", "").strip()
    if not re.search(r"[A-Za-z]{2}", words):
        return False
    if not bare:
        return True
    if _CODE_LIKE.search(words) or _CLASSES.fullmatch(string.strip()):
        return False
    if " " in words:
        return bool(re.search(r"[a-z]{2} [a-z(]|[A-Z][a-z]+ |[a-z]{3}", words))
    return bool(re.fullmatch(r"\W*[A-Z][a-z]{2,}\W*", words))


def numbered(text: str) -> str:
    """The places of a text counted from 0."""
    count = iter(range(99))
    return re.sub(r"\{\w*(?:[:!][^{}]*)?\}", lambda _: f"{{{next(count)}}}", " ".join(text.split()))


class _Strings(ast.NodeVisitor):
    """Collects the strings of a module; what is put together has `{}` for its places."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.counted: set[str] = set()

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in CODE_KEYWORDS:
            self.visit(node.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)

    def visit_Compare(self, node: ast.Compare) -> None:
        """What is compared is a name."""

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.found.append(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self.found.append(self._whole(node))

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Add) and _has_string(node):
            self.found.append(self._whole(node))
        else:
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        self.visit(node.func)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        nouns = [arg.value for arg in node.args[1:] if isinstance(arg, ast.Constant)]
        if (name or getattr(node.func, "id", "")) == "count" and nouns:
            one, many = nouns[0], nouns[1] if len(nouns) > 1 else f"{nouns[0]}s"
            self.counted |= {f"{{0}} {one}", f"{{0}} {many}"}
            return
        if name not in {"get", "startswith", "endswith", "removeprefix", "split", "partition",
                        "replace", "strip", "metadata"}:  # fmt: skip
            for part in (*node.args, *node.keywords):
                self.visit(part)

    def _whole(self, node: ast.expr) -> str:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._whole(node.left) + self._whole(node.right)
        if isinstance(node, ast.JoinedStr):
            return "".join(self._whole(part) for part in node.values)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        self.visit(node.value if isinstance(node, ast.FormattedValue) else node)
        return "{}"


def _has_string(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _has_string(node.left) or _has_string(node.right)
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


class _Markup(HTMLParser):
    """The text nodes and shown attributes of HTML, without what must not be translated."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._kept: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self._kept or given.get("translate") == "no" or tag in ("script", "style", "code"):
            if tag not in VOID:
                self._kept.append(tag)
            return
        self.found += [given[name] or "" for name in SHOWN_ATTRIBUTES if given.get(name)]

    def handle_endtag(self, tag: str) -> None:
        if self._kept and self._kept[-1] == tag:
            self._kept.pop()

    def handle_data(self, data: str) -> None:
        if not self._kept and data.strip():
            self.found.append(data.strip())
