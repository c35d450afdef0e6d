"""Measure one clip: its sound goes through every family of features, and a profile comes out."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.ear_pressure import EarPressure
from asmr_stim.acoustics.families.registry import level_dependent_families, level_free_families
from asmr_stim.acoustics.readings import Family, Rows
from asmr_stim.errors import UnreadableFileError
from asmr_stim.io.audio import AudioInfo, audio_info, audio_sha256, read_blocks
from asmr_stim.io.series import SeriesStores
from asmr_stim.schema.profile import ClipProfile, FeatureList
from asmr_stim.workflows.clip_findings import SHORTEST_HEARD_S, Findings, profile_of
from asmr_stim.workflows.feature_settings import Settings
from asmr_stim.workflows.presentation import Presentation

Progress = Callable[[float], None]
Keep = Callable[[Findings, SeriesStores], None]
FIRST_PASS_SHARE = 0.2  # of the time: the second pass costs more


def measure_clip(
    path: Path,
    features: FeatureList,
    settings: Settings,
    progress: Progress | None = None,
    keep: Keep | None = None,
) -> ClipProfile:
    """Return the profile of one sound file, in bounded memory.

    The file is decoded twice: how loud its samples are played follows from its whole level.

    Parameters
    ----------
    path : Path
        The sound file.
    features : FeatureList
        The definitions, not expanded for levels.
    settings : Settings
        How it is measured.
    progress : callable, optional
        Told the share that is done, 0 to 1.
    keep : callable, optional
        Given the series of frames before they are gone.

    Raises
    ------
    AsmrStimError
        If the file cannot be read, or changes meanwhile; the sentence says why.
    """
    info, sha256 = audio_info(path), audio_sha256(path)
    tell = progress or (lambda _share: None)
    with SeriesStores() as stores:
        found = _measured_as_it_is(info, settings, stores, tell)
        heard = found.heard_by(settings)
        if heard.pascals and info.duration_s >= SHORTEST_HEARD_S:
            found.add(_measured_as_heard(info, heard, settings, stores, tell))
        refuse_if_changed(path, sha256)
        profile = profile_of(found, heard, settings.expanded(features), settings, sha256)
        if keep is not None:
            keep(found, stores)
        tell(1.0)
        return profile


def _measured_as_it_is(
    info: AudioInfo, settings: Settings, stores: SeriesStores, tell: Progress
) -> Findings:
    """Return what does not depend on how loud the clip is played."""
    families = level_free_families(info.rate_hz, info.n_channels, settings.running)
    _run(info, families, stores, lambda share: tell(FIRST_PASS_SHARE * share))
    return Findings(info, stores, families)


def _measured_as_heard(
    info: AudioInfo, heard: Presentation, settings: Settings, stores: SeriesStores, tell: Progress
) -> list[Family]:
    """Return the families that have measured the sound pressure at the ears."""
    families = level_dependent_families(
        info.rate_hz, info.n_channels, heard.pascals, settings.field
    )
    rest = 1 - FIRST_PASS_SHARE
    _run(info, families, stores, lambda share: tell(FIRST_PASS_SHARE + rest * share), heard.ears)
    return families


def refuse_if_changed(path: Path, sha256: str) -> None:
    """Raise UnreadableFileError if a file is not what it was before it was measured."""
    if audio_sha256(path) != sha256:
        raise UnreadableFileError(
            f"{path} was changed while it was measured; measure it again when it is whole"
        )


def _run(
    info: AudioInfo,
    families: list[Family],
    stores: SeriesStores,
    tell: Progress,
    ears: EarPressure | None = None,
) -> None:
    """Send a file through families, block by block; first through the ears if there are any."""
    done = 0
    for block in read_blocks(info):
        samples = np.ascontiguousarray(block.T)
        push_all(families, samples if ears is None else ears.push(samples), stores)
        done += len(block)
        tell(done / info.n_frames)
    if ears is not None:
        push_all(families, ears.finish(), stores)
    for family in families:
        keep_rows(stores, family.finish())


def push_all(families: list[Family], samples: NDArray[np.float64], stores: SeriesStores) -> None:
    """Give samples to families; keep the rows that they complete."""
    if samples.shape[1] == 0:
        return
    for family in families:
        keep_rows(stores, family.push(samples))


def keep_rows(stores: SeriesStores, rows: Rows) -> None:
    """Put rows into the stores of their series."""
    for name, of_channels in rows.items():
        stores.append(name, of_channels)
