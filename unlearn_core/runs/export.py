"""A run's result in a folder of its own, to keep or to pass on."""

import json
import shutil
from pathlib import Path
from typing import Any

import torch

from unlearn_core.errors import InvalidInput
from unlearn_core.models.loading import load, save
from unlearn_core.models.spec import ModelSpec
from unlearn_core.models.steering import require_plain
from unlearn_core.runs.rows import RunInfo
from unlearn_core.runs.store import Store

_PAPERS = ("spec.json", "result.json", "environment.json")


def export_model(store: Store, run_id: str, out: Path, *, merged: bool = False) -> Path:
    """Copy a run's model with its spec, result and a README into a new folder.

    The folder appears whole or not at all.

    Args:
        store: Where the run is.
        run_id: A run that left a model.
        out: Folder to make; it may exist if it is empty.
        merged: Put the adapter into its base model's weights, so that no other model is needed.

    Returns:
        The absolute path of `out`.

    Raises:
        InvalidInput: The folder is there already or cannot be written, or the run forgets only
            while it answers.
        MissingPrerequisite: The run has left no model.
    """
    out = Path(out).expanduser().absolute()
    model, folder, info = store.model_folder(run_id), store.folder(run_id), store.get(run_id)
    require_plain((model,), f"run:{run_id}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InvalidInput(f"'{out}' is not an empty folder. Name one that does not exist yet.")
    partial = out.with_name(out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    adapter = (model / "adapter_config.json").is_file()
    try:
        if merged and adapter:
            _merge(model, info, partial)
        else:
            shutil.copytree(model, partial)
        for name in _PAPERS:
            shutil.copy2(folder / name, partial / name)
        text = readme(
            info, json.loads((folder / "result.json").read_text()), adapter and not merged
        )
        (partial / "README.md").write_text(text, encoding="utf-8")
        if out.exists():
            out.rmdir()
        partial.rename(out)
    except OSError as error:
        raise InvalidInput(
            f"The export cannot be written to '{out}' ({error.strerror}). Choose a folder that "
            "can be written and has room."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return out


def _merge(model: Path, info: RunInfo, partial: Path) -> None:
    """Load the adapter into its base, which `load` merges, and save the whole."""
    told = {key: info.spec["model"][key] for key in ("dtype", "trust_remote_code")}
    with torch.no_grad():
        loaded = load(ModelSpec.model_validate({**told, "source": str(model), "device": "cpu"}))
    save(loaded.model, loaded.tokenizer, partial)


def readme(info: RunInfo, result: dict[str, Any], adapter: bool) -> str:
    """What the folder holds, in Markdown."""
    base = info.spec["model"]["source"]
    what = f"a LoRA adapter on `{base}`" if adapter else f"whole weights, made from `{base}`"
    groups = [
        f"| {name} | {_share(result['before'][name])} | {_share(result['after'][name])} |"
        for name in result["after"]
        if isinstance(result["after"][name], dict) and result["after"][name].get("records")
    ]
    return "\n".join(
        [
            f"# {info.name or info.id}",
            "",
            f"Written by Lethe: {what}. Run `{info.id}`, {info.state}, {result['steps']} steps of "
            f"the method `{info.spec['method']}` on {info.device}.",
            "",
            "| records | fact recall before | after |",
            "| --- | --- | --- |",
            *groups,
            "",
            "`spec.json` holds every setting, `result.json` every measurement, `environment.json` "
            "the versions and the machine. The licence is that of the base model.",
            "",
        ]
    )


def _share(group: dict[str, Any]) -> str:
    return f"{group['fact_recall']:.1%}"
