"""Measure clips: a file goes through every family of features, and a profile comes out.

``measure_clip`` measures one file; ``measure_clips`` several, going on after a bad one.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import BrokenExecutor, Executor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from asmr_stim import __version__
from asmr_stim.acoustics import framing
from asmr_stim.acoustics.core_loudness import Field
from asmr_stim.acoustics.distribution import distribution
from asmr_stim.acoustics.families.registry import level_dependent_families, level_free_families
from asmr_stim.acoustics.playback import PlaybackLevel
from asmr_stim.acoustics.readings import SILENT, Family, Reading, Remark, Rows, Series, Undefined
from asmr_stim.errors import AsmrStimError
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
    Playback,
    ProfileSet,
    Value,
    channel_names,
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
    """

    levels: tuple[PlaybackLevel, ...]
    field: Field = "free"

    @classmethod
    def of(cls, levels: Sequence[str], features: FeatureList, field: Field = "free") -> "Settings":
        """Return settings for levels such as ``laeq:45``; for those of the list if there are none.

        Raises
        ------
        InputError
            If a text is no level.
        """
        texts = levels or features.playback_levels
        return cls(tuple(PlaybackLevel.parse(text) for text in dict.fromkeys(texts)), field)

    def expanded(self, features: FeatureList) -> FeatureList:
        """Return the feature list with one entry for each playback level."""
        return features.at_levels([(level.suffix, level.words) for level in self.levels])


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
        playback = _playback(settings, found)
        pascals = {p.name: p.pascals_per_unit for p in playback if p.pascals_per_unit is not None}
        if pascals and info.duration_s >= SHORTEST_HEARD_S:
            more = level_dependent_families(info.rate_hz, info.n_channels, pascals, settings.field)
            rest = 1 - FIRST_PASS_SHARE
            _run(info, more, stores, lambda share: tell(FIRST_PASS_SHARE + rest * share))
            found.add(more)
        tell(1.0)
        return _profile(found, playback, settings.expanded(features))


def _run(info: AudioInfo, families: list[Family], stores: SeriesStores, tell: Progress) -> None:
    """Send a file through families, block by block."""
    done = 0
    for block in read_blocks(info.path):
        samples = np.ascontiguousarray(block.T)
        for family in families:
            _keep(stores, family.push(samples))
        done += len(block)
        tell(done / info.n_frames)
    for family in families:
        _keep(stores, family.finish())


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

    def is_silent(self, channel: int) -> bool:
        """Say whether every sample of a channel is zero."""
        return self._channels["rms_level_dbfs"][channel] == SILENT

    def a_weighted_power(self) -> float | None:
        """Return the A-weighted mean square, averaged over channels; None if there is none."""
        levels = self._channels["a_weighted_level_dbfs"]
        power = [10 ** (x / 10) / 2 if isinstance(x, float) else 0.0 for x in levels]
        return float(np.mean(power)) if any(power) else None

    def in_channel(self, feature: FeatureDefinition, channel: int) -> Measurement:
        """Return what a feature is in one channel."""
        if self.is_silent(channel):
            return _undefined(feature, SILENT.flag)
        if feature.name in self._channels:
            return _value(feature, self._channels[feature.name][channel])
        if feature.name not in self._columns:
            is_short = self.info.duration_s < SHORTEST_HEARD_S
            return _undefined(feature, "shorter_than_window" if is_short else "rate_too_low")
        return self._distribution(feature, channel)

    def in_pair(self, feature: FeatureDefinition) -> Measurement:
        """Return what a feature is in all channels together."""
        if feature.name in self._pair:
            return _value(feature, self._pair[feature.name])
        if self.info.n_channels != 2 and feature.needs_two_ears:
            return _undefined(feature, "not_two_channels")
        if all(self.is_silent(channel) for channel in range(self.info.n_channels)):
            return _undefined(feature, SILENT.flag)
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


def _playback(settings: Settings, found: _Found) -> tuple[Playback, ...]:
    """Return what each stated level means for the samples of this clip."""
    power = found.a_weighted_power()
    return tuple(
        Playback(
            name=level.suffix,
            kind="assumed",
            statement=level.words,
            pascals_per_unit=None if power is None else level.pascals_per_unit(power),
            field=settings.field,
        )
        for level in settings.levels
    )


def _profile(found: _Found, playback: tuple[Playback, ...], features: FeatureList) -> ClipProfile:
    """Return the profile of a clip, its features in the order of the list."""
    info = found.info
    return ClipProfile(
        file=_file_record(info),
        parameters=_framing_record(info.rate_hz),
        playback=playback,
        channels={
            name: {f.name: found.in_channel(f, k) for f in features.of_scope("channel")}
            for k, name in enumerate(channel_names(info.n_channels))
        },
        pair={f.name: found.in_pair(f) for f in features.of_scope("pair")},
        flags=found.flags(),
    )


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
