"""The acoustic profile of a clip, and the definitions of the features in it.

``FeatureList`` is ``schemas/features.yaml``: what each feature is, its unit and its source.
``ClipProfile`` is what was measured in one file: a ``Value`` or a ``Distribution`` for each
feature, per channel and for all channels together (``pair``). A quantity that is not defined is
null and names the flag that says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from asmr_stim.schema.base import (
    Count,
    Id,
    Many,
    PositiveCount,
    PositiveNumber,
    Record,
    SemanticVersion,
    Sha256,
    Text,
)
from asmr_stim.schema.calibration import Calibration

FORMAT: Literal["asmr_stim clip profiles"] = "asmr_stim clip profiles"
STATISTICS = ("mean", "sd", "p5", "p10", "p50", "p90", "p95")


class FeatureDefinition(Record):
    """What a feature is.

    Parameters
    ----------
    scope : {"channel", "pair"}
        Measured in each channel, or in all channels together.
    per_clip : {"value", "distribution"}
        One number a clip, or the distribution of a number over the frames of the clip.
    depends_on_playback_level : bool
        Whether turning up the volume at the listener's changes it, so that it needs a calibration.
    changes_with_gain : {"no", "as_level", "yes"}
        What a gain applied to the samples does: nothing, the same decibels, or something else.
    needs_two_ears : bool
        Whether it compares left and right, so that only files of two channels have it.
    is_printed : bool
        Whether it stands in the long table for a person; all stand in files.
    is_summary : bool
        Whether it stands in the short table.
    decimals : int
        Digits after the point when it is shown to a person.
    """

    name: Id
    label: Text
    unit: Text
    family: Id
    scope: Literal["channel", "pair"]
    per_clip: Literal["value", "distribution"]
    depends_on_playback_level: bool
    changes_with_gain: Literal["no", "as_level", "yes"]
    needs_two_ears: bool = False
    is_printed: bool = True
    is_summary: bool = False
    decimals: Annotated[int, Field(ge=0, le=9)]
    definition: Text
    source: Text


class FlagDefinition(Record):
    """What a flag in a profile means.

    Parameters
    ----------
    is_fault : bool
        Whether it tells of something that is amiss or missing; false where there is nothing to be
        found, as it should be.
    """

    name: Id
    meaning: Text
    is_fault: bool = True


@dataclass(frozen=True, slots=True)
class LevelWords:
    """How a playback level is spoken of.

    Parameters
    ----------
    suffix : str
        What is added to the name of a feature, such as ``at_laeq_40_db``.
    label : str
        What is added to its label, such as ``LAeq 40 dB``.
    statement : str
        The whole of it: of which ear the level is, and that it is assumed or measured.
    """

    suffix: str
    label: str
    statement: str


class FeatureList(Record):
    """Every feature and flag that a profile of this version may hold, in order."""

    feature_set_version: SemanticVersion
    playback_levels: Many[Text]
    statistics: dict[str, Text]
    features: Many[FeatureDefinition]
    flags: Many[FlagDefinition]

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        for names in ([f.name for f in self.features], [f.name for f in self.flags]):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"'{twice[0]}' is defined twice")
        if tuple(self.statistics) != STATISTICS:
            raise ValueError(f"the statistics are {', '.join(STATISTICS)}")
        return self

    def at_levels(self, levels: Sequence[LevelWords]) -> "FeatureList":
        """Return the list with each level-dependent feature once for each playback level."""
        expanded: list[FeatureDefinition] = []
        for feature in self.features:
            if not feature.depends_on_playback_level:
                expanded.append(feature)
                continue
            for level in levels:
                words = {
                    "name": f"{feature.name}_{level.suffix}",
                    "label": f"{feature.label}, {level.label}",
                    "definition": f"{feature.definition} Played at: {level.statement}.",
                }
                expanded.append(feature.model_copy(update=words))
        return self.model_copy(update={"features": tuple(expanded)})

    def of_scope(self, scope: Literal["channel", "pair"]) -> tuple[FeatureDefinition, ...]:
        """Return the features measured in each channel, or in all channels together."""
        return tuple(feature for feature in self.features if feature.scope == scope)


class Value(Record):
    """One number of a clip, or null and the flag that says why."""

    unit: Text
    value: float | None
    flag: Id | None = None

    @model_validator(mode="after")
    def _null_has_a_reason(self) -> Self:
        _check_reason(self.flag, is_null=self.value is None)
        return self


class Distribution(Record):
    """How a number is distributed over the frames of a clip in which it is defined."""

    unit: Text
    n_frames: Count
    mean: float | None
    sd: float | None
    p5: float | None
    p10: float | None
    p50: float | None
    p90: float | None
    p95: float | None
    flag: Id | None = None

    @model_validator(mode="after")
    def _null_has_a_reason(self) -> Self:
        nulls = {getattr(self, name) is None for name in STATISTICS}
        if len(nulls) > 1:
            raise ValueError("either every statistic is null or none")
        if nulls.pop() != (self.n_frames == 0):
            raise ValueError("a distribution is null if and only if it has no frame")
        _check_reason(self.flag, is_null=self.n_frames == 0)
        return self


Measurement = Value | Distribution


def _check_reason(flag: str | None, *, is_null: bool) -> None:
    if is_null == (flag is None):
        raise ValueError("a null names the flag that says why, and only a null does")


class Decoding(Record):
    """How a container was turned into samples, and where they were put.

    Parameters
    ----------
    decoder : str
        Program and version.
    n_audio_tracks : int
        Tracks in the file; the first one was measured.
    codec_delay_samples : int
        What the encoder put before the sound and was taken away.
    codec_delay_from : {"container", "assumed"}
        Who says so; what is usual for the codec is assumed where the container is silent about it.
    start_offset_samples : int
        Silence before the sound, where it begins later than the picture.
    """

    decoder: Text
    n_audio_tracks: PositiveCount
    codec_delay_samples: Count
    codec_delay_from: Literal["container", "assumed"]
    start_offset_samples: Count


class ClipFile(Record):
    """The file that was measured, as it is: nothing is resampled or mixed.

    Parameters
    ----------
    decoding : Decoding or None
        How ffmpeg decoded it; null where the samples are read as they stand.
    """

    name: Text
    sha256: Sha256
    container: Text
    encoding: Text
    rate_hz: PositiveCount
    n_channels: PositiveCount
    n_frames: PositiveCount
    duration_s: Annotated[float, Field(gt=0)]
    decoding: Decoding | None = None


class Part(Record):
    """What of a clip was measured, if not the whole.

    Parameters
    ----------
    name : str
        ``r001`` and so on for a region; the term for a trigger.
    kind : {"region", "trigger"}
        One annotated region, or all that carry a term, joined in the order of time.
    annotation : str
        The file that the regions stand in.
    rater : str
        Who annotated.
    source, act, channel : str or None
        Terms of the region; of a trigger only the term that it is.
    ear : {"left", "right", "both"} or None
        The ear that the rater named; all channels are measured whatever it is.
    onset_s, offset_s : float
        From the begin of the first region to the end of the last one, seconds.
    intensity, pace, confidence, facets
        What else the rater said of a region; of a trigger nothing.
    duration_s : float
        Length of what was measured; time in two regions of a trigger counts once.
    n_regions : int
        Regions in it.
    """

    name: Text
    kind: Literal["region", "trigger"]
    annotation: Text
    rater: Text
    source: Id | None = None
    act: Id | None = None
    channel: Id | None = None
    ear: Literal["left", "right", "both"] | None = None
    intensity: PositiveCount | None = None
    pace: Text | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    facets: dict[Id, Text] = Field(default_factory=dict)
    onset_s: Annotated[float, Field(ge=0)]
    offset_s: PositiveNumber
    duration_s: PositiveNumber
    n_regions: PositiveCount = 1


class Framing(Record):
    """How the sound was cut into frames, and the windows of the running features."""

    frame_samples: PositiveCount
    hop_samples: PositiveCount
    window: Literal["hann"] = "hann"
    centred: Literal[False] = False
    running_window_s: PositiveNumber = 0.5
    running_step_s: PositiveNumber = 0.1


class CalibrationUse(Record):
    """The calibration file that a clip was measured with.

    Parameters
    ----------
    file : str
        Its name.
    sha256 : str
        Of its bytes.
    record : Calibration
        What it says.
    response_applied : bool
        Whether the frequency response of the transducer was applied to the samples.
    """

    file: Text
    sha256: Sha256
    record: Calibration
    response_applied: bool


class Playback(Record):
    """How loud the clip was taken to be for the features whose name ends in ``name``.

    Parameters
    ----------
    kind : {"assumed", "measured"}
        ``assumed``: stated by the user or by default; ``measured``: by a calibration file.
    statement : str
        The level in words, with the ear that it is of.
    pascals_per_unit : dict or None
        Sound pressure of a sample of 1 in each channel, Pa; null if the channel that the level is
        of is silent, so that no level fits.
    field : {"free", "diffuse"}
        The sound field that loudness was computed for.
    calibration : CalibrationUse or None
        What was measured; null if the level is assumed.
    """

    name: Id
    kind: Literal["assumed", "measured"]
    statement: Text
    pascals_per_unit: dict[str, PositiveNumber] | None
    field: Literal["free", "diffuse"]
    calibration: CalibrationUse | None = None

    @model_validator(mode="after")
    def _a_measured_level_names_its_file(self) -> Self:
        if (self.kind == "measured") != (self.calibration is not None):
            raise ValueError("a level is measured if and only if a calibration is named")
        return self


class ClipFlag(Record):
    """Something about the whole clip that a reader of its numbers should know."""

    name: Id
    detail: Text


class ClipProfile(Record):
    """What was measured in one clip, or in a part of it.

    ``onset_times_s`` are the times in each channel at which events begin, as ``onset_rate_per_s``
    counts them, from the begin of the clip or of the part.
    """

    file: ClipFile
    part: Part | None = None
    parameters: Framing
    playback: Many[Playback]
    channels: dict[str, dict[str, Measurement]]
    pair: dict[str, Measurement]
    onset_times_s: dict[str, Many[Annotated[float, Field(ge=0)]]] = Field(default_factory=dict)
    flags: Many[ClipFlag] = ()

    @model_validator(mode="after")
    def _channels_are_those_of_the_file(self) -> Self:
        expected = channel_names(self.file.n_channels)
        of_onsets = tuple(self.onset_times_s)
        if tuple(self.channels) != expected or of_onsets not in ((), expected):
            raise ValueError(f"the channels must be {', '.join(expected)}")
        return self


class ProfileSet(Record):
    """The profiles of several clips, measured with one version of the feature list."""

    format: Literal["asmr_stim clip profiles"] = FORMAT
    feature_set_version: SemanticVersion
    asmr_stim_version: Text
    clips: dict[str, ClipProfile]


def channel_names(n_channels: int) -> tuple[str, ...]:
    """Return ``mono``, ``left`` and ``right``, or ``ch1`` to ``chN``.

    Examples
    --------
    >>> channel_names(2), channel_names(3)
    (('left', 'right'), ('ch1', 'ch2', 'ch3'))
    """
    named = {1: ("mono",), 2: ("left", "right")}
    return named.get(n_channels, tuple(f"ch{k + 1}" for k in range(n_channels)))
