"""Octave bands of a spectrum, the share above 4 kHz, and the slope over octaves."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.decibels import FLOOR_DB
from asmr_stim.compiling import njit

OCTAVES_HZ = 1000.0 * 2.0 ** np.arange(-4, 5)  # 63 Hz to 16 kHz, IEC 61260-1
OCTAVES_HZ[0] = 63.0  # the nominal name; the band is that of 62.5 Hz within 1 %
N_OCTAVES = len(OCTAVES_HZ)
HIGH_FROM_HZ = 4000.0
SLOPE_BANDS = slice(1, 8)  # 125 Hz to 8 kHz: above, many recordings are cut off by their coding
_NEEDED_ABOVE = 1.25  # a band needs this much of its width above its middle


def octave_edges(bins_hz: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return first bin and last bin + 1 of each octave band, shape (9, 2); equal if there is none.

    A band reaches from its middle frequency over the square root of 2 to that times it, or to half
    the rate, and is left out if less than 1.25 times its middle is below half the rate.
    """
    low = np.searchsorted(bins_hz, OCTAVES_HZ / np.sqrt(2))
    high = np.searchsorted(bins_hz, OCTAVES_HZ * np.sqrt(2))
    high = np.where(bins_hz[-1] >= OCTAVES_HZ * _NEEDED_ABOVE, high, low)
    return np.stack([low, high], axis=1).astype(np.int64)


def high_band_start(bins_hz: NDArray[np.float64]) -> int:
    """Return the first bin from 4 kHz on; the number of bins if half the rate is below 5 kHz."""
    if bins_hz[-1] < HIGH_FROM_HZ * _NEEDED_ABOVE:
        return len(bins_hz)
    return int(np.searchsorted(bins_hz, HIGH_FROM_HZ))


def slope_weights(edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the weights with which band levels give the slope of their regression, shape (9,).

    The levels are densities, dB re 1 a bin, so that white noise has slope 0 and pink noise -3 dB an
    octave. Bands from 125 Hz to 8 kHz that exist take part; fewer than three give only zeros.
    """
    weights = np.zeros(N_OCTAVES)
    used = np.zeros(N_OCTAVES, dtype=bool)
    used[SLOPE_BANDS] = edges[SLOPE_BANDS, 1] > edges[SLOPE_BANDS, 0]
    if used.sum() < 3:
        return weights
    octave = np.log2(OCTAVES_HZ[used] / 1000)
    centred = octave - octave.mean()
    weights[used] = centred / (centred**2).sum()
    return weights


@njit(cache=True, nogil=True)
def slope_db_per_octave(
    bands_db: NDArray[np.float64],
    energy_db: float,
    widths_db: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> float:
    """Return the slope of the regression of levels on octaves; nan if there are too few bands.

    Parameters
    ----------
    bands_db : ndarray, shape (9,)
        Level of each octave band relative to the whole; nan for nothing.
    energy_db : float
        Level of the whole, dB re 1.
    widths_db : ndarray, shape (9,)
        10 log10 of the number of bins of each band.
    weights : ndarray, shape (9,)
        ``slope_weights``; levels are densities, dB re 1 a bin, of at least -100 dB.
    """
    tilt, is_defined = 0.0, False
    for band in range(bands_db.shape[0]):
        if weights[band] != 0.0:
            density_db = bands_db[band] + energy_db - widths_db[band]
            tilt += weights[band] * np.fmax(FLOOR_DB, density_db)  # an empty band is nan
            is_defined = True
    return tilt if is_defined else np.nan
