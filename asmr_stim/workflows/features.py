"""Measure clips: a file goes through every family of features, and a profile comes out.

``measure_clip`` measures one file; ``measure_clips`` several, going on after a bad one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asmr_stim import __version__
from asmr_stim.acoustics import framing
from asmr_stim.acoustics.core_loudness import Field
from asmr_stim.acoustics.distribution import distribution
from asmr_stim.acoustics.ear_pressure import EarPressure
from asmr_stim.acoustics.families.registry import level_dependent_families, level_free_families
from asmr_stim.acoustics.playback import PlaybackLevel
from asmr_stim.acoustics.readings import SILENT, Family, Reading, Remark, Rows, Series, Undefined
from asmr_stim.errors import AsmrStimError, InputError
from asmr_stim.io.audio import AudioInfo, audio_info, audio_sha256, read_blocks
from asmr_stim.io.series import SeriesStores
from asmr_stim.schema.profile import (
    STATISTICS,
    ClipFile,
    ClipFlag,
    ClipProfile,
    Distribution,
    FeatureDefinition,
    FeatureList,
    Framing,
    Measurement,
    ProfileSet,
    Value,
    channel_names,
)
from asmr_stim.workflows.presentation import (
    Presentation,
    StatedCalibration,
    level_words,
    presentation,
)

Progress = Callable[[float], None]
SHORTEST_HEARD_S = 0.05  # in less, the filters of the ear have not yet answered
FIRST_PASS_SHARE = 0.2  # of the time: the second pass costs more


@dataclass(frozen=True, slots=True)
class Settings:
    """How clips are measured.

    Parameters
    ----------
    levels : tuple of PlaybackLevel
        How loud the clips are taken to be played; features that depend on it are measured at each.
    field : {"free", "diffuse"}
        The sound field that loudness is computed for.
    calibration : StatedCalibration or None
        What was measured of the playback chain; there are no assumed levels then.
    """

    levels: tuple[PlaybackLevel, ...]
    field: Field = "free"
    calibration: StatedCalibration | None = None

    @classmethod
    def of(
        cls,
        levels: Sequence[str],
        features: FeatureList,
        field: Field = "free",
        calibration: StatedCalibration | None = None,
    ) -> "Settings":
        """Return settings for levels such as ``laeq:45``; for those of the list if there are none.

        Raises
        ------
        InputError
            If a text is no level, or there are both levels and a calibration.
        """
        if calibration is not None:
            if levels:
                raise InputError("give levels or a calibration, not both: one says what is heard")
            return cls((), field, calibration)
        texts = levels or features.playback_levels
        return cls(tuple(dict.fromkeys(map(PlaybackLevel.parse, texts))), field)

    def expanded(self, features: FeatureList) -> FeatureList:
        """Return the feature list with one entry for each playback level."""
        return features.at_levels(level_words(self.levels, self.calibration))


@dataclass(frozen=True, slots=True)
class Measured:
    """The profiles of the clips that could be measured, and a sentence for each that could not."""

    profiles: ProfileSet
    problems: tuple[str, ...]


def measure_clips(
    paths: Iterable[Path],
    features: FeatureList,
    settings: Settings,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Measured:
    """Return the profiles of sound files.

    Parameters
    ----------
    paths : iterable of Path
        Sound files; one that is named twice is measured once.
    features : FeatureList
        The definitions, which give units and the order; not expanded for levels.
    settings : Settings
        Playback levels and sound field.
    progress : callable, optional
        Told the share of all files that is done, 0 to 1, again and again.
    executor : Executor, optional
        What measures several files at a time; without it, one after the other.

    Returns
    -------
    Measured
        Profiles by file name, or by path where two files have the same name; in the order given,
        whoever is done first.
    """
    unique = list(dict.fromkeys(paths))
    tell = progress or (lambda _share: None)
    if executor is None:
        found = _one_by_one(unique, features, settings, tell)
    else:
        found = _side_by_side(unique, features, settings, tell, executor)
    clips, problems = {}, []
    for path, outcome in zip(unique, found, strict=True):
        if isinstance(outcome, ClipProfile):
            clips[_key(path, unique)] = outcome
        else:
            problems.append(outcome)
    profiles = ProfileSet(
        feature_set_version=features.feature_set_version,
        asmr_stim_version=__version__,
        clips=clips,
    )
    return Measured(profiles, tuple(problems))


def _one_by_one(
    paths: list[Path], features: FeatureList, settings: Settings, tell: Progress
) -> list[ClipProfile | str]:
    """Return a profile or a sentence for each file."""
    found = []
    for k, path in enumerate(paths):

        def whole(share: float, k: int = k) -> None:
            tell((k + share) / len(paths))

        found.append(_attempt(path, features, settings, whole))
    return found


def _side_by_side(
    paths: list[Path],
    features: FeatureList,
    settings: Settings,
    tell: Progress,
    executor: Executor,
) -> list[ClipProfile | str]:
    """Return the same, measured by an executor."""
    tasks = [executor.submit(_attempt, path, features, settings) for path in paths]
    for n_done, _ in enumerate(as_completed(tasks), start=1):
        tell(n_done / len(tasks))
    found: list[ClipProfile | str] = []
    for path, task in zip(paths, tasks, strict=True):
        try:
            found.append(task.result())
        except BrokenExecutor:
            found.append(f"{path}: the worker that measured it stopped; use fewer workers")
    return found


def _attempt(
    path: Path, features: FeatureList, settings: Settings, progress: Progress | None = None
) -> ClipProfile | str:
    """Return the profile of a file, or the sentence that says why there is none."""
    try:
        return measure_clip(path, features, settings, progress)
    except AsmrStimError as error:
        return str(error)


def _key(path: Path, paths: list[Path]) -> str:
    """Return the file name, or the path if another file has the same name."""
    is_shared = sum(other.name == path.name for other in paths) > 1
    return str(path) if is_shared else path.name


def measure_clip(
    path: Path, features: FeatureList, settings: Settings, progress: Progress | None = None
) -> ClipProfile:
    """Return the profile of one sound file, in bounded memory.

    The file is decoded twice: how loud its samples are played follows from its whole level.

    Raises
    ------
    AsmrStimError
        If the file cannot be read; the sentence says why.
    """
    info = audio_info(path)
    tell = progress or (lambda _share: None)
    with SeriesStores() as stores:
        families = level_free_families(info.rate_hz, info.n_channels)
        _run(info, families, stores, lambda share: tell(FIRST_PASS_SHARE * share))
        found = _Found(info, stores, families)
        heard = found.heard_by(settings)
        if heard.pascals and info.duration_s >= SHORTEST_HEARD_S:
            more = level_dependent_families(
                info.rate_hz, info.n_channels, heard.pascals, settings.field
            )
            rest = 1 - FIRST_PASS_SHARE
            _run(
                info, more, stores, lambda share: tell(FIRST_PASS_SHARE + rest * share), heard.ears
            )
            found.add(more)
        tell(1.0)
        return _profile(found, heard, settings.expanded(features))


def _run(
    info: AudioInfo,
    families: list[Family],
    stores: SeriesStores,
    tell: Progress,
    ears: EarPressure | None = None,
) -> None:
    """Send a file through families, block by block; first through the ears if there are any."""
    done = 0
    for block in read_blocks(info.path):
        samples = np.ascontiguousarray(block.T)
        _push(families, samples if ears is None else ears.push(samples), stores)
        done += len(block)
        tell(done / info.n_frames)
    if ears is not None:
        _push(families, ears.finish(), stores)
    for family in families:
        _keep(stores, family.finish())


def _push(families: list[Family], samples: NDArray[np.float64], stores: SeriesStores) -> None:
    """Give samples to families; keep the rows that they complete."""
    if samples.shape[1] == 0:
        return
    for family in families:
        _keep(stores, family.push(samples))


def _keep(stores: SeriesStores, rows: Rows) -> None:
    """Put rows into the stores of their series."""
    for name, of_channels in rows.items():
        stores.append(name, of_channels)


class _Found:
    """What the families have found in a clip, by the name of the feature."""

    def __init__(self, info: AudioInfo, stores: SeriesStores, families: list[Family]) -> None:
        self.info = info
        self._stores = stores
        self._channels: dict[str, list[Reading]] = {}
        self._pair: dict[str, Reading] = {}
        self._columns: dict[str, tuple[Series, int]] = {}
        self._remarks: list[Remark] = []
        self._why_no_level = "rate_too_low"
        self.add(families)

    def add(self, families: list[Family]) -> None:
        """Take the readings of families that have run."""
        for family in families:
            readings = family.readings()
            self._channels |= readings.channels
            self._pair |= readings.pair
            self._remarks += readings.remarks
            for series in family.series:
                self._columns |= {name: (series, k) for k, name in enumerate(series.columns)}

    def flags(self) -> tuple[ClipFlag, ...]:
        """Return what a reader should know of the clip, with the channel where it was found."""
        names = channel_names(self.info.n_channels)
        flags = [
            ClipFlag(
                name=remark.flag,
                detail=remark.detail
                if remark.channel is None
                else f"{names[remark.channel]}: {remark.detail}",
            )
            for remark in self._remarks
        ]
        if self.info.n_channels > 2:
            layout = f"{self.info.n_channels} channels in the file"
            flags.append(ClipFlag(name="channel_layout_assumed", detail=layout))
        return tuple(flags)

    def has_two_ears(self) -> bool:
        """Say whether there are two channels with sound that differ."""
        is_one = {"dual_mono", "inverted_ears", "one_channel_silent"}
        are_silent = [self.is_silent(channel) for channel in range(self.info.n_channels)]
        is_pair = len(are_silent) == 2 and not any(are_silent)
        return is_pair and not any(remark.flag in is_one for remark in self._remarks)

    def is_silent(self, channel: int) -> bool:
        """Say whether every sample of a channel is zero."""
        return self._channels["rms_level_dbfs"][channel] == SILENT

    def heard_by(self, settings: Settings) -> Presentation:
        """Return how loud the clip is heard, which follows from its level."""
        levels = self._channels["a_weighted_level_dbfs"]
        powers = [10 ** (x / 10) / 2 if isinstance(x, float) else 0.0 for x in levels]
        heard = presentation(
            self.info, settings.levels, settings.calibration, settings.field, powers
        )
        self._why_no_level = heard.why_none
        return heard

    def _why_absent(self) -> str:
        """Return the flag of features that no family has measured."""
        is_short = self.info.duration_s < SHORTEST_HEARD_S
        return "shorter_than_window" if is_short else self._why_no_level

    def in_channel(self, feature: FeatureDefinition, channel: int) -> Measurement:
        """Return what a feature is in one channel."""
        if self.is_silent(channel):
            return _undefined(feature, SILENT.flag)
        if feature.name in self._channels:
            return _value(feature, self._channels[feature.name][channel])
        if feature.name not in self._columns:
            return _undefined(feature, self._why_absent())
        return self._distribution(feature, channel)

    def in_pair(self, feature: FeatureDefinition) -> Measurement:
        """Return what a feature is in all channels together."""
        if feature.name in self._pair:
            return _value(feature, self._pair[feature.name])
        if self.info.n_channels != 2 and feature.needs_two_ears:
            return _undefined(feature, "not_two_channels")
        if all(self.is_silent(channel) for channel in range(self.info.n_channels)):
            return _undefined(feature, SILENT.flag)
        if feature.name not in self._columns:
            return _undefined(feature, self._why_absent())
        return self._distribution(feature, 0)

    def _distribution(self, feature: FeatureDefinition, channel: int) -> Measurement:
        """Return how the series of a feature is distributed."""
        series, index = self._columns[feature.name]
        values = self._stores.column(series.name, channel, index)
        found = distribution(values)
        if found is None:
            return _undefined(feature, "never_defined" if len(values) else "shorter_than_window")
        p5, p10, p50, p90, p95 = found.percentiles
        return Distribution(
            unit=feature.unit,
            n_frames=found.n_frames,
            mean=found.mean,
            sd=found.sd,
            p5=p5,
            p10=p10,
            p50=p50,
            p90=p90,
            p95=p95,
        )


def _profile(found: _Found, heard: Presentation, features: FeatureList) -> ClipProfile:
    """Return the profile of a clip, its features in the order of the list."""
    info = found.info
    return ClipProfile(
        file=_file_record(info),
        parameters=_framing_record(info.rate_hz),
        playback=heard.playback,
        channels={
            name: {f.name: found.in_channel(f, k) for f in features.of_scope("channel")}
            for k, name in enumerate(channel_names(info.n_channels))
        },
        pair={f.name: found.in_pair(f) for f in features.of_scope("pair")},
        flags=(*found.flags(), *heard.flags, *_of_field(found, heard)),
    )


def _of_field(found: _Found, heard: Presentation) -> Iterator[ClipFlag]:
    """Yield what to know of the sound field, if the clip may be of a dummy head."""
    if heard.pascals and found.has_two_ears():
        detail = (
            f"loudness and sharpness are for a {heard.playback[0].field} field; if this is a "
            "dummy-head recording, equalise it for that field first"
        )
        yield ClipFlag(name="field_if_dummy_head", detail=detail)


def _undefined(feature: FeatureDefinition, flag: str) -> Measurement:
    """Return a null of a feature, with the flag that says why."""
    if feature.per_clip == "value":
        return Value(unit=feature.unit, value=None, flag=flag)
    nulls = dict.fromkeys(STATISTICS)
    return Distribution(unit=feature.unit, n_frames=0, flag=flag, **nulls)


def _value(feature: FeatureDefinition, reading: Reading) -> Measurement:
    """Return a reading with its unit."""
    if isinstance(reading, Undefined):
        return _undefined(feature, reading.flag)
    return Value(unit=feature.unit, value=reading)


def _file_record(info: AudioInfo) -> ClipFile:
    return ClipFile(
        name=info.path.name,
        sha256=audio_sha256(info.path),
        container=info.container,
        encoding=info.encoding,
        rate_hz=info.rate_hz,
        n_channels=info.n_channels,
        n_frames=info.n_frames,
        duration_s=info.duration_s,
    )


def _framing_record(rate_hz: int) -> Framing:
    frames = framing.Framing.for_rate(rate_hz)
    return Framing(frame_samples=frames.length, hop_samples=frames.hop)
