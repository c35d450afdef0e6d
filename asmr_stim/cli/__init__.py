"""The program ``asmr-stim``: one file per command group, loaded when it is called.

``main`` is the only place where an error becomes a sentence on stderr and an exit code: 0 fine,
1 problems found, 2 misuse; and, since none of these is meant, 70 for a fault of the program itself,
130 when interrupted (Ctrl-C) and 141 when the reader of a pipe has left. ``--debug`` shows the
traceback above the sentence.
"""

import gc
import os
import re
import sys
import traceback
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from asmr_stim import __version__
from asmr_stim.errors import AsmrStimError

PROBLEMS, FAULT, INTERRUPTED, PIPE_CLOSED = 1, 70, 130, 141  # after sysexits.h and the shells
DEBUG = "ASMR_STIM_DEBUG"

# name: (module, what `asmr-stim --help` says of it); the module's `app` is loaded at the call.
COMMANDS = {
    "review": ("asmr_stim.cli.review", "Write the report: what is known of ASMR stimuli, and ALE."),
    "validate": ("asmr_stim.cli.validate", "Check study files; list every problem by line."),
    "schema": ("asmr_stim.cli.schema", "Publish the form of the records; carry files over."),
    "taxonomy": ("asmr_stim.cli.taxonomy", "Look at the trigger taxonomy."),
    "catalog": ("asmr_stim.cli.catalog", "The stimulus catalogue, and its exchange with others."),
    "features": ("asmr_stim.cli.features", "Measure the sound of clips."),
    "profile": ("asmr_stim.cli.profile", "One clip on one screen, and as a figure to print."),
    "calibrate": ("asmr_stim.cli.calibrate", "How loud headphones play, as a meter reads it."),
    "annotate": ("asmr_stim.cli.annotate", "Label the triggers of a clip in the terminal."),
    "ale": ("asmr_stim.cli.ale", "Activation likelihood estimation from foci."),
    "effects": ("asmr_stim.cli.effects", "Effect sizes, pooled and compared by moderators."),
}


# What is said of a value of an option, in the words of the library that parses it and in ours.
_PLAINLY = (
    ("Value error, ", ""),
    ("Input should be a valid number, unable to parse string as a number", "write a number"),
    (
        "Input should be a valid integer, unable to parse string as an integer",
        "write a whole number",
    ),
    (
        "Input should be a valid integer, got a number with a fractional part",
        "write a whole number",
    ),
    ("Input should be ", "it must be "),
)

_AS_IT_STANDS = "\b\n"
_FLOW = re.compile(r"\n(?!\s|- |\d+\. )")  # a line break within a sentence


class LazyGroup(TyperGroup):
    """A group whose commands are imported only when one is called.

    Listing them for ``--help`` needs no import: numba and nilearn would cost a second.
    """

    def __init__(self, **settings: Any) -> None:
        """Know each command by its name and summary: for help, and for "did you mean"."""
        super().__init__(**settings)
        self.commands = {
            name: TyperCommand(name, help=summary) for name, (_, summary) in COMMANDS.items()
        }

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command; while help is being listed, only its name and summary."""
        if cmd_name not in COMMANDS or ctx.meta.get("asmr_stim.listing"):
            return self.commands.get(cmd_name)
        command = typer.main.get_command(_imported(COMMANDS[cmd_name][0]).app)
        command.name = cmd_name
        _let_flow(command)
        return command

    def invoke(self, ctx: Any) -> Any:
        """Run the command; end quietly when interrupted or when nobody reads any more."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            for words, plainly in _PLAINLY:
                error.message = error.message.replace(words, plainly)
            raise
        except KeyboardInterrupt:
            _end("interrupted; results that stood before stand there still", INTERRUPTED)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left in the buffer goes nowhere
            sys.exit(PIPE_CLOSED)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page from the summaries."""
        ctx.meta["asmr_stim.listing"] = True
        super().format_help(ctx, formatter)


def _let_flow(command: Any) -> None:
    """Fit the help of a command, and of those in it, to the width of any terminal."""
    command.help = flowing(command.help or "")
    for each in getattr(command, "commands", {}).values():
        _let_flow(each)


def flowing(text: str) -> str:
    r"""Return help text without the line breaks inside its paragraphs, which Typer would keep.

    Kept are those before an item of a list (``- `` or ``1. ``) and before an indented line, and
    all of a paragraph whose first line is a backspace alone, which is click's mark for it.

    Examples
    --------
    >>> flowing("A title.\n\nMuch is\nsaid:\n- one\n- two")
    'A title.\n\nMuch is said:\n- one\n- two'
    """
    paragraphs = text.split("\n\n")
    return "\n\n".join(
        each.removeprefix(_AS_IT_STANDS) if each.startswith(_AS_IT_STANDS) else _FLOW.sub(" ", each)
        for each in paragraphs
    )


def _imported(module: str) -> Any:
    """Return a module, whose classes are never searched for cycles of garbage.

    That would cost a fifth of the time now, and some again at each later search.
    """
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        gc.enable()


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
    """Measure, map and annotate ASMR stimuli, and use them as moderators in meta-analyses."""
    del version
    if debug:
        os.environ[DEBUG] = "1"


def main() -> None:
    """Run the program; turn every error into one sentence and an exit code."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # to look for some takes 20 ms
    try:
        app()
    except AsmrStimError as error:
        _end(str(error), PROBLEMS)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        _end(f"the system refused: {error.strerror or error}{where}", PROBLEMS)
    except MemoryError:
        _end("there is not enough memory for this; give it less at once", PROBLEMS)
    except Exception as error:  # noqa: BLE001 no traceback reaches a user, whatever happens
        _end(
            f"a fault of the program, not of your files ({type(error).__name__}: {error}); "
            "run `asmr-stim --debug ...` and report what it shows",
            FAULT,
        )


def _end(sentence: str, code: int) -> NoReturn:
    """Write the sentence to stderr, below the traceback where that was asked for; exit."""
    if os.environ.get(DEBUG):
        traceback.print_exc()
    typer.echo(f"asmr-stim: {sentence}", err=True)
    sys.exit(code)
