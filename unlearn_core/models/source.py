"""Where a model comes from, checked before anything large is read."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

from unlearn_core.data.bundled import BUNDLED_FOLDER
from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.models.name import BUNDLED, TWIN
from unlearn_core.models.spec import ModelSpec

BUNDLED_MODELS = {BUNDLED: "model", TWIN: "retrained"}
"""Names of the bundled models and their folders."""

_HUB_NAME = re.compile(r"[\w][\w.-]*(/[\w][\w.-]*)?")
_ADAPTER_FILE = "adapter_config.json"
_SMALL_FILES = ("*.json", "*.txt", "*.model", "*.jinja", "*.py")
_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")


@dataclass(frozen=True)
class Source:
    """A model's place.

    Attributes:
        name: As the person or the adapter named it; of the base where there are adapters.
        folder: Where the weights are.
        adapters: Folders of adapters to put on, one after the other.
    """

    name: str
    folder: Path
    adapters: tuple[Path, ...] = ()


def find_source(spec: ModelSpec, *, weights: bool = True) -> Source:
    """Resolve a model's name to folders; a model of the hub is downloaded first.

    Args:
        spec: Names the model.
        weights: Whether weights will be read; without, only small files are downloaded.

    Raises:
        InvalidInput: No such model, no usable weights in it, or an adapter without a base.
        MissingPrerequisite: The bundled model has not been built.
    """
    name, folder = spec.source, _folder(spec.source, weights)
    adapters: list[Path] = []
    while (folder / _ADAPTER_FILE).is_file():
        if folder in adapters:
            raise InvalidInput(f"The adapter '{name}' names itself as base model.")
        name = spec.base if spec.base and not adapters else _base_of(name, folder)
        adapters.append(folder)
        folder = _folder(name, weights)
    _check_config(name, folder)
    if weights or is_local(name):
        _check_weights(name, folder)
    return Source(name, folder, tuple(reversed(adapters)))


def is_local(source: str) -> bool:
    """Whether a model's name stands for files of this machine, not of the hub."""
    return source in BUNDLED_MODELS or Path(source).expanduser().is_dir()


def _folder(source: str, weights: bool) -> Path:
    if source in BUNDLED_MODELS:
        return _bundled(source)
    folder = Path(source).expanduser()
    if folder.is_dir():
        return folder.resolve()
    if folder.is_file():
        raise InvalidInput(f"'{source}' is a file. Give the folder that holds the model.")
    if source.startswith(BUNDLED):
        known = " and ".join(BUNDLED_MODELS)
        raise InvalidInput(f"There is no bundled model '{source}'; there are {known}.")
    if not _HUB_NAME.fullmatch(source):
        raise InvalidInput(
            f"There is no folder '{source}', and it is not a Hugging Face model name such as "
            "'owner/model'."
        )
    return _download(source, weights)


def _download(name: str, weights: bool) -> Path:
    try:
        return Path(
            snapshot_download(
                name,
                allow_patterns=[*_SMALL_FILES, *(["*.safetensors"] if weights else [])],
                # Sub-folders hold the same weights in other formats.
                ignore_patterns=["*/*"],
            )
        )
    except RepositoryNotFoundError as error:
        raise InvalidInput(
            f"The Hugging Face hub has no model '{name}' that you may read. Check the name, or "
            "sign in if it is gated."
        ) from error
    except (OSError, ValueError, HfHubHTTPError) as error:
        raise InvalidInput(
            f"There is no folder '{name}', and no model '{name}' could be fetched from the Hugging "
            "Face hub. Check the name and the connection, or give a local folder."
        ) from error


def _bundled(source: str) -> Path:
    folder = BUNDLED_FOLDER / BUNDLED_MODELS[source]
    if not (folder / "config.json").is_file():
        raise MissingPrerequisite(
            f"The model '{source}' is not there. Build it with `python -m unlearn_core demo build`."
        )
    return folder


def _base_of(source: str, folder: Path) -> str:
    try:
        config = json.loads((folder / _ADAPTER_FILE).read_text(encoding="utf-8"))
    except ValueError as error:
        raise InvalidInput(f"{_ADAPTER_FILE} of '{source}' is not valid JSON: {error}.") from error
    base = config.get("base_model_name_or_path") if isinstance(config, dict) else None
    if not base:
        raise InvalidInput(
            f"The adapter '{source}' does not name its base model. Give it as base model."
        )
    return str(base)


def _check_config(source: str, folder: Path) -> None:
    if not (folder / "config.json").is_file():
        raise InvalidInput(
            f"'{source}' holds no model: config.json is missing. "
            "Give a folder saved with save_pretrained."
        )


def _check_weights(source: str, folder: Path) -> None:
    files = [path for path in folder.iterdir() if path.is_file()]
    if any(path.suffix == ".safetensors" for path in files):
        return
    pickles = sorted(path.name for path in files if path.suffix in _PICKLES)
    if pickles:
        raise InvalidInput(
            f"The weights of '{source}' are pickle files ({pickles[0]}), which can run code when "
            "opened. Convert them to safetensors, for example with "
            "model.save_pretrained(folder) in transformers."
        )
    raise InvalidInput(
        f"'{source}' holds no weights that can be used: there is no .safetensors file in it. "
        "Other formats can run code when opened; convert them to safetensors."
    )
