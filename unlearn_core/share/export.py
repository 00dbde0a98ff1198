"""A run's result in a folder of its own, to keep or to pass on."""

import json
import shutil
from pathlib import Path

import torch

from unlearn_core.audits.spec import newest_audit
from unlearn_core.errors import MissingPrerequisite
from unlearn_core.files import new_folder
from unlearn_core.models.loading import load, save
from unlearn_core.models.name import name_of_run
from unlearn_core.models.spec import ModelSpec
from unlearn_core.models.steering import require_plain
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.result import read_result
from unlearn_core.runs.store import Store
from unlearn_core.share.model_card import CardFacts, model_card

PAPERS = ("spec.json", "result.json", "environment.json")
"""Files about a run that go with an export. They tell what was forgotten."""


def export_model(
    store: Store, run_id: str, out: Path, *, command: str = "", merged: bool = False,
    public: bool = False,
) -> Path:  # fmt: skip
    """Copy a run's model with its spec, result and a model card into a new folder.

    The folder appears whole or not at all.

    Args:
        store: Where the run is.
        run_id: A run that left a model.
        out: Folder to make; it may exist if it is empty.
        command: The command that repeats the run, for the card; left out when empty.
        merged: Put the adapter into its base model's weights, so that no other model is needed.
        public: Leave out what tells strangers what was forgotten: the papers, and the run's name
            in the card.

    Returns:
        The absolute path of `out`.

    Raises:
        InvalidInput: The folder is there already or cannot be written, or the run forgets only
            while it answers.
        MissingPrerequisite: The run has left no model.
    """
    out = Path(out).expanduser().absolute()
    model, folder, info = store.model_folder(run_id), store.folder(run_id), store.get(run_id)
    result = read_result(folder)
    if result is None:
        raise MissingPrerequisite(
            f"Run {run_id} ({info.state}) was not measured at its end, so there is nothing to "
            "tell of its model. Choose a run that is done or stopped."
        )
    require_plain((model,), name_of_run(run_id))
    adapter = (model / "adapter_config.json").is_file()
    with new_folder(out) as place:
        if merged and adapter:
            _merge(model, info, place)
        else:
            shutil.copytree(model, place, dirs_exist_ok=True)
        for name in () if public else PAPERS:
            shutil.copy2(folder / name, place / name)
        environment = json.loads((folder / "environment.json").read_text(encoding="utf-8"))
        facts = CardFacts(
            info, result, environment, newest_audit(store, run_id), adapter and not merged,
            command, public,
        )  # fmt: skip
        (place / "README.md").write_text(model_card(facts), encoding="utf-8")
    return out


def _merge(model: Path, info: RunInfo, place: Path) -> None:
    """Load the adapter into its base, which `load` merges, and save the whole."""
    told = {key: info.spec["model"][key] for key in ("dtype", "trust_remote_code")}
    with torch.no_grad():
        loaded = load(ModelSpec.model_validate({**told, "source": str(model), "device": "cpu"}))
    save(loaded.model, loaded.tokenizer, place)
