"""Measure clips: one pass over a file, every family of features, a profile at the end.

``measure_clip`` measures one file; ``measure_clips`` several, going on after a bad one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from asmr_stim import __version__
from asmr_stim.acoustics import framing
from asmr_stim.acoustics.distribution import distribution
from asmr_stim.acoustics.families import all_families
from asmr_stim.acoustics.readings import Family, Reading, Undefined
from asmr_stim.errors import AsmrStimError
from asmr_stim.io.audio import AudioInfo, audio_info, audio_sha256, read_blocks
from asmr_stim.io.series import SeriesStores
from asmr_stim.schema.profile import (
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

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """The profiles of the clips that could be measured, and a sentence for each that could not."""

    profiles: ProfileSet
    problems: tuple[str, ...]


def measure_clips(
    paths: Iterable[Path], features: FeatureList, progress: Progress | None = None
) -> Measured:
    """Return the profiles of sound files.

    Parameters
    ----------
    paths : iterable of Path
        Sound files; one that is named twice is measured once.
    features : FeatureList
        The definitions, which give units and the order.
    progress : callable, optional
        Told the share of all files that is done, 0 to 1, again and again.

    Returns
    -------
    Measured
        Profiles by file name, or by path where two files have the same name.
    """
    unique = list(dict.fromkeys(paths))
    clips: dict[str, ClipProfile] = {}
    problems = []
    for k, path in enumerate(unique):

        def whole(share: float, k: int = k) -> None:
            if progress is not None:
                progress((k + share) / len(unique))

        try:
            clips[_key(path, unique)] = measure_clip(path, features, whole)
        except AsmrStimError as error:
            problems.append(str(error))
    profiles = ProfileSet(
        feature_set_version=features.feature_set_version,
        asmr_stim_version=__version__,
        clips=clips,
    )
    return Measured(profiles, tuple(problems))


def _key(path: Path, paths: list[Path]) -> str:
    """Return the file name, or the path if another file has the same name."""
    is_shared = sum(other.name == path.name for other in paths) > 1
    return str(path) if is_shared else path.name


def measure_clip(
    path: Path, features: FeatureList, progress: Progress | None = None
) -> ClipProfile:
    """Return the profile of one sound file, read once, in bounded memory.

    Raises
    ------
    AsmrStimError
        If the file cannot be read; the sentence says why.
    """
    info = audio_info(path)
    families = all_families(info.rate_hz, info.n_channels)
    with SeriesStores() as stores:
        done = 0
        for block in read_blocks(path):
            samples = block.T.copy()
            for family in families:
                stores.append(family.name, family.push(samples))
            done += len(block)
            if progress is not None:
                progress(done / info.n_frames)
        channels, pair = _measurements(families, stores, features, info)
    return ClipProfile(
        file=_file_record(info),
        parameters=_framing_record(info.rate_hz),
        channels=channels,
        pair=pair,
        flags=_clip_flags(info),
    )


def _measurements(
    families: list[Family], stores: SeriesStores, features: FeatureList, info: AudioInfo
) -> tuple[dict[str, dict[str, Measurement]], dict[str, Measurement]]:
    """Return the measurements of every channel and of the pair, in the order of the list."""
    readings = [family.readings() for family in families]
    columns = {name: (f.name, k) for f in families for k, name in enumerate(f.columns)}
    values = {name: row for r in readings for name, row in r.channels.items()}
    pair_values = {name: value for r in readings for name, value in r.pair.items()}
    too_short = info.n_frames < framing.Framing.for_rate(info.rate_hz).length

    def of_channel(feature: FeatureDefinition, channel: int) -> Measurement:
        if feature.per_clip == "value":
            return _value(feature, values[feature.name][channel])
        family, index = columns[feature.name]
        flag = "shorter_than_frame" if too_short else "silent"
        return _distribution(feature, stores, (family, channel, index), flag)

    channels = {
        name: {f.name: of_channel(f, k) for f in features.of_scope("channel")}
        for k, name in enumerate(channel_names(info.n_channels))
    }
    pair: dict[str, Measurement] = {
        f.name: _value(f, pair_values[f.name]) for f in features.of_scope("pair")
    }
    return channels, pair


def _value(feature: FeatureDefinition, reading: Reading) -> Value:
    """Return a reading with its unit."""
    if isinstance(reading, Undefined):
        return Value(unit=feature.unit, value=None, flag=reading.flag)
    return Value(unit=feature.unit, value=reading)


def _distribution(
    feature: FeatureDefinition, stores: SeriesStores, place: tuple[str, int, int], flag: str
) -> Distribution:
    """Return how a series is distributed, with its unit."""
    found = distribution(stores.column(*place))
    if found is None:
        nulls = dict.fromkeys(("mean", "sd", "p5", "p10", "p50", "p90", "p95"))
        return Distribution(unit=feature.unit, n_frames=0, flag=flag, **nulls)
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


def _clip_flags(info: AudioInfo) -> tuple[ClipFlag, ...]:
    """Return what a reader should know of the clip as a whole."""
    if info.n_channels <= 2:
        return ()
    return (
        ClipFlag(name="channel_layout_assumed", detail=f"{info.n_channels} channels in the file"),
    )
