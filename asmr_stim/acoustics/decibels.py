"""Decibels of powers and amplitudes, and what 0 dBFS means.

0 dBFS is the RMS of a full-scale sine (AES17, IEC 61606-3), so a sine that fills the scale has the
level 0 dBFS by its RMS and by its peak. Zero is -inf dB, without a warning.
"""

import numpy as np
from numpy.typing import NDArray

FULL_SCALE_POWER = 0.5  # mean square of a sine of peak 1
FLOOR_POWER = 1e-10  # librosa's amin: keeps the level of an empty bin or band finite
FLOOR_DB = float(10 * np.log10(FLOOR_POWER))


def power_db(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 10 log10 of powers; -inf for zero."""
    with np.errstate(divide="ignore"):
        return 10 * np.log10(power)


def rms_dbfs(mean_square: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the level of a mean square, dB relative to the RMS of a full-scale sine.

    Examples
    --------
    >>> rms_dbfs(np.array([0.5, 0.005]))
    array([  0., -20.])
    """
    return power_db(mean_square / FULL_SCALE_POWER)


def peak_dbfs(peak: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the level of a largest absolute sample, dB relative to full scale."""
    with np.errstate(divide="ignore"):
        return 20 * np.log10(peak)
