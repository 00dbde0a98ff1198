"""`push` and `space`: a model for others on the hub, and the app itself."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from unlearn_core.cli.options import AsJson, Workspace, open_store
from unlearn_core.cli.output import print_json, stdout_kept_clean
from unlearn_core.errors import MissingPrerequisite

if TYPE_CHECKING:
    from unlearn_core.share.hub import Upload


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("push")(push)
    app.command("space")(space)


def push(
    run: Annotated[str, typer.Argument(help="A run's id, as `runs` lists it.")],
    to: Annotated[str, typer.Option(help="user/name on the Hugging Face hub.")],
    merged: Annotated[
        bool, typer.Option("--merged", help="Merge an adapter into whole weights.")
    ] = False,
    public: Annotated[
        bool, typer.Option("--public", help="Let everybody see it; private otherwise.")
    ] = False,
    token: Annotated[
        str, typer.Option(help="Token of the hub; better left to `hf auth login` or HF_TOKEN.")
    ] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Upload without asking; needed where no one can answer.")
    ] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Upload a run's model to the Hugging Face hub, after telling what is uploaded."""
    from unlearn_core.runs.command_line import command_line
    from unlearn_core.share.hub import push_model, strangers_spec

    def before(upload: "Upload") -> None:
        _tell(upload)
        if not yes:
            _ask()

    with stdout_kept_clean(as_json):
        store = open_store(workspace)
        command = command_line(strangers_spec(store.get(run).spec))
        url = push_model(
            store, run, to, command=command, before=before, merged=merged, public=public,
            token=token,
        )  # fmt: skip
    if as_json:
        print_json({"run": run, "repo": to, "url": url, "public": public})
    else:
        typer.echo(f"Uploaded to {url}.")


def space(
    out: Annotated[Path, typer.Argument(help="Folder to make; it must not exist yet.")],
    gpu: Annotated[
        bool, typer.Option("--gpu", help="For a Space with a GPU: torch with CUDA.")
    ] = False,
) -> None:
    """Put together a folder that a Space of the Hugging Face hub can run."""
    from unlearn_core.share.space import assemble

    made = assemble(out, gpu=gpu)
    typer.echo(
        f"{made.files} files, {made.size / 1e6:.0f} MB, are in {made.folder}. Upload them with\n"
        f"hf upload USER/NAME {made.folder} --repo-type space"
    )


def _tell(upload: "Upload") -> None:
    typer.echo(upload.sentence, err=True)
    for name, size in upload.files:
        typer.echo(f"  {name}  {size / 1e6:.2f} MB", err=True)


def _ask() -> None:
    """Go on only if a person says so.

    Raises:
        MissingPrerequisite: Nobody is there, or the person says no.
    """
    if not sys.stdin.isatty():
        raise MissingPrerequisite(
            "Nothing was uploaded, because no one is there to agree. Add --yes to upload what is "
            "listed above."
        )
    if not typer.confirm("Upload these?", err=True):
        raise MissingPrerequisite("Nothing was uploaded.")
