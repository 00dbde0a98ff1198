"""The rooms of the package, and what may not be in it."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "unlearn_core"
FILES = sorted([*PACKAGE.rglob("*.py"), ROOT / "app.py"])

# From the lowest room to the highest; rooms on one line share a floor. A room uses those below.
FLOORS = (
    ("errors", "files", "wording"),
    ("pages",),
    ("settings",),
    ("data", "demo"),
    ("models",),
    ("metrics", "sampling"),
    ("methods",),
    ("training",),
    ("evaluation",),
    ("attacks",),
    ("comparison",),
    ("runs",),
    ("audits", "share"),
    ("report",),
    ("cli", "__main__"),
    ("ui", "app"),
)
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

# The command that opens the app is the one way up; the import is inside the command.
WAYS_UP = {("cli/serve.py", "ui")}
LIGHT_MODULES = (
    "unlearn_core",
    "unlearn_core.settings.config",
    "unlearn_core.errors",
    "unlearn_core.settings.training",
    "unlearn_core.data.records",
    "unlearn_core.runs.events",
    "unlearn_core.runs.store",
    "unlearn_core.cli.main",
)
HEAVY = ("torch", "transformers", "gradio", "datasets")


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE if path.is_relative_to(PACKAGE) else ROOT).as_posix()


def room_of(path: Path) -> str:
    return name_of(path).split("/")[0].removesuffix(".py")


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, also inside functions, as a dotted name."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            if node.module == "unlearn_core":
                yield from (f"unlearn_core.{alias.name}" for alias in node.names)
            else:
                yield node.module


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_room_uses_only_rooms_below_it(path: Path) -> None:
    room = room_of(path)
    if room == "__init__":
        return
    used = {module.split(".")[1] for module in imports(path) if module.startswith("unlearn_core.")}
    above = {other for other in used if FLOOR[other] > FLOOR[room]}
    allowed = {up for name, up in WAYS_UP if name == name_of(path)}
    assert above <= allowed, f"{name_of(path)} uses the rooms {above} above it"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_the_page_uses_nothing_of_the_terminal_and_only_its_command_opens_the_page(
    path: Path,
) -> None:
    used = {module.split(".")[1] for module in imports(path) if module.startswith("unlearn_core.")}
    assert "cli" not in used or room_of(path) in ("cli", "__main__", "app")
    assert "ui" not in used or room_of(path) == "ui" or name_of(path) == "cli/serve.py"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_the_interface_imports_gradio_and_plotly(path: Path) -> None:
    if room_of(path) not in ("ui", "app"):
        used = {module.split(".")[0] for module in imports(path)}
        assert not used & {"gradio", "plotly"}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_nothing_runs_code_from_data(path: Path) -> None:
    used = {module.split(".")[0] for module in imports(path)}
    assert not used & {"pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
    names = {
        node.func.id
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not names & {"eval", "exec", "compile", "__import__"}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_torch_load_reads_weights_only(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.load":
            options = {word.arg: ast.unparse(word.value) for word in node.keywords}
            assert options.get("weights_only") == "True"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_error_is_swallowed_silently(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"{path}:{node.lineno}: bare except"
            broad = ast.unparse(node.type) in ("Exception", "BaseException")
            silent = all(isinstance(part, ast.Pass) for part in node.body)
            assert not (broad and silent), f"{path}:{node.lineno}: silent except"


BEGIN_OF_A_NAME = re.compile(r"""["'](run|recorded):""")


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_names_of_models_are_put_together_and_taken_apart_in_one_file(path: Path) -> None:
    found = BEGIN_OF_A_NAME.search(path.read_text(encoding="utf-8"))
    assert not found or name_of(path) == "models/name.py", f"{name_of(path)}: use models/name.py"


IMPORT_LIGHT = f"""
import importlib
for name in {LIGHT_MODULES}: importlib.import_module(name)
"""
BUILD_PAGE = """
from tempfile import mkdtemp
from unlearn_core.ui.shell.app import make_services
from unlearn_core.ui.shell.page import build_app
from unlearn_core.ui.shell.settings import AppSettings
build_app(make_services(AppSettings(workspace=mkdtemp())))
"""


@pytest.mark.parametrize(
    ("done", "heavy"), [(IMPORT_LIGHT, HEAVY), (BUILD_PAGE, ("transformers", "peft", "nltk"))]
)
def test_nothing_heavy_is_loaded(done: str, heavy: tuple[str, ...]) -> None:
    code = f"{done}\nimport sys\nprint(*(set({heavy!r}) & set(sys.modules)))"
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert process.stdout.strip() == ""
