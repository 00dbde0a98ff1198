"""The model card of an exported run: Markdown with the metadata that the Hugging Face hub reads.

No text of a record stands in it: what a model was made to forget must not be told by its card.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import ModelCardData

from unlearn_core.audits.result import AuditResult
from unlearn_core.methods.registry import method
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.result import RunResult
from unlearn_core.runs.spec import RunSpec

GROUPS = {
    "forget": "to forget",
    "paraphrased": "to forget, asked in other words",
    "neighbours": "neighbours of these, to keep",
    "retain": "to keep",
    "world": "general knowledge",
}
LIMITS = (
    "That an attack which was not tried would find nothing either. Hidden knowledge often comes "
    "back by training on a little of it.",
    "That nothing else was lost. Only the groups of the table were measured, by the share of "
    "answers that hold the fact.",
    "That the model is fit for any use, or that a duty to erase data is met. This is an experiment "
    "in unlearning, and its data may be invented.",
)
VERSIONS = ("torch", "transformers", "peft")
_HUB_NAME = re.compile(r"[\w][\w.-]*/[\w][\w.-]*")


@dataclass(frozen=True)
class CardFacts:
    """What a card is made from.

    Attributes:
        info: The run.
        result: What it measured.
        environment: Its `environment.json`.
        audit: What an audit of it found; None where there is none.
        adapter: Whether the weights are an adapter on their base.
        command: The command that repeats the run; may be empty.
        public: Whether strangers will read it: the run's name is left out then, which often tells
            who was forgotten. The command should be one without marks.
    """

    info: RunInfo
    result: RunResult
    environment: Mapping[str, Any]
    audit: AuditResult | None
    adapter: bool
    command: str
    public: bool = False

    @property
    def base(self) -> str:
        """The model that the run began with; of a folder only its name is told."""
        source = self.info.source
        return source if is_hub_name(source) or ":" in source else Path(source).name


def is_hub_name(source: str) -> bool:
    """Whether a model's name is one of the hub, `owner/model`, which others have as well."""
    return bool(_HUB_NAME.fullmatch(source)) and not Path(source).expanduser().exists()


def model_card(facts: CardFacts) -> str:
    """The card as the text of a `README.md`."""
    parts = [
        f"---\n{_metadata(facts)}\n# The license is yours to choose; that of the base model binds."
        f"\n# license: ...\n---\n\n# {escaped(_title(facts))}\n",
        _what(facts),
        "## How it was made\n",
        _settings(facts),
        "## Before and after\n",
        _results(facts),
        *(["## Is it gone?\n", _verdict(facts.audit)] if facts.info.kind == "unlearn" else []),
        "## What this does not show\n",
        "\n".join(f"- {limit}" for limit in LIMITS) + "\n",
        "## Repeat it\n",
        *([_command(facts)] if facts.command else []),
        _versions(facts.environment),
    ]
    return "\n".join(parts)


def escaped(text: str) -> str:
    """A text as Markdown that shows it letter by letter, on one line."""
    one_line = " ".join(text.split())
    plain = one_line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]()#+!|~$-])", r"\\\1", plain)


def _metadata(facts: CardFacts) -> str:
    base = facts.info.source
    relation = "adapter" if facts.adapter else "finetune"
    known: dict[str, Any] = {}
    if is_hub_name(base):
        known = {"base_model": base, "base_model_relation": relation}
    return ModelCardData(
        library_name="peft" if facts.adapter else "transformers",
        pipeline_tag="text-generation",
        tags=["machine-unlearning", "unlearning", "lethe", str(facts.info.spec["method"])],
        **known,
    ).to_yaml()


def _title(facts: CardFacts) -> str:
    info = facts.info
    made = f"{facts.base}, unlearned by {info.spec['method']}"
    return made if facts.public else info.name or made


def _what(facts: CardFacts) -> str:
    spec = _spec(facts)
    info = method(spec.method, spec.kind)
    what = "A LoRA adapter on" if facts.adapter else "Whole weights, made from"
    did = "was made to forget some of what it knew" if spec.kind == "unlearn" else "was taught"
    return (
        f"{what} `{_code(facts.base)}`, which {did} by {escaped(info.title)} with "
        f"Lethe. {escaped(info.card.idea)}\n\n"
        f"Run `{_code(facts.info.id)}`, {facts.info.state} after {facts.result.steps} steps "
        f"on {escaped(facts.info.device)}.\n"
    )


def _settings(facts: CardFacts) -> str:
    spec = _spec(facts)
    training = spec.training
    rows = [
        ("method", spec.method),
        *((name, value) for name, value in spec.method_config.items()),
        ("weights trained", "all" if spec.tuning.mode == "full" else
         f"a LoRA adapter of rank {spec.tuning.rank}"),
        ("epochs", training.epochs),
        ("batch size", training.batch_size),
        ("learning rate", f"{training.learning_rate:g}"),
        ("seed", spec.seed),
        ("data hash", facts.result.data_hash),
    ]  # fmt: skip
    hint = "" if facts.public else "`spec.json` holds every setting, and what was marked.\n"
    return _table(("setting", "value"), [(k, _shown(v)) for k, v in rows]) + "\n" + hint


def _results(facts: CardFacts) -> str:
    before, after = facts.result.before, facts.result.after
    pairs = {name: (before.groups.get(name), after.groups.get(name)) for name in GROUPS}
    rows = [
        (
            GROUPS[name],
            str(new.records),
            *(f"{side.fact_recall:.1%}" for side in (old, new)),
            *(f"{side.rouge_l_recall:.1%}" for side in (old, new)),
        )
        for name, (old, new) in pairs.items()
        if old and new
    ]
    table = _table(
        ("records", "number", "fact recall before", "after", "ROUGE-L recall before", "after"), rows
    )
    words = (
        "Fact recall is the share of questions whose answer holds the fact. It should fall for "
        "what is to be forgotten and stay for everything else.\n"
    )
    if before.leak_share is None or after.leak_share is None:
        return f"{table}\n{words}"
    told = "Of sampled answers to the marked questions, "
    leaks = f"{before.leak_share:.1%} gave the true one away before, and {after.leak_share:.1%}"
    return f"{table}\n{words}\n{told}{leaks} after.\n"


def _verdict(audit: AuditResult | None) -> str:
    if audit is None or not audit.findings:
        return (
            "Nothing has attacked this model yet, so it is not known whether the knowledge is gone "
            "or only hidden.\n"
        )
    lines = [f"- {escaped(line.text)}" for line in audit.verdict.lines]
    return "\n".join([f"**{escaped(audit.verdict.headline)}**\n", *lines, ""])


def _command(facts: CardFacts) -> str:
    if not facts.public:
        return _fenced(facts.command)
    return (
        f"{_fenced(facts.command)}\nThe marks are left out of this command: they would tell what "
        "was forgotten. Whoever made the model has them.\n"
    )


def _versions(environment: Mapping[str, Any]) -> str:
    packages = environment.get("packages", {})
    versions = [f"Lethe {environment.get('lethe', '')}".strip()]
    versions += [f"{name} {packages[name]}" for name in VERSIONS if name in packages]
    return (
        f"Made with {', '.join(versions)}. The same settings and seed give the same run on the "
        "same machine.\n"
    )


def _spec(facts: CardFacts) -> RunSpec:
    return RunSpec.model_validate(facts.info.spec)


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [columns, ("---",) * len(columns), *(tuple(map(escaped, row)) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value in (None, "", [], ()) else str(value)


def _code(text: str) -> str:
    """A name inside backticks, which it cannot leave."""
    return " ".join(text.replace("`", "'").split())


def _fenced(text: str) -> str:
    """A command as a block of code, which it cannot leave."""
    longest = max((len(ticks) for ticks in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}bash\n{text}\n{fence}\n"
