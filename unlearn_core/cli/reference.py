"""Pages of docs/ that are made from the code, so that they cannot fall behind it."""

from collections.abc import Iterable, Sequence

from unlearn_core.attacks.base import AttackInfo
from unlearn_core.attacks.registry import attacks
from unlearn_core.audits.verdict import RULES
from unlearn_core.methods.base import MethodInfo, Preset
from unlearn_core.methods.registry import methods
from unlearn_core.metrics.base import MetricInfo
from unlearn_core.metrics.registry import metrics
from unlearn_core.runs.command_line import GROUPS, method_flags
from unlearn_core.settings.config import Setting, settings_of
from unlearn_core.settings.flags import Flag

MADE = "<!-- Made by `make docs` from the code; change the code, not this page. -->\n"


def pages() -> dict[str, str]:
    """The made pages, by file name."""
    infos = [*methods("unlearn").values(), *methods("teach").values()]
    return {
        "methods.md": methods_page(infos),
        "configuration.md": configuration_page(infos),
        "attacks.md": attacks_page(list(attacks().values())),
        "metrics.md": metrics_page(list(metrics().values())),
    }


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


def attacks_page(infos: Sequence[AttackInfo]) -> str:
    """Every attack's card and settings, and the rules of the verdict."""
    head = (
        f"{MADE}\n# Attacks\n\n"
        "How Lethe looks for what is left. An attack is one file in `unlearn_core/attacks/`. The "
        "true answer and wrong ones of the same form are looked for alike, so that guessing has a "
        "level of its own.\n\n## The verdict\n"
    )
    rules = "\n".join(f"- {rule}" for rule in RULES)
    rows = [
        [f"[{i.title}](#{i.name})", i.card.kind, "yes" if i.card.needs_weights else "no",
         i.card.measure]
        for i in infos
    ]  # fmt: skip
    overview = _table(("attack", "kind", "needs the weights", "measure"), rows)
    kinds = (
        "*recovery* brings facts back, *detection* tells that something was there, *trace* shows "
        "where it was and is no leak by itself.\n"
    )
    return "\n".join([head, rules, "", overview, kinds, *map(_attack, infos)])


def metrics_page(infos: Sequence[MetricInfo]) -> str:
    """Every metric with its formula, range, direction and source."""
    head = (
        f"{MADE}\n# Metrics\n\n"
        "What is measured on every model of an audit. A metric is one function in "
        "`unlearn_core/metrics/`. *Better* is meant for the forget set or the whole model; what "
        "shows memory should stay elsewhere. Every value has a 95 % interval: exact for shares of "
        "records that are 0 or 1, by Hoeffding's bound where values from 0 to 1 are "
        "all the same, from a bootstrap over records else. Other values that are all the same "
        "have none.\n"
    )
    return "\n".join([head, *map(_metric, infos)])


def _attack(info: AttackInfo) -> str:
    card = info.card
    settings = _table(
        ("setting", "default", "quick", "thorough", "allowed", "what it does"),
        [
            [
                f"`{s.name}`",
                _shown(s.default),
                _shown(info.quick.get(s.name, s.default)),
                _shown(info.thorough.get(s.name, s.default)),
                "numbers, any number" if isinstance(s.default, tuple) else s.allowed,
                s.help,
            ]
            for s in settings_of(info.config)
        ],
    )
    return "\n".join(
        [
            f'<a id="{info.name}"></a>\n\n## {info.title}\n',
            f"{card.idea}\n",
            f"- Name on the command line: `{info.name}`",
            f"- Kind: {card.kind}",
            f"- Measure: {card.measure}",
            f"- Needs the weights: {'yes' if card.needs_weights else 'no'}",
            f"- Cost: {card.cost}",
            f"- Source: {card.paper}\n",
            settings,
        ]
    )


def _metric(info: MetricInfo) -> str:
    ends = [f"{end:g}" if end is not None else "no end" for end in (info.lowest, info.highest)]
    return "\n".join(
        [
            f"## {info.title}\n",
            f"{info.help}\n",
            f"$$\n{info.formula}\n$$\n",
            f"- Name: `{info.name}`, of the family {info.family}",
            f"- Better: {info.better}; range: {ends[0]} to {ends[1]} {info.unit}".rstrip(),
            f"- Source: {info.source}\n",
        ]
    )


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
