"""The commands together, and how an error becomes one sentence and an exit code."""

import sys
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from unlearn_core.cli import compare, look, report, serve, share
from unlearn_core.errors import LetheError

BAD_INPUT = 2

LAUNCHED = {
    "run": "Make a model forget, and measure it before and after.",
    "teach": "Teach a model records until it knows them.",
    "race": "Run several methods on one forget set and compare what they reach.",
    "attack": "Try to get back what a model should have forgotten, and give a verdict.",
    "evaluate": "Measure a model by every metric, beside the original and a retrained one.",
}


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit code.

    0: done. 1: the run failed. 2: a flag, value, file or model cannot be used; standard error
    has one sentence. 130: stopped by hand.
    """
    app = build(arguments)
    try:
        code = app(args=list(arguments), prog_name="python -m unlearn_core", standalone_mode=False)
    except LetheError as error:
        return _say(str(error))
    except TyperException as error:
        return _say(error.format_message())
    return code if isinstance(code, int) else 0


def build(arguments: Sequence[str]) -> typer.Typer:
    """The command line for these arguments.

    The flags of `run` and `teach` are read from code that imports torch, so they are made only
    for the command that is called.
    """
    app = typer.Typer(
        add_completion=False, no_args_is_help=True, help="Watch a language model forget."
    )
    called = next((word for word in arguments if not word.startswith("-")), "")
    serve.add_app(app)
    if called in LAUNCHED:
        from unlearn_core.cli import audit, launch, race

        launch.add_commands(app)
        race.add_command(app)
        audit.add_commands(app)
    else:
        for name, words in LAUNCHED.items():
            app.command(name, help=words)(_not_called)
    compare.add_command(app)
    look.add_commands(app)
    report.add_commands(app)
    share.add_commands(app)
    serve.add_demo_and_docs(app)
    return app


def _not_called() -> None:
    """Stands for a command in the list of commands."""


def _say(message: str) -> int:
    if message:
        sys.stderr.write(f"{message}\n")
    return BAD_INPUT
