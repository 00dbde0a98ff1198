"""Whole audits of the bundled models, in this process."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.helpers.fake_run import fake_result
from tests.helpers.orders import Orders
from unlearn_core.audits.job import execute_audit
from unlearn_core.audits.result import read_audit
from unlearn_core.audits.spec import (
    AuditSpec,
    audit_of_run,
    find_retrained,
    newest_audit,
    queue_audit,
)
from unlearn_core.data.marks import Marks
from unlearn_core.demo.corpus import default_forget_subjects
from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.files import write_json
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.foreground import run_in_foreground
from unlearn_core.runs.spec import make_spec
from unlearn_core.runs.store import Store

MARKS = Marks(subjects=default_forget_subjects())
TWIN = "bundled:retrained"
QUICK_ONES = ("multiple-choice", "phrasings")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all tests, so that what was read of a model is read once."""
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture
def store(workspace: Path) -> Store:
    return Store(workspace)


def spec(**changes: Any) -> AuditSpec:
    given = {"model": ModelSpec(source=TWIN), "retrained": TWIN, "marks": MARKS}
    return AuditSpec(**{**given, "attacks": QUICK_ONES, **changes})


def done(store: Store, wanted: AuditSpec, orders: Orders | None = None) -> str:
    audit_id = queue_audit(store, wanted, owner=os.getpid())
    assert store.claim(os.getpid(), audit_id) == audit_id
    execute_audit(store, audit_id, control=orders or Orders())
    return audit_id


def unlearned_run(store: Store, source: str = "bundled", **changes: Any) -> str:
    """A run that looks finished, with the twin as its model."""
    wanted = make_spec("pmc", parameters=0, model=ModelSpec(source=source), marks=MARKS, **changes)
    run_id = store.create(
        wanted.model_dump(mode="json"), kind="unlearn", name="a run", device="cpu",
        owner=os.getpid(),
    )  # fmt: skip
    store.claim(os.getpid(), run_id)
    (store.folder(run_id) / "model").symlink_to(ModelFolders.twin, target_is_directory=True)
    store.set_state(run_id, "done")
    return run_id


class ModelFolders:
    from unlearn_core.data.bundled import BUNDLED_FOLDER

    twin = BUNDLED_FOLDER / "retrained"


def test_an_audit_of_the_twin_finds_that_it_never_knew(store: Store) -> None:
    audit_id = done(store, spec())
    audit = read_audit(store.folder(audit_id))
    assert audit is not None and store.get(audit_id).state == "done"
    assert set(audit.findings) == set(QUICK_ONES)
    assert set(audit.findings["phrasings"]) == {"unlearned", "retrained", "original"}
    assert audit.findings["phrasings"]["original"].value == 1.0
    assert audit.findings["phrasings"]["unlearned"].p > 0.01
    assert audit.metrics["fact_recall"]["forget"]["original"].value == 1.0
    assert audit.metrics["fact_recall"]["forget"]["unlearned"].value < 0.2
    assert audit.verdict.level == "unclear"  # too little was tried
    assert audit.side_effects and audit.side_effects.groups["world"].records > 100
    text = (store.folder(audit_id) / "audit.json").read_text(encoding="utf-8")
    assert "NaN" not in text and "Infinity" not in text


def test_what_is_said_on_the_way(store: Store) -> None:
    audit_id = done(store, spec(seed=3, measuring=False))
    kinds = [event.kind for event in store.events(audit_id)]
    assert kinds.count("finding") == 6 and "shot" in kinds and "artifact" in kinds
    last = store.last(audit_id, "progress")
    assert last is not None and last.payload["total"] == 6


def test_the_same_audit_again_gives_the_same_without_asking_again(store: Store) -> None:
    first, again = (read_audit(store.folder(done(store, spec()))) for _ in range(2))
    assert first is not None and again is not None
    for name in QUICK_ONES:
        assert first.findings[name] == again.findings[name]
    assert first.metrics == again.metrics


def test_stop_keeps_what_was_found_and_pause_goes_on_later(store: Store) -> None:
    stopped = done(store, spec(seed=1, measuring=False), Orders(3, "stop"))
    audit = read_audit(store.folder(stopped))
    assert store.get(stopped).state == "stopped" and audit is not None
    assert len(audit.findings) < 2 and audit.verdict.level == "unclear"

    paused = done(store, spec(seed=1, measuring=False), Orders(3, "pause"))
    assert store.get(paused).state == "paused" and read_audit(store.folder(paused)) is None
    store.resume(paused, owner=os.getpid())
    assert store.claim(os.getpid(), paused) == paused
    execute_audit(store, paused, control=Orders())
    assert read_audit(store.folder(paused)) is not None

    gone = done(store, spec(seed=1, measuring=False), Orders(2, "discard"))
    assert store.get(gone).state == "discarded" and read_audit(store.folder(gone)) is None


def test_measuring_only_tries_no_attack(store: Store) -> None:
    audit = read_audit(store.folder(done(store, spec(attacking=False))))
    assert audit is not None and audit.findings == {} and audit.metrics


def test_an_audit_of_a_run_takes_over_its_data_and_finds_the_twin(store: Store) -> None:
    run_id = unlearned_run(store)
    wanted = audit_of_run(store, run_id, attacks=["sampling"])
    assert (wanted.model.source, wanted.original) == (f"run:{run_id}", "bundled")
    assert wanted.retrained == TWIN and wanted.marks == MARKS
    audit_id = queue_audit(store, wanted, owner=os.getpid())
    assert [audit.id for audit in store.audits_of(run_id)] == [audit_id]
    assert newest_audit(store, run_id) is None
    assert run_id in [run.id for run in store.runs()]
    assert audit_id not in [run.id for run in store.runs()]
    store.delete(run_id)
    assert not store.runs(("audit",)) or audit_id not in [a.id for a in store.runs(("audit",))]


def test_other_marks_have_no_twin_until_a_retrain_run_made_one(store: Store) -> None:
    other = {"marks": {"subjects": list(default_forget_subjects()[:1])}}
    base = make_spec("pmc", parameters=0, marks=MARKS).model_dump(mode="json")
    assert find_retrained(store, base) == TWIN
    asked = {**base, "marks": {**base["marks"], **other["marks"]}}
    assert find_retrained(store, asked) == ""
    retrain = json.loads(json.dumps({**asked, "method": "retrain", "method_config": {}}))
    run_id = store.create(retrain, kind="unlearn", name="", device="cpu", owner=os.getpid())
    store.claim(os.getpid(), run_id)
    (store.folder(run_id) / "model").mkdir()
    store.set_state(run_id, "done")
    assert find_retrained(store, asked) == f"run:{run_id}"
    store.delete(run_id)


def test_bad_input_is_told_before_anything_is_queued(store: Store) -> None:
    run_id = unlearned_run(store)
    with pytest.raises(InvalidInput, match="Did you mean 'sampling'"):
        audit_of_run(store, run_id, attacks=["smapling"])
    with pytest.raises(InvalidInput, match="no run"):
        audit_of_run(store, "nonsense")
    taught = store.create({}, kind="teach", name="", device="cpu", owner=os.getpid())
    with pytest.raises(MissingPrerequisite, match="has left no model"):
        audit_of_run(store, taught)
    store.delete(taught)
    store.delete(run_id)


def test_a_model_that_does_not_exist_fails_in_words(store: Store) -> None:
    wanted = spec(model=ModelSpec(source="/nowhere/at/all"))
    audit_id = queue_audit(store, wanted, owner=os.getpid())
    run_in_foreground(store, audit_id, lambda _: None, lambda _: None)
    info = store.get(audit_id)
    assert info.state == "failed" and "no folder" in info.message


def test_a_broken_model_is_not_called_clean(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(ModelFolders.twin, folder)
    weights = load_file(folder / "model.safetensors")
    name = next(iter(weights))
    weights[name].view(-1)[0] = torch.nan
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    audit_id = queue_audit(store, spec(model=ModelSpec(source=str(folder))), owner=os.getpid())
    run_in_foreground(store, audit_id, lambda _: None, lambda _: None)
    info = store.get(audit_id)
    assert info.state == "failed" and "no finite numbers" in info.message


def test_a_run_under_attack_is_not_deleted_and_nothing_of_it_is_lost(store: Store) -> None:
    run_id = unlearned_run(store)
    audit_id = queue_audit(store, audit_of_run(store, run_id), owner=os.getpid())
    assert store.claim(os.getpid(), audit_id) == audit_id
    with pytest.raises(InvalidInput, match="under attack"):
        store.delete(run_id)
    assert [audit.id for audit in store.audits_of(run_id)] == [audit_id]
    store.set_state(audit_id, "discarded")
    store.delete(run_id)
    assert store.audits_of(run_id) == []


def test_attacks_wait_until_their_run_has_ended(store: Store) -> None:
    wanted = make_spec("pmc", parameters=0, marks=MARKS).model_dump(mode="json")
    run_id = store.create(wanted, kind="unlearn", name="", device="cpu", owner=os.getpid())
    audit_id = queue_audit(store, audit_of_run(store, run_id, expected=True), owner=os.getpid())
    store.send(run_id, "pause")
    assert store.claim(os.getpid(), audit_id) is None
    store.send(run_id, "discard")
    assert store.claim(os.getpid(), audit_id) == audit_id
    store.set_state(audit_id, "discarded")
    store.delete(run_id)


def test_a_whole_audit_is_not_hidden_by_a_later_one_that_only_measured(store: Store) -> None:
    run_id = unlearned_run(store)
    attacked = done(store, audit_of_run(store, run_id, attacks=["phrasings"]))
    done(store, audit_of_run(store, run_id, attacking=False))
    found = newest_audit(store, run_id)
    assert found is not None and found.audit == attacked
    store.delete(run_id)


def test_changed_data_are_told(store: Store) -> None:
    run_id = unlearned_run(store)
    write_json(
        store.folder(run_id) / "result.json", {**fake_result(run_id), "data_hash": "another"}
    )
    audit_id = done(store, audit_of_run(store, run_id, attacks=["phrasings"]))
    audit = read_audit(store.folder(audit_id))
    assert audit is not None and "The data have changed since the run" in audit.notes[-1]
    assert any(line.kind == "caveat" for line in audit.verdict.lines)
    store.delete(run_id)
