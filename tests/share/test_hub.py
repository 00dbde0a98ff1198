"""Uploading a model: what goes up, what never does, and what the hub may refuse."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

from tests.helpers.exported import SECRET, ended_run
from unlearn_core.errors import InvalidInput, LetheError, MissingPrerequisite
from unlearn_core.runs.store import Store
from unlearn_core.share import hub as room
from unlearn_core.share.hub import Upload, prepared, push_model, strangers_spec

NAME = "anna/forgetful"


@dataclass
class FakeHub:
    """The hub's client as far as it is used; `fails` is raised by the upload."""

    private: bool = True
    fails: Exception | None = None
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def create_repo(self, repo_id: str, *, private: bool, exist_ok: bool) -> None:
        self.calls.append(("create", repo_id, private, exist_ok))

    def model_info(self, repo_id: str) -> Any:
        return SimpleNamespace(private=self.private)

    def upload_folder(self, *, repo_id: str, folder_path: str, commit_message: str) -> None:
        if self.fails is not None:
            raise self.fails
        self.calls.append(("upload", repo_id))
        paths = [path for path in Path(folder_path).rglob("*") if path.is_file()]
        self.files = {path.name: path.read_text(errors="replace") for path in paths}


@pytest.fixture
def run_id(store: Store, tmp_path: Path) -> str:
    return ended_run(store, tmp_path, name=f"PMC: {SECRET}")


def push(store: Store, run_id: str, hub: FakeHub, **changes: Any) -> str:
    told = {"command": "again", "before": lambda upload: None, "merged": True, **changes}
    return push_model(store, run_id, told.pop("repo", NAME), hub=hub, **told)


def test_weights_and_card_go_up_privately_and_nothing_that_tells_who_was_forgotten(
    store: Store, run_id: str, tmp_path: Path
) -> None:
    (store.model_folder(run_id) / "forget.jsonl").write_text(SECRET)
    hub, seen = FakeHub(), []

    def before(upload: Upload) -> None:
        assert hub.calls == []  # it is told before anything happens
        seen.append(upload)

    assert push(store, run_id, hub, before=before) == f"https://huggingface.co/{NAME}"
    assert hub.calls == [("create", NAME, True, True), ("upload", NAME)]
    assert {"model.safetensors", "config.json", "tokenizer.json", "README.md"} <= set(hub.files)
    assert [name for name, _ in seen[0].files] == sorted(hub.files)
    assert not {"spec.json", "result.json", "environment.json", "forget.jsonl"} & set(hub.files)
    for text in hub.files.values():
        assert SECRET not in text and str(tmp_path) not in text
    assert "only you and whom you allow can see" in seen[0].sentence
    assert not seen[0].folder.exists()


def test_who_says_no_uploads_nothing(store: Store, run_id: str) -> None:
    def refuse(upload: Upload) -> None:
        raise MissingPrerequisite("No.")

    hub = FakeHub()
    with pytest.raises(MissingPrerequisite, match="No"):
        push(store, run_id, hub, before=refuse)
    assert hub.calls == []


@pytest.mark.parametrize("public", [False, True])
def test_a_repository_seen_by_others_than_asked_is_left_alone(
    store: Store, run_id: str, public: bool
) -> None:
    hub = FakeHub(private=public)
    word = "private" if public else "public"
    with pytest.raises(InvalidInput, match=f"is there already and is {word}"):
        push(store, run_id, hub, public=public)
    assert ("upload", NAME) not in hub.calls


def refusal(code: int) -> HfHubHTTPError:
    import httpx2

    request = httpx2.Request("POST", "https://huggingface.co")
    return HfHubHTTPError("no\nmore", response=httpx2.Response(code, request=request))


def unreachable() -> Exception:
    import httpx2

    return httpx2.ConnectError("no route")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (lambda: refusal(403), "does not let you write to anna/forgetful"),
        (lambda: refusal(500), r"refused the upload to anna/forgetful \(no\)"),
        (lambda: OfflineModeIsEnabled("off"), "Unset it and push again"),
        (unreachable, r"cannot be reached \(no route\)"),
        (lambda: OSError("timed out"), r"cannot be reached \(timed out\)"),
    ],
)
def test_what_the_hub_refuses_is_one_sentence(
    store: Store, run_id: str, error: Callable[[], Exception], words: str
) -> None:
    with pytest.raises(LetheError, match=words):
        push(store, run_id, FakeHub(fails=error()))


@pytest.mark.parametrize("repo", ["forgetful", "anna/for getful", "a/b/c", "", "anna/--x", "/x"])
def test_a_name_that_cannot_be_one_is_refused_before_anything_is_written(
    store: Store, run_id: str, repo: str
) -> None:
    hub = FakeHub()
    with pytest.raises(InvalidInput, match="Give user/name"):
        push(store, run_id, hub, repo=repo)
    assert hub.calls == []


def test_an_adapter_whose_base_no_one_has_is_not_pushed(store: Store, run_id: str) -> None:
    with pytest.raises(InvalidInput, match="Push the merged model instead"):
        push(store, run_id, FakeHub(), merged=False)


def test_without_a_token_the_ways_to_one_are_named(
    store: Store, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "get_token", lambda: None)
    with pytest.raises(MissingPrerequisite, match="`hf auth login`"):
        push_model(store, run_id, NAME, command="", before=lambda upload: None)


def test_a_run_without_a_model_is_refused(store: Store) -> None:
    made = store.create({"method": "pmc"}, kind="unlearn", name="", device="cpu")
    with (
        pytest.raises(MissingPrerequisite, match="has left no model"),
        prepared(store, made, NAME, command="", merged=True),
    ):
        pytest.fail("it was prepared")


def test_strangers_see_neither_marks_nor_places_of_this_machine(store: Store, run_id: str) -> None:
    spec = store.get(run_id).spec
    spec["data"]["source"] = "/home/anna/people.jsonl"
    shown = str(strangers_spec(spec))
    assert SECRET not in shown and "/home/anna" not in shown and "base" in shown
    assert spec["marks"]["subjects"] == [SECRET]
