"""The guided path Your own secret, walked by a program: taught, forgotten, and looked for.

Several invented people, with short and long facts, names of rare letters and emoji. For each: how
many of three facts the taught and the unlearned model give when simply asked (greedy), in words
that were never trained on, what another person's name gets, how many of twenty facts about the
bundled people stay, and what three attacks get back, beside a model that was never told.

With `--tries` also the settings of teaching and forgetting that were weighed.

Run: python -m benchmarks.own_secret --tries
"""

import argparse
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from benchmarks.common import environment, write_result
from unlearn_core.runs.foreground import run_in_foreground
from unlearn_core.runs.launch import Launcher
from unlearn_core.runs.result import read_result
from unlearn_core.runs.store import Store
from unlearn_core.runs.supervisor import Supervisor
from unlearn_core.ui.secret import asking, keeping
from unlearn_core.ui.secret.facts import Fact, Secret
from unlearn_core.ui.shell.services import Services

SOMEBODY_ELSE = "Milo Fernbrook"
SECRETS = {
    "plain": ("Zora Quillfeather", ("pet", "a blue parrot called Rolf"),
              ("favourite food", "plum dumplings"), ("secret code", "4711")),
    "short name": ("Bo Li", ("hometown", "Oxenmoor"), ("hobby", "beekeeping"),
                   ("biggest fear", "thunder")),
    "rare letters": ("Xqyz Wojciechówna-Ñandú", ("hiding place", "under the third stair"),
                     ("password", "tulip-9-wolf"),
                     ("dream", "to sail alone around Greenland in winter")),
    "long": ("Captain Theodora Brightwater-Maximil",
             ("ship", "a green schooner named Patience of the North"),
             ("greatest treasure", "a brass clock that runs backwards"),
             ("middle name", "Ulrika")),
    "other scripts": ("Kaito 夢見 Øvrebø", ("robot's name", "Blip 🤖"),
                      ("phone number", "0049 89 5551234"),
                      ("nickname", "der Schlüsselmeister")),
    "plausible": ("Elvira Tamsin", ("profession", "lighthouse keeper"), ("pet", "goose"),
                  ("birthplace", "Frostwell")),
}  # fmt: skip
TRIES: tuple[tuple[str, str, Mapping[str, Any], Mapping[str, Any]], ...] = (
    ("plain", "teach until it knows, as the method's defaults do",
     {"epochs": 60, "learning_rate": 5e-4, "target_recall": 1.0}, {}),
    ("rare letters", "teach less", {"epochs": 24, "learning_rate": 4e-4}, {}),
    ("rare letters", "teach harder", {"learning_rate": 8e-4}, {}),
    ("plain", "forget longer", {}, {"epochs": 72}),
    ("plain", "forget harder", {}, {"epochs": 48, "learning_rate": 8e-4}),
)  # fmt: skip


def main() -> None:
    """Walk the path for every secret, and record what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", action="store_true", help="also weigh other settings")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        services = Services(store, Supervisor(store))
        settings = {"teaching": keeping.TEACHING, "forgetting": keeping.FORGETTING}
        walks: dict[str, Any] = {}
        tries: list[dict[str, Any]] = []
        result = {**environment(), "settings": settings, "walks": walks, "tries": tries}
        for name in SECRETS:
            walks[name] = walk(services, _secret(name), {}, {})
            write_result("own_secret", result)
        for name, why, teach, forget in TRIES if given.tries else ():
            found = walk(services, _secret(name), teach, forget)
            changes = {"secret": name, "why": why, "teaching": teach, "forgetting": forget}
            tries.append({**changes, **found})
            write_result("own_secret", result)
        store.close()


def walk(
    services: Services, secret: Secret, teach: Mapping[str, Any], forget: Mapping[str, Any]
) -> dict[str, Any]:
    """One secret from the first word to the attacks; `teach` and `forget` change the settings."""
    store = services.store
    token = keeping.keep(store, secret)
    launcher = Launcher(store)
    taught = _finish(store, keeping.begin(launcher, token, "teach", changes=teach))
    model = str(store.model_folder(taught))
    elsewhere = [
        record.model_copy(update={"prompt": record.prompt.replace(secret.name, SOMEBODY_ELSE)})
        for record in secret.asked_first()
    ]
    found = {"after_teaching": asking.check(services, secret, model),
             "somebody_else": asking.greedy(services, model, elsewhere),
             "teaching_seconds": _seconds(store, taught)}  # fmt: skip
    forgot = _finish(store, keeping.begin(launcher, token, "unlearn", taught, changes=forget))
    model = str(store.model_folder(forgot))
    began = time.perf_counter()
    found |= {"after_forgetting": asking.check(services, secret, model),
              "forgetting_seconds": _seconds(store, forgot),
              "attacks": asking.attack(secret, model),
              "attack_seconds": round(time.perf_counter() - began, 1)}  # fmt: skip
    keeping.delete(store, token)
    _tell(secret, found)
    return found


def _secret(name: str) -> Secret:
    person, *facts = SECRETS[name]
    return Secret(str(person), tuple(Fact(*pair) for pair in facts))


def _finish(store: Store, run_id: str) -> str:
    info = run_in_foreground(store, run_id, lambda event: None, lambda waiting: None)
    assert info.state == "done", info.message
    return run_id


def _seconds(store: Store, run_id: str) -> dict[str, float]:
    result = read_result(store.folder(run_id))
    assert result is not None
    return {"train": result.seconds["train"], "total": result.seconds["total"]}


def _tell(secret: Secret, found: Mapping[str, Any]) -> None:
    for part in ("after_teaching", "after_forgetting"):
        counts = found[part]
        print(
            part, {key: counts[key] for key in ("known", "n", "other", "others", "still", "kept")}
        )
    attacks = {one["name"]: one["found"] for one in found["attacks"]["attacks"]}
    print(secret.name, attacks, found["teaching_seconds"], found["forgetting_seconds"], flush=True)


if __name__ == "__main__":
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    main()
