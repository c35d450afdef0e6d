"""How loud a clip is heard: what assumed levels or a calibration mean for its samples.

Offers: ``StatedCalibration``, ``Presentation``, ``presentation``, ``level_words``,
``calibration_flags``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from asmr_stim.acoustics.core_loudness import Field
from asmr_stim.acoustics.ear_pressure import EarPressure, Response
from asmr_stim.acoustics.playback import PlaybackLevel, pascals_per_unit
from asmr_stim.errors import InputError
from asmr_stim.io.audio import AudioInfo
from asmr_stim.schema.calibration import Calibration, Ear, EarReadings
from asmr_stim.schema.profile import CalibrationUse, ClipFlag, LevelWords, Playback, channel_names

CALIBRATED = "calibrated"
EARS: tuple[Ear, Ear] = ("left", "right")
MOST_APART_DB = 1.0  # ears that differ by more are told of
# Flags by which a calibration may not hold; that the ears differ is no doubt of it.
DOUBTS = {
    "calibration_incomplete",
    "calibration_expired",
    "calibration_date_ahead",
    "calibration_readings_disagree",
}
MOST_DISAGREEMENT_DB = 3.0  # tone and noise that differ by more are told of
_ROUNDING_DB = 1e-6


@dataclass(frozen=True, slots=True)
class StatedCalibration:
    """A calibration file to be used: its name and SHA-256, what it says, and today's date."""

    file: str
    sha256: str
    record: Calibration
    today: str


@dataclass(frozen=True, slots=True)
class Presentation:
    """How one clip is heard.

    Parameters
    ----------
    playback : tuple of Playback
        What the profile says of it.
    pascals : dict
        Sound pressure of what the families are given as 1, Pa, by the suffix of each level; empty
        if there is none.
    ears : EarPressure or None
        What samples go through before they are given to the families.
    flags : tuple of ClipFlag
        What a reader of the numbers should know.
    why_none : str
        The flag of features that have no level.
    """

    playback: tuple[Playback, ...]
    pascals: dict[str, float]
    ears: EarPressure | None = None
    flags: tuple[ClipFlag, ...] = ()
    why_none: str = "rate_too_low"


def level_words(
    levels: Sequence[PlaybackLevel], calibration: StatedCalibration | None
) -> list[LevelWords]:
    """Return how the levels are spoken of in names, labels and definitions."""
    if calibration is None:
        return [LevelWords(level.suffix, level.words, level.statement) for level in levels]
    flags = {flag.name for flag in calibration_flags(calibration.record, calibration.today)}
    label = f"{CALIBRATED}, see flags" if flags & DOUBTS else CALIBRATED
    return [LevelWords(CALIBRATED, label, _statement(calibration))]


def presentation(
    info: AudioInfo,
    levels: Sequence[PlaybackLevel],
    calibration: StatedCalibration | None,
    field: Field,
    powers: Sequence[float] | None,
) -> Presentation:
    """Return how a clip is heard.

    Parameters
    ----------
    info : AudioInfo
        The clip.
    levels : sequence of PlaybackLevel
        Assumed levels; not looked at if there is a calibration.
    calibration : StatedCalibration or None
        What was measured.
    field : {"free", "diffuse"}
        The sound field that loudness is computed for.
    powers : sequence of float or None
        A-weighted mean square of each channel; None if there is none.

    Raises
    ------
    InputError
        If the level is of an ear that the file has not, the calibration lacks the reading of an
        ear, or it is used for more than two channels.
    """
    if calibration is not None:
        return _measured(info, calibration, field, has_sound=powers is not None and any(powers))
    _check_ears(info, levels)
    names = channel_names(info.n_channels)
    playback, pascals = [], {}
    for level in levels:
        power = _power_of(level, powers)
        scale = level.pascals_per_unit(power) if power > 0 else None
        if scale is not None:
            pascals[level.suffix] = scale
        playback.append(
            Playback(
                name=level.suffix,
                kind="assumed",
                statement=level.statement,
                pascals_per_unit=None if scale is None else dict.fromkeys(names, scale),
                field=field,
            )
        )
    is_ear_silent = powers is not None and any(powers)
    why_none = "level_of_silent_ear" if is_ear_silent else "rate_too_low"
    return Presentation(tuple(playback), pascals, why_none=why_none)


def _check_ears(info: AudioInfo, levels: Sequence[PlaybackLevel]) -> None:
    for level in levels:
        if level.ear != "mean" and info.n_channels != 2:
            counted = "1 channel" if info.n_channels == 1 else f"{info.n_channels} channels"
            raise InputError(
                f"{info.path} has {counted}, hence no {level.ear} ear whose level could be "
                f"stated; write laeq:{level.level_db:g}"
            )


def _power_of(level: PlaybackLevel, powers: Sequence[float] | None) -> float:
    """Return the A-weighted power that a level is of; 0 if there is none."""
    if powers is None or not any(powers):
        return 0.0
    if level.ear == "mean" or level.kind == "sine0dbfs":
        return float(np.mean(powers))
    return powers[EARS.index(level.ear)]


def _measured(
    info: AudioInfo, calibration: StatedCalibration, field: Field, *, has_sound: bool
) -> Presentation:
    """Return how a clip is heard by a calibrated chain."""
    gains = _gains(info, calibration)
    responses, note = _responses(info, calibration.record, field)
    is_applied = any(response is not None for response in responses)
    use = CalibrationUse(
        file=calibration.file,
        sha256=calibration.sha256,
        record=calibration.record,
        response_applied=is_applied,
    )
    names = channel_names(info.n_channels)
    playback = Playback(
        name=CALIBRATED,
        kind="measured",
        statement=_statement(calibration),
        pascals_per_unit=dict(zip(names, gains, strict=True)) if has_sound else None,
        field=field,
        calibration=use,
    )
    flags = [*calibration_flags(calibration.record, calibration.today)]
    if note is not None:
        flags.append(ClipFlag(name="calibration_response_not_applied", detail=note))
    return Presentation(
        (playback,),
        {CALIBRATED: 1.0} if has_sound else {},
        EarPressure(info.rate_hz, gains, responses),
        tuple(flags),
    )


def _gains(info: AudioInfo, calibration: StatedCalibration) -> list[float]:
    """Return the sound pressure of a sample of 1 in each channel, Pa."""
    if info.n_channels > 2:
        raise InputError(
            f"{info.path} has {info.n_channels} channels, and a calibration is of two ears; "
            "measure it without --calibration"
        )
    of_ears = []
    for ear in EARS:
        level_db = calibration.record.full_scale_db(ear)
        if level_db is None:
            raise InputError(_lacks(calibration, ear, calibration.file))
        of_ears.append(pascals_per_unit(level_db))
    if info.n_channels == 1:
        return [float(np.sqrt(np.mean(np.square(of_ears))))]
    return of_ears


def _lacks(calibration: StatedCalibration, ear: Ear, file: str) -> str:
    signal = calibration.record.gain_from
    return (
        f"{file} has no reading of the {signal} at the {ear} ear ({ear}.{signal}_db); "
        f"enter it with: asmr-stim calibrate enter {file} --{ear}-{signal} DB"
    )


def check_usable(calibration: StatedCalibration, path: Path) -> None:
    """Refuse a calibration that lacks the reading of an ear, before anything is measured.

    Parameters
    ----------
    calibration : StatedCalibration
    path : Path
        Where its file is, for the sentence.

    Raises
    ------
    InputError
        If it does.
    """
    for ear in EARS:
        if calibration.record.full_scale_db(ear) is None:
            raise InputError(_lacks(calibration, ear, str(path)))


def _responses(
    info: AudioInfo, record: Calibration, field: Field
) -> tuple[list[Response | None], str | None]:
    """Return the responses that apply, and why those that are there do not."""
    nothing: list[Response | None] = [None] * info.n_channels
    readings = [record.ear(ear) for ear in EARS]
    if not any(each.response for each in readings):
        return nothing, None
    if info.n_channels == 1:
        return nothing, "one channel is heard by both ears, whose responses are two"
    if record.response_referred_to != field:
        found = record.response_referred_to
        return nothing, f"it is referred to {found}, and loudness is for a {field} field"
    return [_response(each) for each in readings], None


def _response(readings: EarReadings) -> Response | None:
    if not readings.response:
        return None
    return Response(
        np.array([point.frequency_hz for point in readings.response]),
        np.array([point.level_db for point in readings.response]),
    )


def calibration_flags(record: Calibration, today: str) -> Iterator[ClipFlag]:
    """Yield what a user of a calibration should know, as of a day such as ``2026-11-22``."""
    missing = record.missing()
    if missing:
        detail = f"not filled in: {', '.join(missing)}"
        yield ClipFlag(name="calibration_incomplete", detail=detail)
    if record.expires is not None and record.expires < today:
        yield ClipFlag(name="calibration_expired", detail=f"it held until {record.expires}")
    if record.date is not None and record.date > today:
        yield ClipFlag(name="calibration_date_ahead", detail=f"it is dated {record.date}")
    left, right = (record.full_scale_db(ear) for ear in EARS)
    if left is not None and right is not None:
        apart_db = abs(left - right)
        if apart_db > MOST_APART_DB + _ROUNDING_DB:
            louder = "left" if left > right else "right"
            detail = f"the {louder} ear is louder by {apart_db:.1f} dB"
            yield ClipFlag(name="calibration_ears_differ", detail=detail)
    for ear in EARS:
        yield from _disagreement(record, ear)


def _disagreement(record: Calibration, ear: Ear) -> Iterator[ClipFlag]:
    """Yield a flag if tone and noise say different things of an ear."""
    tone, noise = record.full_scale_by(ear, "tone"), record.full_scale_by(ear, "noise")
    if tone is None or noise is None:
        return
    apart_db = abs(tone - noise)
    if apart_db > MOST_DISAGREEMENT_DB + _ROUNDING_DB:
        word = "louder" if noise > tone else "softer"
        detail = f"{ear}: by the noise a sample is {apart_db:.1f} dB {word} than by the tone"
        yield ClipFlag(name="calibration_readings_disagree", detail=detail)


def _statement(calibration: StatedCalibration) -> str:
    """Return the level of full scale at each ear, and which file says so."""
    record = calibration.record
    ears = ", ".join(f"{ear} {_level(record.full_scale_db(ear))}" for ear in EARS)
    return (
        f"a full-scale sine is {ears}, measured with the {record.gain_from} ({calibration.file}, "
        f"{record.date or 'no date'})"
    )


def _level(level_db: float | None) -> str:
    return "not read" if level_db is None else f"{level_db:.1f} dB SPL"
