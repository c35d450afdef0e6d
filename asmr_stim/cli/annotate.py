"""``asmr-stim annotate``: label the triggers of a clip in the terminal."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from asmr_stim.errors import InputError
from asmr_stim_tui.annotator import annotator
from asmr_stim_tui.queue import annotate_folder

app = typer.Typer(add_completion=False)


@app.command()
def annotate(
    audio: Annotated[
        Path, typer.Argument(help="A sound file, or a folder of them.", show_default=False)
    ],
    rater: Annotated[
        str | None,
        typer.Option(help="Who annotates: letters and digits. [default: your user name]"),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--dir", help="Folder of the annotations. [default: beside the sound]"),
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(help="File of your own keys. [default: ~/.config/asmr-stim/keys.yaml]"),
    ] = None,
) -> None:
    """Label what is heard in a clip, and when. Every edit is saved at once; ? shows the keys."""
    if audio.is_dir():
        _require_terminal()
        annotate_folder(audio, rater, folder, keys)
        return
    program = annotator(audio, rater, folder, keys)
    try:
        _require_terminal()
        program.run()
    finally:
        program.close()
    if program.trouble is not None:
        raise program.trouble
    if program.farewell is not None:
        typer.echo(program.farewell)


def _require_terminal() -> None:
    """Refuse pipes: what is drawn goes to the error output, keys come from the input."""
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise InputError(
            "the annotator needs a terminal, and input, output or error output is none; "
            "run it without pipes or redirection"
        )
