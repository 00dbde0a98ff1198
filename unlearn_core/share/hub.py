"""A run's model uploaded to the Hugging Face hub, after saying exactly what will be uploaded.

Weights, tokenizer and a model card go up; never the data, the marks, the answers or the run's
papers, which tell what was forgotten.
"""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from huggingface_hub import HfApi, get_token
from huggingface_hub.errors import (  # type: ignore[attr-defined]
    HfHubHTTPError,
    HFValidationError,
    HTTPError,
    OfflineModeIsEnabled,
)
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.models.name import ModelName
from unlearn_core.models.source import is_local
from unlearn_core.runs.store import Store
from unlearn_core.share.export import export_model
from unlearn_core.share.model_card import is_hub_name

CARD = "README.md"
UPLOADED = (".safetensors", ".json", ".txt", ".model", ".jinja")
"""Endings of the files of a model that go up; anything else that lies beside them stays here."""
_FORM = re.compile(r"[^/\s]+/[^/\s]+")


class Hub(Protocol):
    """What is needed of the hub's client; `huggingface_hub.HfApi` is one."""

    def create_repo(self, repo_id: str, *, private: bool, exist_ok: bool) -> Any:
        """Make a repository."""

    def model_info(self, repo_id: str) -> Any:
        """What the hub knows of a model; `private` is one of its attributes."""

    def upload_folder(self, *, repo_id: str, folder_path: str, commit_message: str) -> Any:
        """Upload a folder's files as one commit."""


@dataclass(frozen=True)
class Upload:
    """What will be uploaded, and to where.

    Attributes:
        repo: `user/name` on the hub.
        public: Whether everybody will see it.
        files: Name and size in bytes of every file.
        folder: Where they lie, ready.
    """

    repo: str
    public: bool
    files: tuple[tuple[str, int], ...]
    folder: Path

    @property
    def sentence(self) -> str:
        """In one sentence, what happens to whom."""
        seen = "everybody" if self.public else "only you and whom you allow"
        return (
            f"{len(self.files)} files go to {self.repo} on the Hugging Face hub, which "
            f"{seen} can see. Not among them: data, marks, answers and the run's name."
        )


def strangers_spec(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A run's spec without what tells strangers what was forgotten, or where files lie here."""
    data = {name: "" for name in ("source", "retain", "world", "holdout")}
    kept = spec["data"]["source"] if spec["data"]["source"].startswith(("bundled", "hub:")) else ""
    source = spec["model"]["source"]
    public = is_hub_name(source) or ModelName.parse(source).kind == "bundled"
    return {
        **spec,
        "name": "",
        "marks": {},
        "model": {**spec["model"], "source": source if public else "BASE_MODEL", "base": ""},
        "data": {**spec["data"], **data, "source": kept or "YOUR_DATA"},
        "measure": {**spec.get("measure", {}), "own_probes": []},
    }


@contextmanager
def prepared(
    store: Store, run_id: str, repo: str, *, command: str, merged: bool = False,
    public: bool = False,
) -> Iterator[Upload]:  # fmt: skip
    """What an upload would consist of, ready in a folder that is gone afterwards.

    Args:
        store: Where the run is.
        run_id: A run that left a model.
        repo: `user/name` on the hub.
        command: What the card says repeats the run; it should name no marks (`strangers_spec`).
        merged: Whole weights instead of an adapter.
        public: Whether everybody may see it.

    Raises:
        InvalidInput: The name cannot be one of the hub, or others could not use the adapter.
        MissingPrerequisite: The run has left no model.
    """
    _check_name(repo)
    if not merged:
        _check_base(store, run_id)
    holder = Path(tempfile.mkdtemp(prefix="lethe-push-"))
    try:
        folder = export_model(
            store, run_id, holder / "model", command=command, merged=merged, public=True
        )
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_file() and path.name != CARD and path.suffix not in UPLOADED:
                path.unlink()
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        sizes = [(path.relative_to(folder).as_posix(), path.stat().st_size) for path in files]
        yield Upload(repo, public, tuple(sizes), folder)
    finally:
        shutil.rmtree(holder, ignore_errors=True)


def push_model(
    store: Store,
    run_id: str,
    repo: str,
    *,
    command: str,
    before: Callable[[Upload], None],
    merged: bool = False,
    public: bool = False,
    token: str = "",
    hub: Hub | None = None,
) -> str:
    """Upload a run's model to the hub.

    Args:
        store: Where the run is.
        run_id: A run that left a model.
        repo: `user/name` on the hub; a repository that is there already is added to, if it is as
            private, or as public, as is asked for.
        command: What the card says repeats the run.
        before: Told what will be uploaded before anything is; raises to prevent it.
        merged: Whole weights instead of an adapter.
        public: Whether everybody may see it.
        token: The hub's; from `HF_TOKEN` or from `hf auth login` when empty.
        hub: The hub's client; made from the token when None.

    Returns:
        The model's address.

    Raises:
        LetheError: There is no token, the name cannot be used, or the hub refuses or cannot be
            reached; what to do is said.
    """
    _check_name(repo)
    api = hub or _client(token)
    with (
        prepared(store, run_id, repo, command=command, merged=merged, public=public) as upload,
        _refusals(repo),
    ):
        before(upload)
        api.create_repo(repo, private=not public, exist_ok=True)
        if bool(api.model_info(repo).private) == public:
            raise InvalidInput(
                f"{repo} is there already and is {'private' if public else 'public'}. Choose "
                f"another name, or push it as {'private' if public else 'public'}."
            )
        api.upload_folder(
            repo_id=repo, folder_path=str(upload.folder), commit_message="Model made with Lethe"
        )
    return f"https://huggingface.co/{repo}"


def _client(token: str) -> Hub:
    found = token.strip() or get_token()
    if not found:
        raise MissingPrerequisite(
            "No token of the Hugging Face hub is known. Sign in with `hf auth login`, set "
            "HF_TOKEN, or give a token that may write."
        )
    return HfApi(token=found)


def _check_name(repo: str) -> None:
    try:
        validate_repo_id(repo)
    except HFValidationError as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise InvalidInput(f"'{repo}' is no name on the hub: {reason}. {_EXAMPLE}") from error
    if not _FORM.fullmatch(repo):
        raise InvalidInput(f"'{repo}' is no name on the hub. {_EXAMPLE}")


_EXAMPLE = "Give user/name, such as anna/forgetful-llama."


def _check_base(store: Store, run_id: str) -> None:
    """An adapter is of use to others only if they have its base."""
    base = store.get(run_id).source
    adapter = (store.model_folder(run_id) / "adapter_config.json").is_file()
    if adapter and (is_local(base) or not is_hub_name(base)):
        raise InvalidInput(
            f"The run's adapter belongs to '{base}', which is not on the hub, so no one else could "
            "use it. Push the merged model instead."
        )


@contextmanager
def _refusals(repo: str) -> Iterator[None]:
    """What the hub and the network refuse, in a sentence."""
    try:
        yield
    except OfflineModeIsEnabled as error:
        raise MissingPrerequisite(
            "Nothing can be uploaded while HF_HUB_OFFLINE is set. Unset it and push again."
        ) from error
    except HfHubHTTPError as error:
        if error.response.status_code in (401, 403):
            raise InvalidInput(
                f"The hub does not let you write to {repo}. Use a token with the right to write, "
                "and a name that begins with your own user or organisation."
            ) from error
        raise InvalidInput(
            f"The hub refused the upload to {repo} ({_reason(error)}). Try again later, or choose "
            "another name."
        ) from error
    except (HTTPError, OSError, ValueError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(
            f"The Hugging Face hub cannot be reached ({_reason(error)}). Check the connection and "
            "push again; what was already uploaded is kept."
        ) from error


def _reason(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
