"""How the ear spreads a spectrum over bands of one bark, in the roughness model.

Each audible line of a spectrum excites the bands that it lies in, and by the slopes of masking
those below and above. ``band_shares`` tells how much of a line every band receives.
"""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.core_loudness import REFERENCE_PA
from asmr_stim.acoustics.masking import (
    LOWER_SLOPE_DB,
    UPPER_GROWTH,
    UPPER_SLOPE_DB,
    UPPER_SLOPE_DB_HZ,
    bark_of_hz,
    threshold_pa,
)
from asmr_stim.acoustics.roughness_tables import EAR_BARK, EAR_DB, MIDDLES_BARK
from asmr_stim.compiling import njit

RATE_HZ = 24000  # sound above 12 kHz adds nothing that is heard as roughness
WINDOW_S = 0.2
LENGTH = round(WINDOW_S * RATE_HZ)
N_BINS = LENGTH // 2 + 1
HALF_BARK = 0.5

_BINS_HZ = np.arange(N_BINS) / WINDOW_S
_BINS_BARK = bark_of_hz(_BINS_HZ)
EAR_TRANSMISSION = 10 ** (np.interp(_BINS_BARK, EAR_BARK, EAR_DB) / 20)
_AUDIBLE = threshold_pa(_BINS_HZ)
_BAND_FLOOR = np.interp(MIDDLES_BARK, _BINS_BARK, _AUDIBLE)
_LOWEST_FLOOR = float(_BAND_FLOOR.min())
_N_BANDS = len(MIDDLES_BARK)

# What does not depend on the level, by bin. Slopes are factors of the amplitude from band to band,
# and logarithms of these.
_PLACES = 2 * _BINS_BARK - 1  # on the scale of bands, counted from 0
_LOWER = 10 ** (LOWER_SLOPE_DB * HALF_BARK / 20)
_FIRST_LOWER = _LOWER ** (_PLACES - np.floor(_PLACES))
_LOG_OF_DB = np.log(10) / 20
_UPPER = (
    HALF_BARK
    * _LOG_OF_DB
    * (UPPER_SLOPE_DB + UPPER_SLOPE_DB_HZ / np.maximum(_BINS_HZ, 1 / WINDOW_S))
)
_GROWTH = HALF_BARK * UPPER_GROWTH


@njit(cache=True, nogil=True)
def band_shares(
    pressures: NDArray[np.float64], shares: NDArray[np.float32], is_excited: NDArray[np.bool_]
) -> None:
    """Fill which share of each line of a spectrum every band receives.

    Parameters
    ----------
    pressures : ndarray, shape (2401,)
        RMS pressure of each line, at the inner ear, Pa.
    shares : ndarray, shape (2401, 47 or more)
        Filled: 1 where the line lies in a band, less on its slopes, 0 where it is not heard.
    is_excited : ndarray, shape (47 or more,)
        Filled: whether a band receives anything.

    References
    ----------
    Daniel & Weber (1997), section 2.2; Terhardt (1979), Hearing Research 1, 155-182 (the slopes).
    """
    shares[:] = 0.0
    is_excited[:] = False
    for k in range(1, pressures.shape[0]):
        if pressures[k] <= _AUDIBLE[k]:
            continue
        below, above = int(np.floor(_PLACES[k])), int(np.ceil(_PLACES[k]))
        for band in (below, above):
            if 0 <= band < _N_BANDS:
                shares[k, band], is_excited[band] = 1.0, True
        _downwards(pressures[k], below, _FIRST_LOWER[k], shares[k], is_excited)
        slope = min(_UPPER[k] + _GROWTH * np.log(pressures[k] / REFERENCE_PA), 0.0)
        _upwards(pressures[k], above, (slope, above - _PLACES[k]), shares[k], is_excited)


@njit(cache=True, nogil=True)
def _downwards(
    pressure: float,
    below: int,
    share: float,
    shares: NDArray[np.float32],
    is_excited: NDArray[np.bool_],
) -> None:
    """Follow the lower slope of a line until it is nowhere audible."""
    for band in range(below - 1, -1, -1):
        if share * pressure <= _LOWEST_FLOOR:
            return
        if band + 1 < _N_BANDS and share * pressure > _BAND_FLOOR[band + 1]:
            shares[band], is_excited[band] = share, True
        share *= _LOWER


@njit(cache=True, nogil=True)
def _upwards(
    pressure: float,
    above: int,
    line: tuple[float, float],
    shares: NDArray[np.float32],
    is_excited: NDArray[np.bool_],
) -> None:
    """Follow the upper slope (logarithm per band, way to the first band) likewise."""
    slope, way = line
    share, factor = np.exp(slope * way), np.exp(slope)
    for band in range(above + 1, _N_BANDS):
        if share * pressure <= _LOWEST_FLOOR:
            return
        if share * pressure > _BAND_FLOOR[band - 1]:
            shares[band], is_excited[band] = share, True
        share *= factor
