"""Settings as flags of a command: what each is called, what it sets, its help."""

from dataclasses import dataclass

from unlearn_core.settings.config import Config, Setting, settings_of


@dataclass(frozen=True)
class Flag:
    """One flag and the setting it sets.

    Attributes:
        option: Such as `--top-k`.
        group: Name of the group of settings, such as `training`.
        title: Heading in `--help` and in the docs.
        setting: What it sets; of the first method that has it.
        methods: The methods that have it; empty for settings that every run has.
    """

    option: str
    group: str
    title: str
    setting: Setting
    methods: tuple[str, ...] = ()

    @property
    def parameter(self) -> str:
        """Name of the Python parameter that receives the value."""
        return self.option.removeprefix("--").replace("-", "_")

    @property
    def repeatable(self) -> bool:
        """Whether the flag may be given several times."""
        return isinstance(self.setting.default, tuple)

    @property
    def help(self) -> str:
        """The setting's help, its methods, and what is allowed."""
        words = self.setting.help
        if self.methods:
            words += f" Of {', '.join(self.methods)}."
        if self.setting.kind in ("int", "float"):
            off = ", or none" if self.setting.optional else ""
            words += f" Allowed: {self.setting.allowed}{off}."
        return words + (" May be repeated." if self.repeatable else "")


@dataclass(frozen=True)
class Group:
    """A config whose settings become flags.

    Attributes:
        name: Where the values belong, such as the field of `RunSpec`.
        title: Heading in `--help` and in the docs.
        prefix: Start of each flag, so that no two groups share one.
        renamed: Flags that are called otherwise than their setting.
    """

    name: str
    title: str
    config: type[Config]
    prefix: str = ""
    renamed: tuple[tuple[str, str], ...] = ()

    def flags(self) -> list[Flag]:
        """A flag for each setting."""
        names = dict(self.renamed)
        return [
            Flag(option_name(names.get(s.name, self.prefix + s.name)), self.name, self.title, s)
            for s in settings_of(self.config)
        ]


def option_name(setting: str) -> str:
    """`top_k` as `--top-k`."""
    return "--" + setting.replace("_", "-")
