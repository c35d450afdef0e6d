"""Critical-band rate, the threshold in quiet, and the slopes by which a sound masks its neighbours.

What the models of roughness and of fluctuation strength have in common.
"""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.core_loudness import REFERENCE_PA

# Terhardt (1979), Hearing Research 1, 155-182: the slopes of masking
LOWER_SLOPE_DB = -27.0  # per bark
UPPER_SLOPE_DB, UPPER_SLOPE_DB_HZ = -24.0, -230.0  # per bark, and per bark and Hz
UPPER_GROWTH = 0.2  # less steep by so many dB per bark for each dB of level
LOWEST_HZ = 20.0


def bark_of_hz(frequency_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return critical-band rates (Zwicker & Terhardt 1980, JASA 68, 1523-1525).

    Examples
    --------
    >>> bark_of_hz(np.array([1000.0])).round(1).tolist()
    [8.5]
    """
    return np.asarray(
        13 * np.arctan(0.00076 * frequency_hz) + 3.5 * np.arctan((frequency_hz / 7500) ** 2)
    )


def threshold_pa(frequency_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the threshold in quiet as RMS pressure (Terhardt 1979, equation 1)."""
    khz = np.maximum(frequency_hz, LOWEST_HZ) / 1000
    level_db = 3.64 * khz**-0.8 - 6.5 * np.exp(-0.6 * (khz - 3.3) ** 2) + 0.001 * khz**4
    return np.asarray(REFERENCE_PA * 10 ** (level_db / 20))
