"""A calibration as a person reads it."""

from collections.abc import Iterable

from asmr_stim.schema.calibration import NEEDED, Calibration
from asmr_stim.schema.profile import ClipFlag

_LABEL, _NUMBER = 22, 16
UNKNOWN = "-"


def calibration_text(name: str, record: Calibration, flags: Iterable[ClipFlag]) -> str:
    """Return what a calibration file says, and what a user of it should know.

    Parameters
    ----------
    name : str
        The file.
    record : Calibration
    flags : iterable of ClipFlag
        As of a day.
    """
    lines = [name]
    lines += [f"  {field:{_LABEL}}{getattr(record, field) or UNKNOWN}" for field in NEEDED]
    lines += ["", _row("", "left", "right", "left - right")]
    lines.append(_levels("tone of 1 kHz", record.left.tone_db, record.right.tone_db, "dB SPL"))
    lines.append(_levels("noise", record.left.noise_db, record.right.noise_db, "dB(A)"))
    for signal in ("tone", "noise"):
        left, right = (record.full_scale_by(ear, signal) for ear in ("left", "right"))
        used = " *" if signal == record.gain_from else ""
        lines.append(_levels(f"0 dBFS by the {signal}{used}", left, right, "dB SPL"))
    counts = [f"{len(each.response)} points" for each in (record.left, record.right)]
    if record.response_referred_to is not None:
        lines.append(_row("response", *counts, f"as to {record.response_referred_to}"))
    lines += ["", "  * says how loud a sample is; 0 dBFS is the RMS of a full-scale sine"]
    told = [f"  {flag.name}: {flag.detail}" for flag in flags]
    return "\n".join([*lines, *(told or ["  complete, not expired, ears within 1 dB"])])


def _levels(label: str, left: float | None, right: float | None, unit: str) -> str:
    """Return a row of levels with their difference."""
    difference = UNKNOWN if left is None or right is None else f"{left - right:+.1f} dB"
    ears = [UNKNOWN if level is None else f"{level:.1f} {unit}" for level in (left, right)]
    return _row(label, *ears, difference)


def _row(label: str, *cells: str) -> str:
    numbers = "".join(f"{cell:>{_NUMBER}}" for cell in cells)
    return f"  {label:{_LABEL}}{numbers}".rstrip()
