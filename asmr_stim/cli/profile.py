"""``asmr-stim profile``: one clip on one screen, and as a figure."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from asmr_stim.cli.playback_options import (
    CalibrationOption,
    FieldOption,
    LevelOption,
    playback_settings,
)
from asmr_stim.cli.progress import COMPILING, progress_line
from asmr_stim.io.profiles import read_feature_list
from asmr_stim.report.profile_card import CardLook, profile_card
from asmr_stim.workflows.clip_picture import check_figure, picture_of_clip, write_figure

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def profile(
    audio: Annotated[
        Path,
        typer.Argument(
            metavar="AUDIO",
            readable=False,  # not looked at here: the sentence is that of every other bad file
            help="A sound file.",
        ),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a figure here: .png, .svg or .pdf, 180 mm wide."),
    ] = None,
    level: LevelOption = None,
    calibration: CalibrationOption = None,
    field: FieldOption = "free",
) -> None:
    """Show one clip on one screen: wave, chief numbers, what to know of it.

    With --out also as a figure to print: wave, spectrogram, loudness, the two
    ears, modulation and flags. The numbers are those of `asmr-stim features`;
    of several levels the middle one is shown.
    """
    if out is not None:
        check_figure(out, audio)
    definitions = read_feature_list()
    settings = playback_settings(level, calibration, field, definitions)
    with progress_line("measuring", COMPILING) as progress:
        picture = picture_of_clip(audio, definitions, settings, progress)
    typer.echo(profile_card(picture, settings.expanded(definitions), _look()))
    if out is not None:
        write_figure(picture, out)
        typer.echo(f"Written to {out}", err=True)


def _look() -> CardLook:
    """Return what stdout can show; see https://no-color.org."""
    has_colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    has_colour = has_colour and os.environ.get("TERM") != "dumb"
    try:
        "▁█±…".encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return CardLook(has_colour=has_colour, has_blocks=False)
    return CardLook(has_colour=has_colour)
