"""A folder that a Space of the Hugging Face hub can run: the app with everything it needs.

What a Space installs is settled here too. Its builder brings gradio itself, with extras that hold
back pydantic, so gradio is left out of the requirements and pydantic is given more room.
"""

import re
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from unlearn_core.errors import InvalidInput
from unlearn_core.files import new_folder

ROOT = Path(__file__).resolve().parents[2]
LARGEST_BYTES = 10_000_000
"""The hub takes larger files by git-lfs only."""
PARTS = ("app.py", "LICENSE", "unlearn_core", "assets")
HEADER = ROOT / "docs" / "space" / "README.md"
"""Header and text of the Space; `GRADIO` in it stands for the installed version."""
CPU_INDEX = "--extra-index-url https://download.pytorch.org/whl/cpu"
"""Where torch comes without its gigabytes of CUDA libraries."""
_LARGE_FILES = "*.safetensors filter=lfs diff=lfs merge=lfs -text\n"
_ROOM = "pydantic>=2.11,<2.15"
_LEFT_HERE = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


@dataclass(frozen=True)
class SpaceFolder:
    """An assembled folder: where it is, how many files it has, and their bytes together."""

    folder: Path
    files: int
    size: int


def assemble(out: Path, *, gpu: bool = False) -> SpaceFolder:
    """Put together the folder of a Space; it appears whole or not at all.

    Args:
        out: Folder to make; it may exist if it is empty.
        gpu: Whether the Space has a GPU, so that torch is installed with CUDA.

    Raises:
        InvalidInput: The folder holds something already or cannot be written, or a file is too
            large for a Space.
    """
    out = Path(out).expanduser().absolute()
    with new_folder(out) as place:
        _fill(place, gpu)
        files = [path for path in place.rglob("*") if path.is_file()]
        _check_sizes(place, files)
        size = sum(path.stat().st_size for path in files)
    return SpaceFolder(out, len(files), size)


def requirements(text: str, *, gpu: bool = False) -> str:
    """The requirements of a Space, made from those of a checkout."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    names = [re.split(r"[<>=~! ]", line)[0] for line in lines]
    kept = [
        _ROOM if name == "pydantic" else line
        for name, line in zip(names, lines, strict=True)
        if name != "gradio"
    ]
    return "\n".join([*([] if gpu else [CPU_INDEX]), *kept, ""])


def readme(text: str) -> str:
    """The Space's README, with the version of gradio that this checkout runs with."""
    return text.replace("GRADIO", version("gradio"))


def _fill(folder: Path, gpu: bool) -> None:
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=_LEFT_HERE)
        else:
            shutil.copy2(source, folder / name)
    wanted = requirements((ROOT / "requirements.txt").read_text(encoding="utf-8"), gpu=gpu)
    (folder / "requirements.txt").write_text(wanted, encoding="utf-8")
    card = readme(HEADER.read_text(encoding="utf-8"))
    (folder / "README.md").write_text(card, encoding="utf-8")
    (folder / ".gitattributes").write_text(_LARGE_FILES, encoding="utf-8")


def _check_sizes(folder: Path, files: list[Path]) -> None:
    for path in files:
        if path.stat().st_size > LARGEST_BYTES:
            raise InvalidInput(
                f"'{path.relative_to(folder)}' has {path.stat().st_size / 1e6:.0f} MB, and a Space "
                f"takes files up to {LARGEST_BYTES / 1e6:.0f} MB without git-lfs. Take it out of "
                "the checkout, or build the demo smaller."
            )
