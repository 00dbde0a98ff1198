"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from unlearn_core.runs.store import Store, default_workspace

Workspace = Annotated[
    Path | None,
    typer.Option(help="Folder of all runs.", envvar="LETHE_WORKSPACE", show_default=False),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Write JSON, and nothing else, to standard output.")
]


def open_store(workspace: Path | None) -> Store:
    """The store of a workspace; of the default one when none is named."""
    return Store(workspace or default_workspace())
