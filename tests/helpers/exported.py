"""A run that has ended with an adapter on a tiny model, for exports, cards and uploads."""

from pathlib import Path

import torch

from tests.helpers.models import tiny_model, toy_tokenizer
from unlearn_core.data.marks import Marks
from unlearn_core.files import write_json
from unlearn_core.models.loading import load, save
from unlearn_core.models.spec import ModelSpec, TuningSpec
from unlearn_core.models.trainable import prepare_for_training
from unlearn_core.runs.spec import RunSpec
from unlearn_core.runs.store import Store
from unlearn_core.settings.measuring import MeasureSpec

SECRET = "Fiora Brinridge"
"""Who was forgotten: what strangers must not be told."""
GROUP = {"records": 4, "fact_recall": 1.0, "rouge_l_recall": 1.0, "log_likelihood": -0.1}
RESULT = {
    "steps": 3,
    "data_hash": "d474",
    "seconds": {"total": 1.5},
    "before": {"forget": GROUP, "leak_share": 0.5},
    "after": {"forget": {**GROUP, "fact_recall": 0.025}, "leak_share": 0.0},
}


def ended_run(store: Store, folder: Path, name: str = "Four people") -> str:
    """Make the run; its base model is put into a folder."""
    base = folder / "base"
    save(tiny_model("llama"), toy_tokenizer(), base)
    spec = RunSpec(
        name=name,
        model=ModelSpec(source=str(base), dtype="float32"),
        marks=Marks(subjects=(SECRET,)),
        measure=MeasureSpec(own_probes=(f"Who is {SECRET}?",)),
    )
    made = store.create(spec.model_dump(mode="json"), kind="unlearn", name=name, device="cpu")
    tuned = prepare_for_training(load(ModelSpec(source=str(base))).model, TuningSpec(rank=4))
    with torch.no_grad():
        for weight, parameter in tuned.named_parameters():
            if "lora_B" in weight:
                parameter.fill_(0.05)
    save(tuned, toy_tokenizer(), store.folder(made) / "model")
    write_json(store.folder(made) / "result.json", RESULT)
    environment = {"lethe": "0.1.0", "packages": {"torch": "2.13.0", "peft": "0.21.2"}}
    write_json(store.folder(made) / "environment.json", environment)
    store.set_state(made, "done")
    return made
