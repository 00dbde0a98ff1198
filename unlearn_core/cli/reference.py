"""Pages of docs/ that are made from the code, so that they cannot fall behind it."""

from collections.abc import Iterable, Sequence

from unlearn_core.cli.flags import Flag
from unlearn_core.cli.settings import GROUPS, method_flags
from unlearn_core.config import Setting, settings_of
from unlearn_core.methods.base import MethodInfo, Preset
from unlearn_core.methods.registry import methods

MADE = "<!-- Made by `make docs` from the code; change the code, not this page. -->\n"


def pages() -> dict[str, str]:
    """The made pages, by file name."""
    infos = [*methods("unlearn").values(), *methods("teach").values()]
    return {"methods.md": methods_page(infos), "configuration.md": configuration_page(infos)}


def methods_page(infos: Sequence[MethodInfo]) -> str:
    """Every method's card, settings and default sets."""
    head = (
        f"{MADE}\n# Methods\n\n"
        "What each method does, what it needs, and when it fails. A method is one file in "
        "`unlearn_core/methods/`; [architecture.md](architecture.md) tells how one is added.\n"
    )
    rows = [
        [f"[{i.title}](#{i.name})", ", ".join(i.card.needs) or "nothing", i.card.cost]
        for i in infos
    ]
    overview = _table(("method", "needs", "cost"), rows)
    return "\n".join([head, overview, *(_method(info) for info in infos)])


def configuration_page(infos: Sequence[MethodInfo]) -> str:
    """Every setting of a run with its flag, default and range."""
    parts = [
        f"{MADE}\n# Configuration\n\n"
        "Every setting of a run. The form in the app and the flags of `run` and `teach` are made "
        "from the same list. A method's default sets ([methods.md](methods.md)) replace some of "
        "these defaults. Where a setting may be `none`, the flag takes that word.\n"
    ]
    for group in GROUPS:
        parts += [f"## {group.title}\n", _settings(group.flags())]
    parts += ["## Methods\n", _settings(method_flags(infos))]
    return "\n".join(parts)


def _method(info: MethodInfo) -> str:
    card = info.card
    lines = [
        f'<a id="{info.name}"></a>\n\n## {info.title}\n',
        f"{card.idea}\n",
        f"$$\n{card.formula}\n$$\n",
        f"- Name on the command line: `{info.name}`",
        f"- Needs: {', '.join(card.needs) or 'nothing'}",
        f"- Cost: {card.cost}",
        f"- Fails: {card.fails}",
        f"- Source: {card.paper}",
        f"- Default set for small models: {_preset(info.small)}",
        f"- Default set for models from 100 million parameters: {_preset(info.large)}\n",
    ]
    own = method_flags([info])
    return "\n".join([*lines, _settings(own) if own else "It has no settings of its own.\n"])


def _preset(preset: Preset) -> str:
    values = {**preset.method, **preset.training, **preset.tuning}
    return ", ".join(f"{name} {_shown(value)}" for name, value in values.items()) or "none"


def _settings(flags: Sequence[Flag]) -> str:
    shared = any(len(flag.methods) > 1 for flag in flags)
    columns = ("setting", "flag", "default", "allowed", "what it does")
    rows = [
        [
            f"`{flag.setting.name}`",
            f"`{flag.option}`",
            _default(flag),
            _allowed(flag.setting),
            flag.setting.help,
            *([", ".join(flag.methods)] if shared else []),
        ]
        for flag in flags
    ]
    return _table((*columns, "methods") if shared else columns, rows)


def _default(flag: Flag) -> str:
    """The default, or each method's own where they differ."""
    known = {**methods("unlearn"), **methods("teach")}
    by_method = {
        name: next(
            s.default for s in settings_of(known[name].config) if s.name == flag.setting.name
        )
        for name in flag.methods
    }
    if len({_shown(value) for value in by_method.values()}) > 1:
        return ", ".join(f"{_shown(value)} ({name})" for name, value in by_method.items())
    return _shown(flag.setting.default)


def _allowed(setting: Setting) -> str:
    if isinstance(setting.default, tuple):
        return "texts, any number"
    return setting.allowed + (" or none" if setting.optional else "")


def _shown(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return "empty" if value in ("", ()) else f"`{value}`" if isinstance(value, str) else str(value)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(_cell(c) for c in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
