"""Calibrate a playback chain: write what is played, take what the meter reads, look at it.

Offers: ``start_calibration``, ``open_fields``, ``checked_entries``, ``stated_calibration``.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from asmr_stim.acoustics.calibration_signals import (
    TONE_DBFS,
    NoiseShape,
    calibration_noise,
    calibration_tone,
    default_shape,
    shape_of_spectrum,
)
from asmr_stim.acoustics.long_term import LongTermSpectrum
from asmr_stim.acoustics.stft import ShortTimeTransform
from asmr_stim.errors import InputError
from asmr_stim.io.audio import audio_info, read_blocks
from asmr_stim.io.calibration import (
    Entry,
    calibration_sha256,
    new_calibration_text,
    read_calibration,
    sound_bytes,
    write_new,
)
from asmr_stim.io.messages import findings_of
from asmr_stim.schema.calibration import NEEDED, Calibration, PlayedSignals
from asmr_stim.workflows.presentation import EARS, StatedCalibration, check_usable

FILE = "calibration.yaml"
RATE_HZ = 48000
LOWEST_RATE_HZ = 8000  # below it, there is no A-weighting
_NOTHING = 1e-20  # power of a bin that no sound has
_TONE, _NOISE = "calibration_tone_{}.wav", "calibration_noise_{}.wav"


def start_calibration(folder: Path, like: Path | None = None, duration_s: float = 30.0) -> Path:
    """Write test signals for each ear and a calibration file to be filled in; return the latter.

    Parameters
    ----------
    folder : Path
        Where they go; made if it is not there.
    like : Path, optional
        A clip whose rate and long-term spectrum the noise has; 48 kHz and pink without it.
    duration_s : float
        Length of each signal.

    Raises
    ------
    AsmrStimError
        If a file stands there already, cannot be written, or the clip cannot be used.
    """
    rate_hz, shape = (RATE_HZ, default_shape(RATE_HZ)) if like is None else _shape_of(like)
    tone = calibration_tone(duration_s, rate_hz)
    noise = calibration_noise(duration_s, rate_hz, shape)
    signals = PlayedSignals(tone_dbfs=TONE_DBFS, noise_a_weighted_dbfs=noise.a_weighted_dbfs)
    text = new_calibration_text(signals, _TONE.format("left"), _NOISE.format("left"))
    files = {}
    for name, samples in ((_TONE, tone), (_NOISE, noise.samples)):
        for ear in EARS:
            files[folder / name.format(ear)] = sound_bytes(_alone(samples, ear), rate_hz)
    write_new(files | {folder / FILE: text.encode()})
    return folder / FILE


def _alone(samples: NDArray[np.float64], ear: str) -> NDArray[np.float64]:
    """Return two channels of which one is silent."""
    both = np.zeros((2, len(samples)))
    both[0 if ear == "left" else 1] = samples
    return both


def _shape_of(clip: Path) -> tuple[int, NoiseShape]:
    """Return the rate of a clip and the shape of its mean spectrum over channels."""
    info = audio_info(clip)
    if info.rate_hz < LOWEST_RATE_HZ:
        raise InputError(
            f"{clip} has a rate of {info.rate_hz} Hz, and A-weighting needs {LOWEST_RATE_HZ} Hz; "
            "take another clip"
        )
    transform = ShortTimeTransform(info.rate_hz, info.n_channels)
    spectra = [LongTermSpectrum(transform.bins_hz) for _ in range(info.n_channels)]
    for block in read_blocks(clip):
        for batch in transform.batches(np.ascontiguousarray(block.T)):
            for spectrum, of_channel in zip(spectra, batch.spectra, strict=True):
                spectrum.push(of_channel)
    power = np.mean([10 ** (spectrum.levels_db() / 10) for spectrum in spectra], axis=0)
    shape = shape_of_spectrum(transform.bins_hz, np.where(power > _NOTHING, power, 0.0))
    if shape is None:
        raise InputError(f"{clip} is silent or shorter than 43 ms; take a clip with sound in it")
    return info.rate_hz, shape


def open_fields(record: Calibration) -> tuple[str, ...]:
    """Return the places of a calibration that may be entered and are null, in order."""
    readings = [f"{ear}.{signal}_db" for signal in ("tone", "noise") for ear in EARS]
    content = record.model_dump()
    places = [*NEEDED, *readings]
    return tuple(place for place in places if _at(content, place) is None)


def _at(content: Mapping[str, Any], place: str) -> Any:
    *outer, last = place.split(".")
    return (content[outer[0]] if outer else content)[last]


def checked_entries(
    path: Path, record: Calibration, entries: Mapping[str, Entry], *, replace: bool
) -> dict[str, Entry]:
    """Return the entries that change a calibration file, or say why they cannot be taken.

    Parameters
    ----------
    path : Path
        The file, for the sentence.
    record : Calibration
        What it says.
    entries : mapping
        Values by place, such as ``left.tone_db``.
    replace : bool
        Whether what was entered before may be replaced.

    Raises
    ------
    InputError
        If a value does not fit, or another one stands there and may not be replaced.
    """
    content = record.model_dump()
    changed: dict[str, Entry] = {}
    for place, value in entries.items():
        there = _at(content, place)
        if there == value:
            continue
        if there not in (None, ()) and place != "gain_from" and not replace:
            raise InputError(
                f"{path}: {place} is {_shown(there)} already; to put {_shown(value)} in its place "
                "add --replace"
            )
        *outer, last = place.split(".")
        (content[outer[0]] if outer else content)[last] = changed[place] = value
    try:
        Calibration.model_validate(content)
    except ValidationError as error:
        finding = findings_of(error, Calibration, content)[0]
        place = ".".join(map(str, finding.where))
        what = finding.message.removeprefix("'the file': ")
        raise InputError(f"{path}: {place + ': ' if place else ''}{what}") from None
    return changed


def _shown(value: object) -> str:
    """Return a value as a sentence names it."""
    return f"of {len(value)} points" if isinstance(value, list | tuple) else str(value)


def stated_calibration(path: Path, today: str) -> StatedCalibration:
    """Return a calibration to measure clips with.

    Parameters
    ----------
    path : Path
        Its file.
    today : str
        The day of today, as 2026-11-22: it may have expired.

    Raises
    ------
    AsmrStimError
        If it cannot be read, or lacks the reading of an ear.
    """
    record = read_calibration(path)
    stated = StatedCalibration(path.name, calibration_sha256(path), record, today)
    check_usable(stated, path)
    return stated
