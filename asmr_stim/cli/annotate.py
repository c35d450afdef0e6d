"""``asmr-stim annotate``: label the triggers of a clip in the terminal."""

import os
import shlex
import sys
from pathlib import Path
from typing import Annotated, get_args

import typer

from asmr_stim.cli import FAULT
from asmr_stim.cli.progress import progress_line
from asmr_stim.errors import InputError
from asmr_stim.io.decoded import decoded_audio
from asmr_stim_tui.annotator import annotator
from asmr_stim_tui.drawing import Drawing, canvas_for, wear
from asmr_stim_tui.listening_app import SoundOptions
from asmr_stim_tui.queue import annotate_folder
from asmr_stim_tui.serving.server import annotate_command, is_served, serve
from asmr_stim_tui.sound.choice import SOUND_CHOICES, SoundChoice
from asmr_stim_tui.sound.quiet import error_output_for_screen_alone
from asmr_stim_tui.themes import ThemeName

app = typer.Typer(add_completion=False)


@app.command()
def annotate(
    audio: Annotated[
        Path, typer.Argument(metavar="AUDIO", help="A sound file or a video, or a folder of them.")
    ],
    rater: Annotated[
        str | None,
        typer.Option(help="Who annotates: letters and digits. Without it, your user name."),
    ] = None,
    *,
    folder: Annotated[
        Path | None,
        typer.Option("--dir", help="Folder of the annotations. Without it, beside the sound."),
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(help="File of your own keys. Without it, ~/.config/asmr-stim/keys.yaml."),
    ] = None,
    sound: Annotated[
        SoundChoice,
        typer.Option(
            metavar="NAME",
            help="What plays the clip: the first device there is (auto), one of two libraries, a "
            f"page in your browser, a clock without sound, or nothing: {', '.join(SOUND_CHOICES)}.",
        ),
    ] = "auto",
    drawing: Annotated[
        Drawing,
        typer.Option(
            metavar="NAME",
            help=f"How much the terminal can show: {', '.join(get_args(Drawing))}. auto: 256 "
            "colours over SSH, letters alone where TERM is linux or dumb or text is not UTF-8, "
            "else what the terminal says.",
        ),
    ] = "auto",
    theme: Annotated[
        ThemeName,
        typer.Option(help="Colours: dark, light, safe for colour-blind eyes, or greys alone."),
    ] = "night",
    compare: Annotated[
        bool,
        typer.Option(
            "--compare",
            help="Show other raters' regions; otherwise raters are blind to each other.",
        ),
    ] = False,
    is_page: Annotated[
        bool,
        typer.Option(
            "--serve",
            help="Show the annotator on a page in your browser, on this machine only; ctrl+c ends.",
        ),
    ] = False,
) -> None:
    """Label what is heard in a clip, and when. Every edit is saved at once; ? shows the keys."""
    options = SoundOptions(sound)
    wear(canvas_for(drawing, os.environ, sys.__stderr__.encoding if sys.__stderr__ else ""), theme)
    if not audio.is_dir():
        with progress_line(f"decoding {audio.name}") as tell:  # a video, the first time
            decoded_audio(audio, tell=tell)
    if is_page:
        _require_clip(audio)
        trial = annotator(audio, rater, folder, keys, compare=compare)
        trial.close()  # what is refused is refused here, before a page is served
        given = {"--rater": rater, "--dir": folder, "--keys": keys, "--sound": sound}
        given |= {"--drawing": drawing, "--theme": theme}
        options_given = [f"{name}={value}" for name, value in given.items() if value is not None]
        flags = ["--compare"] if compare else []
        command = annotate_command([*options_given, *flags, "--", str(audio)])
        serve(shlex.join(command), audio.name, typer.echo)
        return
    if audio.is_dir():
        _require_terminal()
        with error_output_for_screen_alone():
            annotate_folder(audio, rater, folder, keys, sound=options, compare=compare)
        return
    program = annotator(audio, rater, folder, keys, sound=options, compare=compare)
    try:
        _require_terminal()
        with error_output_for_screen_alone():
            program.run()
    finally:
        program.close()
    if program.trouble is not None:
        raise program.trouble
    if program.return_code:
        raise typer.Exit(FAULT)  # the screen broke off, and has said why
    if program.farewell is not None and not is_served():
        typer.echo(program.farewell)


def _require_clip(audio: Path) -> None:
    """Refuse a folder: a page ends with the clip that it was opened for."""
    if audio.is_dir():
        raise InputError(f"--serve opens one clip, and {audio} is a folder; name a file in it")


def _require_terminal() -> None:
    """Refuse pipes: what is drawn goes to the error output, keys come from the input."""
    if not is_served() and not all(
        stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)
    ):
        raise InputError(
            "the annotator draws on a terminal and takes keys from it, and here its input or "
            "output goes to a file or another program; run it without '|', '<' and '>'"
        )
