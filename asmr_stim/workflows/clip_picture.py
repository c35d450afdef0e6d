"""Measure a clip for its card and figure: the profile, with what changes over time in it.

The profile is that of ``measure_clip``; nothing is measured in another way for the picture.

Offers: ``picture_of_clip``, ``check_figure``, ``write_figure``.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from asmr_stim.acoustics.overview import Spectrogram, SpectrogramMeter, Wave, WaveMeter
from asmr_stim.errors import OutputError
from asmr_stim.io.audio import AudioInfo, audio_info, check_name, read_blocks
from asmr_stim.io.series import SeriesStores
from asmr_stim.io.writing import check_folder
from asmr_stim.report.clip_picture import ClipPicture, Course
from asmr_stim.report.figures.clip import clip_figure
from asmr_stim.report.figures.style import save
from asmr_stim.schema.profile import FeatureList, channel_names
from asmr_stim.workflows.clip_findings import Findings
from asmr_stim.workflows.clip_measuring import measure_clip, refuse_if_changed
from asmr_stim.workflows.feature_settings import Settings
from asmr_stim.workflows.presentation import level_words

Progress = Callable[[float], None]
OVERVIEW_SHARE = 0.05  # of the time
ENDINGS = (".png", ".svg", ".pdf")
PRINT_DPI = 300


def picture_of_clip(
    path: Path, features: FeatureList, settings: Settings, progress: Progress | None = None
) -> ClipPicture:
    """Return everything that the card and the figure of a clip show.

    Parameters
    ----------
    path : Path
        The sound file.
    features : FeatureList
        The definitions, not expanded for levels.
    settings : Settings
        How it is measured. Loudness over time is shown at the middle one of several levels.
    progress : callable, optional
        Told the share that is done, 0 to 1.

    Raises
    ------
    AsmrStimError
        If the file cannot be read; the sentence says why.
    """
    tell = progress or (lambda _share: None)
    check_name(path.name)
    wave, spectrogram = _overview(audio_info(path), lambda share: tell(OVERVIEW_SHARE * share))
    words = level_words(settings.levels, settings.calibration)
    shown = words[len(words) // 2]
    courses: dict[str, tuple[Course, ...]] = {}

    def keep(found: Findings, stores: SeriesStores) -> None:
        names = {"loudness": f"loudness_sone_{shown.suffix}", "ild": "ild_db", "iacc": "iacc"}
        for short, name in names.items():
            courses[short] = _courses(found, stores, name)

    def rest(share: float) -> None:
        tell(OVERVIEW_SHARE + (1 - OVERVIEW_SHARE) * share)

    profile = measure_clip(path, features, settings, rest, keep)
    refuse_if_changed(path, profile.file.sha256)
    return ClipPicture(
        name=path.name,
        profile=profile,
        level=shown,
        wave=wave,
        spectrogram=spectrogram,
        loudness_sone=courses["loudness"],
        ild_db=courses["ild"],
        iacc=courses["iacc"],
    )


def check_figure(path: Path, audio: Path) -> None:
    """Refuse a place where a figure cannot be written, before anything is measured.

    Raises
    ------
    OutputError
        If the ending is none of .png, .svg and .pdf, the folder is not there or may not be written
        into, or the figure would replace the clip.
    """
    if path.suffix.lower() not in ENDINGS:
        found = f"'{path.suffix}'" if path.suffix else "none"
        raise OutputError(
            f"{path}: the ending decides what is written; found {found}, use .png, .svg or .pdf"
        )
    check_folder(path.parent, path)
    if path.is_dir():
        raise OutputError(f"{path} is a folder; name a file in it")
    if path.exists() and audio.exists() and path.samefile(audio):
        raise OutputError(f"{path} is the clip itself; choose another name for the figure")


def write_figure(picture: ClipPicture, path: Path) -> None:
    """Write the figure of a clip, the same bytes each time.

    Raises
    ------
    OutputError
        If it cannot be written; what stood there before stands there still.
    """
    save(clip_figure(picture), path, PRINT_DPI, is_trimmed=False)


def _overview(info: AudioInfo, tell: Progress) -> tuple[Wave, Spectrogram | None]:
    """Return the wave and the spectrogram of a file."""
    wave = WaveMeter(info.rate_hz, info.n_channels, info.n_frames)
    spectra = SpectrogramMeter(info.rate_hz, info.n_channels, info.n_frames)
    done = 0
    for block in read_blocks(info):
        samples = np.ascontiguousarray(block.T)
        wave.push(samples)
        spectra.push(samples)
        done += len(block)
        tell(done / info.n_frames)
    return wave.wave(), spectra.spectrogram()


def _courses(found: Findings, stores: SeriesStores, column: str) -> tuple[Course, ...]:
    """Return a feature over time in each channel, or once for the pair; empty if there is none."""
    for series in found.series:
        if column in series.columns and series.clock is not None:
            names = ("pair",) if series.is_of_pair else channel_names(found.info.n_channels)
            index = series.columns.index(column)
            clock = series.clock
            return tuple(
                Course.of(name, clock, stores.column(series.name, k, index), found.info.duration_s)
                for k, name in enumerate(names)
            )
    return ()
