"""`app`, `demo build` and `docs`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from unlearn_core.cli.flags import gather, with_flags
from unlearn_core.settings.config import parse
from unlearn_core.settings.flags import Group
from unlearn_core.ui.shell.settings import AppSettings


def add_app(app: typer.Typer) -> None:
    """Add `app`; its flags are the app's settings."""
    flags = Group("app", "App", AppSettings).flags()

    def serve(**values: Any) -> None:
        """Open the web app."""
        from unlearn_core.ui.shell.app import launch

        launch(parse(AppSettings, gather(flags, values).get("app", {}), "app"))

    app.command("app")(with_flags(serve, flags))


def add_demo_and_docs(app: typer.Typer) -> None:
    """Add `demo build` and `docs`."""
    demo = typer.Typer(no_args_is_help=True, help="The bundled world and model.")
    demo.command("build")(build_demo)
    demo.callback()(_demo)
    app.add_typer(demo, name="demo")
    app.command("docs")(write_docs)


def _demo() -> None:
    """The bundled world and model."""


def build_demo(
    out: Annotated[Path | None, typer.Option(help="Folder; the shipped one if not given.")] = None,
    seed: Annotated[
        int | None, typer.Option(help="The shipped world's if not given.", min=0)
    ] = None,
    threads: Annotated[int, typer.Option(help="CPU threads.", min=1)] = 2,
    device: Annotated[str, typer.Option(help="cpu, cuda, cuda:1 and so on, or mps.")] = "cpu",
) -> None:
    """Make the world anew and train the bundled model and its twin."""
    from unlearn_core.demo.build import SEED, build
    from unlearn_core.demo.corpus import bundled_folder
    from unlearn_core.models.devices import resolve_device

    folder = out or bundled_folder()
    chosen = str(resolve_device(device))

    def report(phase: str, step: int, steps: int, loss: float) -> None:
        if step % 20 == 0 or step == steps:
            typer.echo(f"{phase}: step {step} of {steps}, loss {loss:.3f}", err=True)

    world_seed = SEED if seed is None else seed
    build(folder, seed=world_seed, threads=threads, device=chosen, progress=report)
    typer.echo(f"Saved in {folder}.")


def write_docs(
    out: Annotated[Path, typer.Option(help="Folder of the pages.")] = Path("docs"),
) -> None:
    """Write the pages of docs/ that are made from the code."""
    from unlearn_core.cli.reference import pages

    for name, text in pages().items():
        (out / name).write_text(text, encoding="utf-8")
        typer.echo(f"Wrote {out / name}.")
