"""Where a secret is kept: a folder with a name nobody can guess, and runs that no list shows."""

import json
import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput
from unlearn_core.files import write_json
from unlearn_core.models.name import BUNDLED, name_of_run
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.launch import Launcher
from unlearn_core.runs.spec import RunKind
from unlearn_core.runs.store import Store
from unlearn_core.ui.secret.facts import Fact, Secret
from unlearn_core.ui.texts import secret as words

KIND = "secret"
"""Runs of this kind stay out of every list, since lists ask for the kinds that they show."""
TEACHING: Mapping[str, Any] = {
    "epochs": 36, "learning_rate": 6e-4, "retain_ratio": 4, "target_recall": None,
}  # fmt: skip
FORGETTING: Mapping[str, Any] = {"epochs": 32, "learning_rate": 4e-4, "retain_ratio": 2}
"""Weighed by tries; what they reach is in `benchmarks/results/own_secret.json`."""
LONGER = 1.5
"""What did not take is taught so many times longer at the next try."""
MEASURING: Mapping[str, Any] = {
    "watched": 3, "samples": 20, "probes": 0, "live_records": 9, "final_records": 60,
    "leak_samples": 0, "max_new_tokens": 96,
}  # fmt: skip
_TOKEN = re.compile(r"[\w-]{16,32}")
_NAMES = {
    "teach": "Somebody’s own secret: learning",
    "unlearn": "Somebody’s own secret: forgetting",
}
"""Of the runs, in no other language."""


def keep(store: Store, secret: Secret) -> str:
    """Write a secret into the workspace; gives the token by which alone it is found again."""
    token = secrets.token_urlsafe(16)
    folder = _folder(store, token)
    folder.mkdir(parents=True)
    facts = [[fact.topic, fact.value] for fact in secret.facts]
    write_json(folder / "secret.json", {"name": secret.name, "facts": facts})
    _write(folder / "taught.jsonl", secret.taught())
    _write(folder / "kept.jsonl", secret.rehearsed())
    return token


def find(store: Store, token: str) -> Secret:
    """The secret of a token.

    Raises:
        InvalidInput: There is none.
    """
    path = _folder(store, token) / "secret.json"
    if not path.is_file():
        raise InvalidInput(words.UNKNOWN)
    kept = json.loads(path.read_text(encoding="utf-8"))
    return Secret(kept["name"], tuple(Fact(*pair) for pair in kept["facts"]))


def runs_of(store: Store, token: str, kind: RunKind) -> list[RunInfo]:
    """The runs that teach a secret, or make the model forget it, the newest first."""
    source = str(_folder(store, token) / "taught.jsonl")
    return [
        run
        for run in store.runs((KIND,))
        if run.spec["data"]["source"] == source and run.spec["kind"] == kind
    ]


def begin(
    launcher: Launcher,
    token: str,
    kind: RunKind,
    start_from: str = "",
    changes: Mapping[str, Any] = MappingProxyType({}),
) -> str:
    """Queue a run that teaches or forgets a secret; gives its id.

    Args:
        launcher: Of the store where the secret is kept.
        token: Of the secret.
        kind: `teach` begins with the bundled model, `unlearn` with what a run taught.
        start_from: The run whose model is to forget.
        changes: Settings of training that are to differ.

    Raises:
        LetheError: There is no such secret, or no such model.
    """
    store = launcher.store
    secret, folder = find(store, token), _folder(store, token)
    tries = len([run for run in runs_of(store, token, kind) if run.state == "done"])
    training = {**(TEACHING if kind == "teach" else FORGETTING), **changes}
    training["epochs"] = round(training["epochs"] * LONGER ** min(tries, 3))
    given = {
        "training": training,
        "measure": MEASURING,
        "model": {"source": name_of_run(start_from) if start_from else BUNDLED},
        "data": {"source": str(folder / "taught.jsonl"), "retain": str(folder / "kept.jsonl")},
        # By id: marks by subject would show the name wherever marks are told.
        "marks": {"ids": [record.id for record in secret.taught()]},
    }
    name = "teach" if kind == "teach" else "pmc"
    spec = launcher.spec(name, given, kind=kind, name=_NAMES[kind], seed=tries)
    return launcher.start(spec, kind=KIND)


def delete(store: Store, token: str) -> None:
    """Remove everything of a secret: its facts, its runs and their models.

    Raises:
        InvalidInput: There is no such secret, or a run still goes on; it has been told to end.
    """
    find(store, token)
    runs = [*runs_of(store, token, "unlearn"), *runs_of(store, token, "teach")]
    for run in runs:
        if not run.finished:
            store.send(run.id, "discard")
    if any(store.get(run.id).active for run in runs):
        raise InvalidInput(words.STILL_ENDING)
    for run in runs:
        store.delete(run.id)
    shutil.rmtree(_folder(store, token))


def _folder(store: Store, token: str) -> Path:
    if not _TOKEN.fullmatch(token):
        raise InvalidInput(words.UNKNOWN)
    return store.workspace / "secrets" / token


def _write(path: Path, records: Sequence[Record]) -> None:
    path.write_text("".join(f"{r.model_dump_json()}\n" for r in records), encoding="utf-8")
