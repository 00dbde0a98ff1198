"""What the page still says in English when it should speak another language.

Two looks: at every text of `ui/texts/`, of settings, cards and lessons, read by import; and at the
page itself (`language_page.py`), which keeps a list of what it looked up in vain. The second opens
all tabs, with `--work` also runs, compares and attacks, and takes some minutes.

Run: python -m tools.language --language de [--page | --work]
"""

import argparse
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import unlearn_core.ui.texts as texts
from unlearn_core.attacks.registry import attacks
from unlearn_core.audits.spec import AuditSpec
from unlearn_core.methods.parts import PARTS
from unlearn_core.methods.registry import methods
from unlearn_core.metrics.registry import metrics
from unlearn_core.runs.spec import RunSpec
from unlearn_core.settings.config import Config, settings_of
from unlearn_core.settings.sampling import SamplingSpec
from unlearn_core.ui.lessons.base import Lesson
from unlearn_core.ui.lessons.registry import lessons
from unlearn_core.ui.shell.forms import help_line, label
from unlearn_core.ui.shell.language import catalogs

CODE = Path(__file__).parents[1] / "unlearn_core"
PLACE = re.compile(r"\{\w*(?:[:!][^{}]*)?\}")
JOINED = re.compile(r"""["']\s*(?:\+\s*)?[fr]*["']|`\s*\+\s*`""")
"""Between two strings that are one text."""


def page_texts() -> dict[str, set[str]]:
    """Every text of the page as the catalogs know it, by where it is written."""
    said: dict[str, Iterator[str]] = {"settings": _settings(), "cards": _cards()}
    for name in sorted(module.name for module in pkgutil.iter_modules(texts.__path__)):
        module = importlib.import_module(f"{texts.__name__}.{name}")
        said[f"ui/texts/{name}.py"] = _strings([v for k, v in vars(module).items() if k.isupper()])
    said |= {f"lesson {lesson.order}": _lesson(lesson) for lesson in lessons()}
    return {
        name: {" ".join(text.split()) for text in found if is_text(text)}
        for name, found in said.items()
    }


def key(text: str) -> str:
    """A text as catalogs have it: `{done:,} of {total:,}` is `{0} of {1}`."""
    count = iter(range(99))
    return PLACE.sub(lambda _: f"{{{next(count)}}}", text)


def is_known(text: str, catalog: Mapping[str, str]) -> bool:
    """Whether a catalog has a text: as it stands, or as a pattern with places."""
    if text in catalog or key(text) in catalog:
        return True
    forms = ("(.+)".join(map(re.escape, PLACE.split(one))) for one in catalog if PLACE.search(one))
    return any(re.fullmatch(form, text) for form in forms)


def is_text(string: str) -> bool:
    """Whether there is a word to translate."""
    return bool(re.search(r"[A-Za-z]{2}", PLACE.sub("", string)))


def said_in_code() -> str:
    """All code as one line with its strings joined, to look texts up that stand in no table."""
    files = [path for ending in ("py", "js", "html") for path in CODE.rglob(f"*.{ending}")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    return " ".join(JOINED.sub("", code).split())


def is_said(text: str, code: str) -> bool:
    """Whether every piece of a text, between its places, stands in the code."""
    return all(piece.strip() in code for piece in re.split(r"\{\d\}", text))


def untranslated(language: str) -> dict[str, list[str]]:
    """Texts of the page that a catalog lacks, by where they are written."""
    catalog = catalogs()[language]
    found = {
        name: sorted(text for text in said if not is_known(text, catalog))
        for name, said in page_texts().items()
    }
    return {name: lacking for name, lacking in found.items() if lacking}


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _strings(one)


def _lesson(lesson: Lesson) -> Iterator[str]:
    yield from (lesson.title, lesson.promise, lesson.learnt)
    for step in lesson.make_steps():
        yield from (step.title, *step.text, *(go.label for go in step.go))
        if step.question:
            yield from (step.question.text, *step.question.choices, step.question.because)
        if step.formula:
            yield from (step.formula.words, *(words for _, words in step.formula.symbols))


def _settings() -> Iterator[str]:
    """Labels and help lines of every form."""
    chosen = [info.config for kind in ("unlearn", "teach") for info in methods(kind).values()]
    waiting: list[type[Config]] = [RunSpec, AuditSpec, SamplingSpec, *chosen]
    waiting += [info.config for info in attacks().values()]
    while waiting:
        config = waiting.pop()
        kinds = [field.annotation for field in config.model_fields.values()]
        waiting += [one for one in kinds if isinstance(one, type) and issubclass(one, Config)]
        for item in settings_of(config):
            if item.help:  # what has none is in no form
                yield from (item.label, label(item), help_line(item))


def _cards() -> Iterator[str]:
    """What cards of methods and attacks, the parts of losses and the list of metrics say."""
    for part in PARTS.values():
        yield from part
    for kind in ("unlearn", "teach"):
        for info in methods(kind).values():
            yield from (info.card.idea, info.card.fails, info.card.cost, *info.card.needs)
    for attack in attacks().values():
        yield from (attack.title, attack.card.idea, attack.card.measure, attack.card.cost)
        if attack.card.kind == "detection":
            yield attack.card.measure.partition(":")[0]
    for metric in metrics().values():
        yield from (metric.title, metric.help)


def main() -> None:
    """List both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--language", default="de", choices=[*catalogs()][1:])
    parser.add_argument("--page", action="store_true", help="open the page as well")
    parser.add_argument("--work", action="store_true", help="and run, compare and attack there")
    args = parser.parse_args()
    for name, lacking in untranslated(args.language).items():
        print(f"== {name}", *lacking, sep="\n")
    if args.page or args.work:
        from tools.language_page import missed

        print("== on the page", *missed(args.language, working=args.work), sep="\n")


if __name__ == "__main__":
    main()
