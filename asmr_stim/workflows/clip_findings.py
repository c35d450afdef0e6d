"""What was found in a clip or a part of one, and the profile that is made of it."""

from collections.abc import Iterator
from functools import partial

from asmr_stim.acoustics import framing
from asmr_stim.acoustics.distribution import distribution
from asmr_stim.acoustics.readings import SILENT, Family, Reading, Remark, Series, Undefined
from asmr_stim.acoustics.sliding import Window
from asmr_stim.io.audio import AudioInfo
from asmr_stim.io.series import SeriesStores
from asmr_stim.schema.profile import (
    STATISTICS,
    ClipFile,
    ClipFlag,
    ClipProfile,
    Decoding,
    Distribution,
    FeatureDefinition,
    FeatureList,
    Framing,
    Measurement,
    Part,
    Value,
    channel_names,
)
from asmr_stim.workflows.feature_settings import Settings
from asmr_stim.workflows.presentation import Presentation, presentation

SHORTEST_HEARD_S = 0.05  # in less, the filters of the ear have not yet answered


class Findings:
    """What the families have found in a clip, by the name of the feature.

    Parameters
    ----------
    info : AudioInfo
        The clip.
    stores : SeriesStores
        Where the rows of the series are.
    families : list of Family
        Those that have run so far; ``level_free_families`` at least.
    part : Part or None
        What of the clip was measured, if not the whole.
    """

    def __init__(
        self,
        info: AudioInfo,
        stores: SeriesStores,
        families: list[Family],
        part: Part | None = None,
    ) -> None:
        self.info = info
        self.part = part
        self._stores = stores
        self._channels: dict[str, list[Reading]] = {}
        self._pair: dict[str, Reading] = {}
        self._columns: dict[str, tuple[Series, int]] = {}
        self.series: list[Series] = []
        self._remarks: list[Remark] = []
        self._onsets_s: tuple[tuple[float, ...], ...] = ()
        self._why_no_level = "rate_too_low"
        self.add(families)

    def add(self, families: list[Family]) -> None:
        """Take the readings of families that have run."""
        for family in families:
            readings = family.readings()
            self._channels |= readings.channels
            self._pair |= readings.pair
            self._remarks += readings.remarks
            self._onsets_s = readings.onsets_s or self._onsets_s
            self.series += family.series
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

    def onset_times_s(self) -> dict[str, tuple[float, ...]]:
        """Return when events begin in each channel, from the begin of what was measured."""
        return dict(zip(channel_names(self.info.n_channels), self._onsets_s, strict=True))

    @property
    def duration_s(self) -> float:
        """Length of what was measured, seconds."""
        return self.info.duration_s if self.part is None else self.part.duration_s

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
        self.is_heard_by(heard)
        return heard

    def is_heard_by(self, heard: Presentation) -> None:
        """Take how loud it is heard from elsewhere: a part is as loud as it is in its clip."""
        self._why_no_level = heard.why_none

    def _why_absent(self) -> str:
        """Return the flag of features that no family has measured."""
        is_short = self.duration_s < SHORTEST_HEARD_S
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
        found = distribution(partial(self._stores.parts, series.name, channel, index))
        if found is None:
            is_there = any(map(len, self._stores.parts(series.name, channel, index)))
            return _undefined(feature, "never_defined" if is_there else "shorter_than_window")
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


def profile_of(
    found: Findings, heard: Presentation, features: FeatureList, settings: Settings, sha256: str
) -> ClipProfile:
    """Return the profile of a clip or part.

    Parameters
    ----------
    found : Findings
        What all families have found.
    heard : Presentation
        How loud the clip is heard.
    features : FeatureList
        Expanded for levels; its order is that of the profile.
    settings : Settings
        How it was measured.
    sha256 : str
        Of the file.
    """
    info = found.info
    return ClipProfile(
        file=_file_record(info, sha256),
        part=found.part,
        parameters=_framing_record(info.rate_hz, settings.running),
        playback=heard.playback,
        channels={
            name: {f.name: found.in_channel(f, k) for f in features.of_scope("channel")}
            for k, name in enumerate(channel_names(info.n_channels))
        },
        pair={f.name: found.in_pair(f) for f in features.of_scope("pair")},
        onset_times_s=found.onset_times_s(),
        flags=(
            *found.flags(),
            *_of_decoding(info),
            *heard.flags,
            *_of_field(found, heard),
        ),
    )


def _of_field(found: Findings, heard: Presentation) -> Iterator[ClipFlag]:
    """Yield what to know of the sound field, if the clip may be of a dummy head."""
    if heard.pascals and found.duration_s >= SHORTEST_HEARD_S and found.has_two_ears():
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


def _of_decoding(info: AudioInfo) -> Iterator[ClipFlag]:
    """Yield what to know of how a container became sound."""
    track = info.track
    if track is None:
        return
    if track.is_delay_assumed:
        detail = (
            f"the file does not say how much the encoder put before the sound; {track.n_delay} "
            f"samples were taken away, as is usual for {track.codec}"
        )
        yield ClipFlag(name="codec_delay_assumed", detail=detail)
    if track.n_silence:
        detail = f"{track.n_silence / track.rate_hz:.3f} s of silence stand for it"
        yield ClipFlag(name="sound_begins_late", detail=f"after the picture; {detail}")
    if track.n_tracks > 1:
        detail = f"the first of {track.n_tracks} audio tracks was measured"
        yield ClipFlag(name="several_audio_tracks", detail=detail)


def _file_record(info: AudioInfo, sha256: str) -> ClipFile:
    return ClipFile(
        name=info.path.name,
        sha256=sha256,
        container=info.container,
        encoding=info.encoding,
        rate_hz=info.rate_hz,
        n_channels=info.n_channels,
        n_frames=info.n_frames,
        duration_s=info.duration_s,
        decoding=_decoding_record(info),
    )


def _decoding_record(info: AudioInfo) -> Decoding | None:
    track = info.track
    if track is None:
        return None
    return Decoding(
        decoder=track.decoder,
        n_audio_tracks=track.n_tracks,
        codec_delay_samples=track.n_delay,
        codec_delay_from="assumed" if track.is_delay_assumed else "container",
        start_offset_samples=track.n_silence,
    )


def _framing_record(rate_hz: int, running: Window) -> Framing:
    frames = framing.Framing.for_rate(rate_hz)
    return Framing(
        frame_samples=frames.length,
        hop_samples=frames.hop,
        running_window_s=running.length_s,
        running_step_s=running.step_s,
    )
