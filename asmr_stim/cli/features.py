"""``asmr-stim features``: measure the sound of clips."""

import sys
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import typer

from asmr_stim.cli.playback_options import (
    CalibrationOption,
    FieldOption,
    LevelOption,
    playback_settings,
)
from asmr_stim.cli.progress import progress_line
from asmr_stim.io.profiles import check_output, profiles_as_json, read_feature_list, write_profiles
from asmr_stim.io.tables import json_bytes
from asmr_stim.report.profile_text import profiles_text
from asmr_stim.workflows.features import measure_clips

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def features(
    audio: Annotated[
        list[Path], typer.Argument(metavar="AUDIO", help="WAV, FLAC, OGG or MP3 files.")
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the profiles here: .json, or .tsv with units."),
    ] = None,
    level: LevelOption = None,
    calibration: CalibrationOption = None,
    field: FieldOption = "free",
    workers: Annotated[
        int, typer.Option(min=1, metavar="N", help="Measure so many files at a time.")
    ] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Measure level, loudness, spectrum and onsets of clips.

    Each ear is measured at its native rate; nothing is resampled or mixed.

    A file that cannot be read is named on stderr and the others are measured.
    """
    definitions = read_feature_list()
    settings = playback_settings(level, calibration, field, definitions)
    if out is not None:
        check_output(out)
    with progress_line("measuring") as progress, _executor(workers, len(audio)) as executor:
        measured = measure_clips(audio, definitions, settings, progress, executor)
    profiles, definitions = measured.profiles, settings.expanded(definitions)
    if out is not None and profiles.clips:
        write_profiles(out, profiles, definitions)
    if json:
        sys.stdout.write(json_bytes(profiles_as_json(profiles)).decode())
    elif profiles.clips:
        typer.echo(profiles_text(profiles, definitions))
    for problem in measured.problems:
        typer.echo(f"asmr-stim: {problem}", err=True)
    if measured.problems:
        raise typer.Exit(1)


def _executor(workers: int, n_files: int) -> AbstractContextManager[Executor | None]:
    """Return processes that measure files, or nothing where one after the other will do."""
    n_processes = min(workers, n_files)
    if n_processes == 1:
        return nullcontext()
    return ProcessPoolExecutor(n_processes, mp_context=get_context("spawn"))
