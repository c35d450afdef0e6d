"""The program ``asmr-stim``: one file per command group, loaded when it is called.

``main`` is the only place where an error becomes a sentence on stderr and an exit code:
0 fine, 1 problems found, 2 misuse.
"""

import os
import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from asmr_stim import __version__
from asmr_stim.errors import AsmrStimError

# name: (module, what `asmr-stim --help` says of it). The module's `app` is loaded when it is called.
COMMANDS = {
    "review": ("asmr_stim.cli.review", "Write the report: what is known of ASMR stimuli, and ALE."),
    "validate": ("asmr_stim.cli.validate", "Check study files; list every problem by line."),
    "taxonomy": ("asmr_stim.cli.taxonomy", "Look at the trigger taxonomy."),
    "catalog": ("asmr_stim.cli.catalog", "The stimulus catalogue, and its exchange with others."),
    "features": ("asmr_stim.cli.features", "Measure the sound of clips."),
    "annotate": ("asmr_stim.cli.annotate", "Label the triggers of a clip in the terminal."),
    "ale": ("asmr_stim.cli.ale", "Activation likelihood estimation from foci."),
}


class LazyGroup(TyperGroup):
    """A group whose commands are imported only when one is called.

    Listing them for ``--help`` needs no import: numba and nilearn would cost a second.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the commands in the order of the table above."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command; while help is being listed, only its name and summary."""
        if cmd_name not in COMMANDS:
            return None
        module, summary = COMMANDS[cmd_name]
        if ctx.meta.get("asmr_stim.listing"):
            return TyperCommand(cmd_name, help=summary)
        command = typer.main.get_command(import_module(module).app)
        command.name = cmd_name
        return command

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page from the summaries."""
        ctx.meta["asmr_stim.listing"] = True
        super().format_help(ctx, formatter)


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"asmr-stim {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    *,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error arose.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Measure, map, annotate and standardise ASMR stimuli, and use them as moderators."""
    del version
    if debug:
        os.environ["ASMR_STIM_DEBUG"] = "1"


def main() -> None:
    """Run the program; turn every foreseen error into one sentence."""
    try:
        app()
    except AsmrStimError as error:
        if os.environ.get("ASMR_STIM_DEBUG"):
            raise
        typer.echo(f"asmr-stim: {error}", err=True)
        sys.exit(1)
