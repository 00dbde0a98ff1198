"""Whole runs in this process, on a tiny random model and a small file."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.helpers import fake_trackio
from tests.helpers.models import tiny_model, toy_tokenizer
from tests.helpers.orders import Orders
from unlearn_core.comparison.model_pool import ModelPool
from unlearn_core.data.encoder import make_encoder
from unlearn_core.data.marks import Marks
from unlearn_core.data.sources import DataSpec
from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.models.likelihoods import mean_nll
from unlearn_core.models.loading import load, load_answering, save
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.checks import make_plan
from unlearn_core.runs.events import Command
from unlearn_core.runs.job import execute
from unlearn_core.runs.spec import RunSpec, make_spec
from unlearn_core.runs.stop_rules import stop_reason
from unlearn_core.runs.store import Store
from unlearn_core.sampling.tree import TreeSampler
from unlearn_core.settings.sampling import SamplingSpec
from unlearn_core.settings.training import TrainingSpec
from unlearn_core.share.export import export_model
from unlearn_core.training.base import NonFiniteLoss

QUICK = {"epochs": 3, "batch_size": 2, "learning_rate": 1e-3, "max_length": 96}
MEASURE = {"samples": 4, "leak_samples": 2, "max_new_tokens": 8, "every": 2}


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "tiny"
    save(tiny_model("llama"), toy_tokenizer(), folder)
    return folder


@pytest.fixture(scope="module")
def data_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "people.jsonl"
    rows = [
        {
            "prompt": f"{word} of {name}?",
            "answer": f"{name} has {name[0]}{i}.",
            "subject": name,
            "fact": f"{name[0]}{i}",
        }
        for name in ("Ada", "Bo", "Cy")
        for i in range(2)
        for word in ("Pet", "Animal")
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "workspace")


def spec_of(model_folder: Path, data_file: Path, method: str = "pmc", **changes: Any) -> RunSpec:
    values: dict[str, Any] = {
        "model": ModelSpec(source=str(model_folder), device="cpu"),
        "data": DataSpec(source=str(data_file)),
        "marks": Marks(subjects=("Ada",)),
        "training": QUICK,
        "measure": MEASURE,
        **changes,
    }
    return make_spec(method, parameters=1000, **values)


def start(store: Store, spec: RunSpec) -> str:
    run_id = store.create(spec.model_dump(mode="json"), kind=spec.kind, name="test", device="cpu")
    assert store.claim(1, run_id) == run_id
    return run_id


def test_a_whole_run_leaves_its_result_model_and_history(
    store: Store, model_folder: Path, data_file: Path
) -> None:
    run_id = start(store, spec_of(model_folder, data_file))
    execute(store, run_id, control=Orders())
    folder = store.folder(run_id)
    result = json.loads((folder / "result.json").read_text())
    assert (store.get(run_id).state, result["state"], result["steps"]) == ("done", "done", 3)
    for side in ("before", "after"):
        assert {"forget", "paraphrased", "retain", "neighbours"} <= set(result[side])
        assert 0 <= result[side]["leak_share"] <= 1
        assert result[side]["forget"]["log_likelihood"] < 0
    assert result["before"]["forget"]["records"] == 2
    assert result["before"]["paraphrased"]["records"] == 2
    assert {"load", "measure_before", "train", "measure_after", "save", "total"} <= set(
        result["seconds"]
    )
    assert result["peak_memory_bytes"] > 10_000_000
    load(ModelSpec(source=str(store.model_folder(run_id)), device="cpu"))
    steps = {e.step for e in store.events(run_id, kinds=("scalars",)) if "loss/total" in e.payload}
    assert steps == {1, 2, 3}
    assert {e.step for e in store.events(run_id, kinds=("answers",))} == {0, 2, 3}
    assert {e.payload["group"] for e in store.events(run_id, kinds=("probe",))} >= {
        "forget",
        "retain",
    }


def test_a_tracker_hears_every_number_of_the_charts_and_the_result(
    store: Store, model_folder: Path, data_file: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    trackio = fake_trackio.install(tmp_path, monkeypatch)
    spec = spec_of(model_folder, data_file, measure={**MEASURE, "tracker": "trackio"})
    run_id = start(store, spec)
    execute(store, run_id, control=Orders())
    heard = [line for line in trackio.LINES if line[0] == "log"]
    steps = [step for _, step, _ in heard]
    assert steps == sorted(steps)  # trackers drop what comes too late
    charted = {(e.step, n) for e in store.events(run_id, kinds=("scalars",)) for n in e.payload}
    told = {(step, name) for _, step, values in heard for name in values}
    assert charted <= told
    assert (0, "final/forget/fact_recall") in told and (3, "final/forget/fact_recall") in told
    assert trackio.LINES[-1] == ("finish",)


def test_the_same_spec_gives_bit_identical_weights(
    store: Store, model_folder: Path, data_file: Path
) -> None:
    spec = spec_of(model_folder, data_file)
    quiet = spec.model_copy(update={"measure": spec.measure.model_copy(update={"every": 0})})
    ends = []
    for one in (spec, spec, quiet):
        run_id = start(store, one)
        execute(store, run_id, control=Orders())
        ends.append(load_file(store.model_folder(run_id) / "model.safetensors"))
    for name, first in ends[0].items():
        assert all(torch.equal(first, other[name]) for other in ends[1:])


def test_the_teacher_is_kept_and_asked_like_any_model(
    store: Store, model_folder: Path, data_file: Path
) -> None:
    spec = spec_of(model_folder, data_file, "rkld")
    config = {**spec.method_config, "keep_teacher": True, "strengthen_learning_rate": 1e-2}
    lora = spec.tuning.model_copy(update={"mode": "lora"})
    run_id = start(store, spec.model_copy(update={"method_config": config, "tuning": lora}))
    execute(store, run_id, control=Orders())
    folder = store.model_folder(run_id, "teacher")
    assert {"adapter_config.json", "adapter_model.safetensors", "steering.json"} <= {
        path.name for path in folder.iterdir()
    }
    teacher = load_answering(ModelSpec(source=str(folder), device="cpu"))
    original = load(ModelSpec(source=str(model_folder), device="cpu"))
    ids = torch.tensor([[3, 4, 5, 6]])
    with torch.no_grad():
        taught = teacher.model(input_ids=ids).logits
        plain = original.model(input_ids=ids).logits
    # It is never surer than the original of anything, and less sure of something.
    assert (taught <= plain + 1e-4).all() and (taught < plain - 1e-3).any()
    with pytest.raises(MissingPrerequisite, match="left no nonsense"):
        store.model_folder(run_id, "nonsense")


def test_a_teacher_cannot_be_kept_under_full_fine_tuning(
    model_folder: Path, data_file: Path
) -> None:
    spec = spec_of(model_folder, data_file, "rkld")
    config = {**spec.method_config, "keep_teacher": True}
    full = spec.tuning.model_copy(update={"mode": "full"})
    with pytest.raises(MissingPrerequisite, match="kept as an adapter"):
        make_plan(spec.model_copy(update={"method_config": config, "tuning": full}))


def test_models_on_the_way_are_kept_and_can_be_asked(
    store: Store, model_folder: Path, data_file: Path
) -> None:
    spec = spec_of(model_folder, data_file, training={**QUICK, "keep_models_every": 1})
    run_id = start(store, spec)
    execute(store, run_id, control=Orders())
    steps = store.kept_steps(run_id)
    assert steps == [1, 2, 3]
    first = store.model_folder(run_id, "steps/1")
    weights = [load_file(next(folder.glob("*.safetensors"))) for folder in
               (first, store.model_folder(run_id))]  # fmt: skip
    assert any((weights[0][name] != weights[1][name]).any() for name in weights[0])
    with pytest.raises(MissingPrerequisite, match="has left no steps/4"):
        store.model_folder(run_id, "steps/4")


@pytest.mark.parametrize("method", ["whp-decoding", "uld", "in-context"])
def test_a_model_that_forgets_while_it_answers_is_compared_but_not_trained(
    store: Store, model_folder: Path, data_file: Path, method: str
) -> None:
    run_id = start(store, spec_of(model_folder, data_file, method))
    execute(store, run_id, control=Orders())
    folder = store.model_folder(run_id)
    assert (folder / "steering.json").is_file() and (folder / "adapter_config.json").is_file()
    result = json.loads((store.folder(run_id) / "result.json").read_text())
    before, after = (result[side]["forget"]["log_likelihood"] for side in ("before", "after"))
    assert before != after
    probes = [e for e in store.events(run_id, kinds=("probe",)) if e.payload["group"] == "forget"]
    last = {e.payload["prompt"]: e.payload["text"] for e in probes}
    answers = ModelPool(ModelSpec(device="cpu")).answers(
        str(folder), list(last), spec=SamplingSpec(temperature=0, max_new_tokens=8), n=1, seed=0
    )
    assert [one for [one] in answers] == list(last.values())
    alone = load_answering(ModelSpec(source=str(folder), device="cpu"))
    encoder = make_encoder(alone.tokenizer, max_length=256, preface=alone.preface)
    sampler = TreeSampler(alone.model, encoder.eos_ids, encoder.pad_id)
    said = sampler.greedy([encoder.prompt(prompt) for prompt in last], 8)
    assert [encoder.decode(ids) for ids in said] == list(last.values())
    with pytest.raises(InvalidInput, match="forgets only while it answers"):
        execute(store, start(store, spec_of(folder, data_file)), control=Orders())
    with pytest.raises(InvalidInput, match="exported"):
        export_model(store, run_id, folder.parent / "out")
    with pytest.raises(MissingPrerequisite, match="to lora"):
        make_plan(spec_of(model_folder, data_file, method, tuning={"mode": "full"}))


@pytest.mark.parametrize("mode", ["full", "lora"])
def test_pause_and_resume_end_like_an_unbroken_run(
    store: Store, model_folder: Path, data_file: Path, mode: str
) -> None:
    spec = spec_of(model_folder, data_file, "npo", tuning={"mode": mode})
    whole = start(store, spec)
    execute(store, whole, control=Orders())
    paused = start(store, spec)
    execute(store, paused, control=Orders(2, "pause"))
    assert store.get(paused).state == "paused"
    store.resume(paused)
    assert store.claim(1, paused) == paused
    execute(store, paused, control=Orders())
    name = "model.safetensors" if mode == "full" else "adapter_model.safetensors"
    first = load_file(store.model_folder(whole) / name)
    second = load_file(store.model_folder(paused) / name)
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert not (store.folder(paused) / "checkpoints").exists()


class Stepping(Orders):
    """Asks for so many single steps, each of the process that holds the run or of another."""

    def __init__(self, store: Store, run_id: str, held: int) -> None:
        super().__init__()
        self.store, self.run_id, self.held = store, run_id, held

    def command(self) -> Command | None:
        return self.store.take_command(self.run_id)

    def again(self) -> bool:
        self.held -= 1
        if self.held < 0:
            return False
        self.store.advance(self.run_id)
        return self.store.claim(1, self.run_id) == self.run_id


def test_single_steps_end_like_an_unbroken_run(
    store: Store, model_folder: Path, data_file: Path
) -> None:
    spec = spec_of(
        model_folder, data_file, "pmc", tuning={"mode": "full"}, training={**QUICK, "epochs": 5}
    )
    whole = start(store, spec)
    execute(store, whole, control=Orders())
    run_id = store.create(spec.model_dump(mode="json"), kind="unlearn", name="", device="cpu")
    store.send(run_id, "pause")
    for step in (2, 3):
        store.advance(run_id)
        assert store.claim(1, run_id) == run_id
        held = 1 if step == 2 else 0
        execute(store, run_id, control=Stepping(store, run_id, held))
        assert (store.get(run_id).state, store.get(run_id).step) == ("paused", step)
        newest = store.last(run_id, "scalars")
        assert newest is not None and "utility/forget_recall" in newest.payload  # measured
    store.resume(run_id)
    assert store.claim(1, run_id) == run_id
    execute(store, run_id, control=Orders())
    assert store.get(run_id).state == "done"
    first, second = (load_file(store.model_folder(one) / "model.safetensors")
                     for one in (whole, run_id))  # fmt: skip
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_what_a_method_chose_from_is_told_of_watched_questions(
    store: Store, model_folder: Path, data_file: Path
) -> None:
    run_id = start(store, spec_of(model_folder, data_file, "pmc"))
    execute(store, run_id, control=Orders(2, "stop"))
    found = [event.payload for event in store.events(run_id, kinds=("candidates",))]
    watched = {event.payload["id"] for event in store.events(run_id, kinds=("answers",))}
    assert found and {one["id"] for one in found} <= watched
    for one in found:
        scores = {text: score for text, score in one["answers"]}
        assert one["score"] == min(scores.values()) and scores[one["picked"]] == one["score"]


def test_stop_keeps_what_there_is(store: Store, model_folder: Path, data_file: Path) -> None:
    run_id = start(store, spec_of(model_folder, data_file))
    execute(store, run_id, control=Orders(3, "stop"))
    result = json.loads((store.folder(run_id) / "result.json").read_text())
    assert (store.get(run_id).state, result["steps"]) == ("stopped", 2)
    assert store.model_folder(run_id).is_dir()


def test_discard_leaves_no_model(store: Store, model_folder: Path, data_file: Path) -> None:
    run_id = start(store, spec_of(model_folder, data_file))
    execute(store, run_id, control=Orders(1, "discard"))
    assert store.get(run_id).state == "discarded"
    assert not (store.folder(run_id) / "model").exists()


def test_a_loss_that_is_no_number_keeps_the_last_good_model(
    store: Store, model_folder: Path, data_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def broken(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        calls.append(1)
        return mean_nll(logits, labels) * (float("nan") if len(calls) == 3 else 1.0)

    monkeypatch.setattr("unlearn_core.models.forward.mean_nll", broken)
    training = {**QUICK, "stop_forget_recall": None, "stop_retain_recall": None}
    spec = spec_of(model_folder, data_file, "gradient-ascent", training=training)
    run_id = start(store, spec)
    with pytest.raises(NonFiniteLoss, match="at step 3.*weights of step 2"):
        execute(store, run_id, control=Orders())
    kept = load_file(store.folder(run_id) / "model" / "model.safetensors")
    original = load_file(model_folder / "model.safetensors")
    assert all(value.isfinite().all() for value in kept.values())
    assert any(not torch.equal(kept[name], original[name]) for name in kept)


def test_teach_without_marks_teaches_everything(
    store: Store, model_folder: Path, data_file: Path
) -> None:
    spec = spec_of(model_folder, data_file, "teach", kind="teach", marks=Marks())
    assert len(make_plan(spec).split.forget) == 12
    run_id = start(store, spec)
    execute(store, run_id, control=Orders())
    taught = [
        e.payload["loss/taught"]
        for e in store.events(run_id, kinds=("scalars",))
        if "loss/taught" in e.payload
    ]
    assert taught[-1] < taught[0]


def test_one_run_starts_from_another(store: Store, model_folder: Path, data_file: Path) -> None:
    first = start(store, spec_of(model_folder, data_file, "npo", tuning={"mode": "lora"}))
    execute(store, first, control=Orders())
    spec = spec_of(
        model_folder, data_file, "pmc", model=ModelSpec(source=f"run:{first}", device="cpu")
    )
    second = start(store, spec)
    execute(store, second, control=Orders())
    a = json.loads((store.folder(first) / "result.json").read_text())["after"]
    b = json.loads((store.folder(second) / "result.json").read_text())["before"]
    assert a["forget"]["log_likelihood"] == pytest.approx(b["forget"]["log_likelihood"], abs=1e-4)


def test_a_source_to_keep_is_retained(model_folder: Path, data_file: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    own.write_text(json.dumps({"prompt": "Secret?", "answer": "Zebra."}), encoding="utf-8")
    data = DataSpec(source=str(own), retain=str(data_file))
    plan = make_plan(spec_of(model_folder, own, data=data, marks=Marks(ids=("r0001",))))
    assert len(plan.split.forget) == 1
    assert len(plan.split.retain) == 12


def test_a_method_without_its_retain_data_is_refused(model_folder: Path, data_file: Path) -> None:
    marks = Marks(subjects=("Ada", "Bo", "Cy"))
    with pytest.raises(MissingPrerequisite, match="needs records to retain"):
        make_plan(spec_of(model_folder, data_file, marks=marks))


@pytest.mark.parametrize(
    ("rule", "scalars", "words"),
    [
        ({"stop_retain_loss": 2.0}, {"loss/retain": 2.5}, "retain loss rose above 2 "),
        ({"stop_retain_recall": 0.9}, {"utility/retain_recall": 0.5}, "fell below 0.9"),
        ({"stop_forget_recall": 0.0}, {"utility/forget_recall": 0.0}, "forget recall fell to 0"),
        ({"target_recall": 1.0}, {"utility/forget_recall": 1.0}, "rose to 1"),
    ],
)
def test_stop_rules(rule: dict[str, float], scalars: dict[str, float], words: str) -> None:
    assert words in (stop_reason(TrainingSpec.model_validate(rule), scalars) or "")
    assert stop_reason(TrainingSpec(), scalars) is None


def test_stop_rules_at_their_limit_are_not_yet_broken() -> None:
    spec = TrainingSpec(stop_retain_loss=2.0, stop_retain_recall=0.5)
    scalars = {"loss/retain": 2.0, "utility/retain_recall": 0.5}
    assert stop_reason(spec, scalars) is None


def test_files_are_named_in_full_and_other_sources_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.jsonl").write_text("{}", encoding="utf-8")
    (tmp_path / "bundled").mkdir()
    made = make_spec(
        "npo",
        parameters=1,
        data=DataSpec(source="mine.jsonl", retain="not/there.csv"),
        model=ModelSpec(source="bundled", base="owner/name"),
    )
    assert made.data.source == str(tmp_path / "mine.jsonl")
    assert (made.data.retain, made.model.source, made.model.base) == (
        "not/there.csv", "bundled", "owner/name"
    )  # fmt: skip
