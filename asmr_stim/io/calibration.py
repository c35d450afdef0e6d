"""Calibration files: written to be filled in, and filled in with every other character kept.

Offers: ``read_calibration``, ``calibration_sha256``, ``new_calibration_text``, ``write_new``,
``write_entered``, ``sound_bytes``.
"""

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from asmr_stim.errors import InputError, OutputError
from asmr_stim.io.study_fields import with_fields
from asmr_stim.io.writing import write_atomically
from asmr_stim.io.yaml_files import (
    check_kind,
    check_record,
    document_of,
    read_content,
    read_document,
)
from asmr_stim.schema.calibration import CALIBRATION_SCHEMA_VERSION, Calibration, PlayedSignals

_TEMPLATE = """\
# How loud a playback chain is at each ear. Fill in what is null by hand, or with
#   asmr-stim calibrate enter THIS_FILE
# and use it with
#   asmr-stim features CLIP --calibration THIS_FILE
schema_version: {version}
date: null  # when the meter was read, as 2026-11-22
expires: null  # last day on which this holds; anything in the chain that changes ends it sooner
meter: null  # sound level meter: make, model, class, serial number
coupler: null  # what held its microphone, as "ear simulator IEC 60318-4" or "free field, 1 m"
transducer: null  # headphones or loudspeakers: make and model
serial: null  # their serial number
volume: null  # where every volume control stood: system, player, amplifier
left:
  tone_db: null  # {tone} played on the left: dB SPL
  noise_db: null  # {noise} played on the left: LAeq over its length, dB(A)
right:
  tone_db: null  # the same on the right
  noise_db: null
gain_from: tone  # tone or noise: which reading says how loud a sample is; the other is a check
# The frequency response of each ear, if it is known, goes into left and right:
#   response: [{{frequency_hz: 125, level_db: -1.5}}, {{frequency_hz: 1000, level_db: 0}}]
# and here what it is referred to: free or diffuse field, or coupler if it was not corrected.
response_referred_to: null
signals: {{tone_dbfs: {tone_dbfs}, noise_a_weighted_dbfs: {noise_dbfs}}}
"""

Entry = str | float | list[dict[str, float]]
"""What may be entered: words, a level, or the points of a response."""


def read_calibration(path: Path) -> Calibration:
    """Return what a calibration file says.

    Raises
    ------
    MissingInputError, UnreadableFileError
        If it is not there or cannot be read.
    InputError
        If it is no calibration; every problem has a line and column.
    """
    document = read_document(path)
    check_kind(
        document,
        {"left", "right", "signals"},
        "no calibration file; give one that 'asmr-stim calibrate start' has made",
    )
    calibration, problems = check_record(document, Calibration)
    if calibration is None:
        raise InputError("\n".join(map(str, problems)))
    return calibration


def calibration_sha256(path: Path) -> str:
    """Return the SHA-256 of a calibration file, 64 hexadecimal digits."""
    return hashlib.sha256(read_content(path)).hexdigest()


def new_calibration_text(signals: PlayedSignals, tone: str, noise: str) -> str:
    """Return a calibration file to be filled in, for signals in files of these names."""
    return _TEMPLATE.format(
        version=CALIBRATION_SCHEMA_VERSION,
        tone=tone,
        noise=noise,
        tone_dbfs=signals.tone_dbfs,
        noise_dbfs=signals.noise_a_weighted_dbfs,
    )


def write_new(files: Mapping[Path, bytes]) -> None:
    """Write files where none stand yet: all of them or none.

    Raises
    ------
    OutputError
        If one stands there already, or cannot be written.
    """
    for path in files:
        if path.exists():
            raise OutputError(
                f"{path} is there already and is not overwritten; choose another folder"
            )
    written: list[Path] = []
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, content)
            written.append(path)
    except (OutputError, OSError) as error:
        for path in written:
            path.unlink(missing_ok=True)
        if isinstance(error, OutputError):
            raise
        raise OutputError(
            f"the folder {error.filename} cannot be made ({error.strerror}); choose another"
        ) from error


def write_entered(path: Path, fields: Mapping[str, Entry]) -> Calibration:
    """Write values into a calibration file, every other character as it stands.

    Parameters
    ----------
    path : Path
        A calibration file without problems.
    fields : mapping
        Values by place, such as ``left.tone_db``; what stands there is replaced.

    Returns
    -------
    Calibration
        What the file says now.

    Raises
    ------
    InputError
        If a value does not fit, or the file is written in a form in which this cannot be done.
    OutputError
        If it cannot be written; what stood there before stands there still.
    """
    before = document_of(path, read_content(path))
    try:
        text = with_fields(before.text, fields, replace=True)
    except InputError:
        raise InputError(
            f"{path} is written in a form in which {', '.join(fields)} cannot be set without "
            "touching something else; write the values by hand"
        ) from None
    entered = Calibration.model_validate(document_of(path, text.encode()).content)
    write_atomically(path, text.encode())
    return entered


def sound_bytes(samples: NDArray[np.float64], rate_hz: int) -> bytes:
    """Return a WAV file of 24 bits, samples of shape (channels, frames)."""
    out = io.BytesIO()
    soundfile.write(out, samples.T, rate_hz, format="WAV", subtype="PCM_24")
    return out.getvalue()
