"""``asmr-stim features``: measure the sound of clips."""

import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from asmr_stim.acoustics.sliding import RUNNING, Window
from asmr_stim.cli.playback_options import (
    CalibrationOption,
    FieldOption,
    LevelOption,
    playback_settings,
)
from asmr_stim.cli.progress import COMPILING, progress_line
from asmr_stim.errors import InputError
from asmr_stim.io.frames import FrameFiles, check_frames
from asmr_stim.io.profiles import check_output, profiles_as_json, read_feature_list, write_profiles
from asmr_stim.io.tables import json_bytes
from asmr_stim.report.profile_text import profiles_text
from asmr_stim.workflows.feature_regions import measure_regions
from asmr_stim.workflows.features import Measured, measure_clips
from asmr_stim.workflows.worker_pool import WorkerPool

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def features(
    audio: Annotated[
        list[Path],
        typer.Argument(
            metavar="AUDIO",
            readable=False,  # not looked at here: one that may not be read is one of several
            help="Sound files: WAV, FLAC, OGG, MP3; with the program ffmpeg also mp4, m4a, mov, "
            "mkv, webm, aac.",
        ),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write everything here: .json, .parquet, or .tsv, which brings a NAME.json beside "
            "it with the units of its columns.",
        ),
    ] = None,
    regions: Annotated[
        Path | None,
        typer.Option(
            metavar="ANNOTATION",
            readable=False,
            help="Measure the regions of an annotation of the (one) clip, and all regions of each "
            "trigger together, in place of the whole clip.",
        ),
    ] = None,
    frames: Annotated[
        bool,
        typer.Option(
            "--frames",
            help="Write the values of every frame too, into the folder NAME_frames beside --out.",
        ),
    ] = False,
    level: LevelOption = None,
    calibration: CalibrationOption = None,
    field: FieldOption = "free",
    window: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", help="Window of IACC, ITD, ILD, coherence and autocorrelation."
        ),
    ] = RUNNING.length_s,
    step: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            help="How far that window moves on each time; the window is a whole number of steps.",
        ),
    ] = RUNNING.step_s,
    workers: Annotated[
        int, typer.Option(min=1, metavar="N", help="Measure so many files at a time.")
    ] = 1,
    whole: Annotated[
        bool, typer.Option("--all", help="Print the long table, not only the summary.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print everything as JSON in place of tables.")
    ] = False,
) -> None:
    """Measure level, loudness, spectrum, both ears, voice and events of clips.

    Each ear is measured at its native rate; nothing is normalised or mixed.

    A file that cannot be read is named on stderr and the others are measured.
    """
    definitions = read_feature_list()
    settings = playback_settings(level, calibration, field, definitions)
    settings = replace(settings, running=_running(window, step))
    files = _outputs(out, is_framed=frames)
    if regions is not None and len(audio) != 1:
        raise typer.BadParameter("an annotation is of one clip; name one", param_hint="--regions")
    with progress_line("measuring", COMPILING) as progress:
        if regions is not None:
            found = measure_regions(audio[0], regions, definitions, settings, progress, files)
            measured = Measured(found, ())
        else:
            with _pool(workers, len(audio)) as pool:
                measured = measure_clips(audio, definitions, settings, progress, pool, files)
    profiles, definitions = measured.profiles, settings.expanded(definitions)
    if out is not None and profiles.clips:
        write_profiles(out, profiles, definitions)
        _tell_written(out, files)
    if json:
        sys.stdout.write(json_bytes(profiles_as_json(profiles)).decode())
    elif profiles.clips:
        typer.echo(profiles_text(profiles, definitions, is_long=whole))
    for problem in measured.problems:
        typer.echo(f"asmr-stim: {problem}", err=True)
    if measured.problems:
        raise typer.Exit(1)


def _tell_written(out: Path, files: FrameFiles | None) -> None:
    """Say on stderr which files there are now."""
    units = f" and {out.with_suffix('.json')}" if out.suffix.lower() == ".tsv" else ""
    typer.echo(f"Written to {out}{units}", err=True)
    if files is not None:
        typer.echo(f"Frames written to {files.folder}", err=True)


def _running(window: float, step: float) -> Window:
    """Return the window of the running features."""
    try:
        return Window.of(window, step)
    except InputError as error:
        raise typer.BadParameter(str(error), param_hint="--window and --step") from None


def _outputs(out: Path | None, *, is_framed: bool) -> FrameFiles | None:
    """Refuse outputs that cannot be written; return where frames go, if they are asked for."""
    if out is None:
        if is_framed:
            raise typer.BadParameter(
                "the frames go beside --out FILE; name one", param_hint="--frames"
            )
        return None
    check_output(out)
    if not is_framed:
        return None
    files = FrameFiles.beside(out)
    check_frames(files)
    return files


def _pool(workers: int, n_files: int) -> AbstractContextManager[WorkerPool | None]:
    """Return processes that measure files, or nothing where one after the other will do."""
    n_workers = min(workers, n_files)
    return nullcontext() if n_workers == 1 else WorkerPool(n_workers, n_files)
