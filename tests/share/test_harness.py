"""The harness, by a stand-in for its package."""

import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.helpers.fake_run import fake_result
from tests.helpers.models import tiny_model, toy_tokenizer
from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.files import write_json
from unlearn_core.models.loading import save
from unlearn_core.runs.spec import make_spec
from unlearn_core.runs.store import Store
from unlearn_core.share.harness import harness_scores


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "workspace")


@pytest.fixture
def run(store: Store) -> str:
    spec = make_spec("npo", parameters=0).model_dump(mode="json")
    run_id = store.create(spec, kind="unlearn", name="a run", device="cpu", owner=os.getpid())
    store.claim(os.getpid(), run_id)
    folder = store.folder(run_id)
    save(tiny_model("llama"), toy_tokenizer(), folder / "model")
    write_json(folder / "result.json", fake_result(run_id))
    write_json(folder / "environment.json", {})
    store.set_state(run_id, "done")
    return run_id


def stand_in(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Replaces the package; gives what it is asked."""
    asked: list[dict[str, Any]] = []

    def simple_evaluate(**given: Any) -> dict[str, Any]:
        folder = Path(str(given["model_args"]).split(",")[0].removeprefix("pretrained="))
        assert (folder / "config.json").is_file()
        asked.append(given)
        if "nonsense" in given["tasks"]:
            raise KeyError("nonsense")
        return {"results": {t: {"alias": t, "acc,none": 0.5} for t in given["tasks"]}}

    module = ModuleType("lm_eval")
    module.simple_evaluate = simple_evaluate  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lm_eval", module)
    return asked


def test_scores_of_the_merged_model(
    store: Store, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = stand_in(monkeypatch)
    assert harness_scores(store, run, ["piqa", "copa"], limit=7) == {
        "piqa": {"acc,none": 0.5}, "copa": {"acc,none": 0.5},
    }  # fmt: skip
    assert asked[0]["limit"] == 7 and asked[0]["tasks"] == ["piqa", "copa"]


def test_bad_input_is_told(store: Store, run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="No task is named"):
        harness_scores(store, run, [])
    monkeypatch.setitem(sys.modules, "lm_eval", None)
    with pytest.raises(MissingPrerequisite, match="pip install lm-eval"):
        harness_scores(store, run, ["piqa"])
    stand_in(monkeypatch)
    with pytest.raises(InvalidInput, match="cannot do nonsense"):
        harness_scores(store, run, ["nonsense"])
