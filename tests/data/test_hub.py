"""Data sets by name (a stand-in for the hub) and by folder, TOFU and MUSE among them."""

import json

import datasets
import huggingface_hub
import pytest

from unlearn_core.data.sources import DataSpec, load_corpus
from unlearn_core.errors import InvalidInput


def qa(n: int, what: str) -> list[dict]:
    return [{"question": f"{what} {i}?", "answer": f"a{i}"} for i in range(n)]


TOFU = {
    "forget01": {"train": qa(40, "forget")},
    "retain99": {"train": qa(60, "retain")},
    "forget01_perturbed": {
        "train": [
            {**row, "perturbed_answer": ["x", "y"], "paraphrased_answer": "z", "answer": "other"}
            for row in qa(40, "forget")
        ]
    },
    "world_facts": {"train": qa(3, "world")},
    "real_authors": {"train": qa(2, "author")},
}


@pytest.fixture
def hub(monkeypatch):
    """Replace the hub by dictionaries: name, subset, split, rows."""

    def serve(content: dict) -> None:
        def load_dataset(name: str, subset: str | None = None) -> dict:
            if subset not in content[name]:
                raise ValueError(f"BuilderConfig '{subset}' not found")
            return content[name][subset]

        def snapshot_download(name: str, **rest) -> None:
            if name not in content:
                raise OSError("The hub does not answer.\nMore about it.")

        monkeypatch.setattr(datasets, "load_dataset", load_dataset)
        monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)

    return serve


def test_tofu_has_forget_and_retain_authors_and_the_world(hub):
    hub({"locuslab/TOFU": TOFU})
    corpus = load_corpus(DataSpec(source="hub:locuslab/TOFU", subset="forget01"))
    assert len(corpus.records) == 100 and len(corpus.world) == 5
    first, last = corpus.records[0], corpus.records[-1]
    assert (first.id, first.prompt, first.answer) == ("forget01-0001", "forget 0?", "a0")
    assert first.perturbed == ("x", "y") and first.paraphrases == ("z",)
    assert first.subject == "author 3" and corpus.records[39].subject == "author 4"
    assert (last.id, last.subject) == ("retain99-0060", "author 2")


def test_tofu_names_its_forget_subsets(hub):
    hub({"locuslab/TOFU": TOFU})
    with pytest.raises(InvalidInput, match="no forget subset 'retain99'; it has forget01"):
        load_corpus(DataSpec(source="hub:locuslab/TOFU", subset="retain99"))


def test_tofu_from_a_local_folder(tmp_path):
    for name, rows in {
        "forget10": [{"question": "a", "answer": "b", "author": 7}],
        "retain90": [{"question": "c", "answer": "d", "author": 9}],
        "world_facts": qa(2, "w"),
    }.items():
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    corpus = load_corpus(DataSpec(source=f"hub:{tmp_path}", preset="tofu"))
    assert [record.subject for record in corpus.records] == ["author 7", "author 9"]
    assert len(corpus.world) == 2


def test_muse_texts_become_passages(hub):
    text = {"forget": "f " * 300, "retain1": "r", "holdout": "h", "retain2": "s"}
    hub({"muse-bench/MUSE-News": {"raw": {k: [{"text": v}] for k, v in text.items()}}})
    corpus = load_corpus(DataSpec(source="hub:muse-bench/MUSE-News"))
    assert [(r.id, r.subject) for r in corpus.records] == [
        ("forget-0001", "forget text 1"),
        ("forget-0002", "forget text 1"),
        ("retain1-0001", "retain1 text 1"),
    ]
    assert [record.answer for record in corpus.holdout] == ["h"]


def test_a_plain_table_with_subset_and_split(hub):
    hub({"some/table": {"small": {"train": qa(1, "t"), "test": qa(2, "s")}}})
    spec = DataSpec(source="hub:some/table", subset="small", split="test", max_rows=1)
    corpus = load_corpus(spec)
    assert [record.prompt for record in corpus.records] == ["s 0?"]
    assert "only the first 1 rows" in corpus.warnings[0]


def test_an_unknown_split_names_those_there_are(hub):
    hub({"some/table": {None: {"train": qa(1, "t")}}})
    with pytest.raises(InvalidInput, match="no split 'dev'; it has train"):
        load_corpus(DataSpec(source="hub:some/table", split="dev"))


def test_an_unknown_data_set(hub):
    hub({})
    with pytest.raises(
        InvalidInput, match=r"'no/where' cannot be loaded \(The hub does not answer\)"
    ):
        load_corpus(DataSpec(source="hub:no/where"))


def test_an_unknown_subset(hub):
    hub({"some/table": {"small": {}}})
    with pytest.raises(InvalidInput, match=r"with subset 'big' cannot be loaded \(BuilderConfig"):
        load_corpus(DataSpec(source="hub:some/table", subset="big"))


def test_a_local_folder_through_datasets(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    folder = tmp_path / "table"
    folder.mkdir()
    (folder / "train.jsonl").write_text("\n".join(map(json.dumps, qa(3, "t"))))
    corpus = load_corpus(DataSpec(source=f"hub:{folder}"))
    assert [record.prompt for record in corpus.records] == ["t 0?", "t 1?", "t 2?"]
