"""Spectral contrast: how far peaks stand above valleys in octave-wide bands."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.compiling import njit

N_CONTRAST_BANDS = 7
LOWEST_EDGE_HZ = 200.0  # the first band is what lies below
SHARE = 0.02  # of the bins of a band that make its peak and its valley
FLOOR = 1e-10
_GROUP = 16


def contrast_bands(bins_hz: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return first bin, last bin + 1 and number of extreme bins of each band, shape (7, 3).

    The highest band that begins below half the rate reaches up to it; bands above are empty.

    References
    ----------
    Jiang et al. (2002), ICME, 113-116, as in ``librosa.feature.spectral_contrast``, whose bands
    share their limits in the same way.
    """
    edges_hz = np.concatenate([[0.0], LOWEST_EDGE_HZ * 2.0 ** np.arange(N_CONTRAST_BANDS)])
    n_used = int(np.count_nonzero(edges_hz[:-1] < bins_hz[-1]))
    bands = np.zeros((N_CONTRAST_BANDS, 3), dtype=np.int64)
    for band in range(n_used):
        inside = np.flatnonzero((bins_hz >= edges_hz[band]) & (bins_hz <= edges_hz[band + 1]))
        start = inside[0] - (band > 0) if len(inside) else 0
        is_last = band == n_used - 1
        stop = len(bins_hz) if is_last else inside[-1] + 1
        n_extreme = max(int(np.rint(SHARE * (stop - start))), 1)
        bands[band] = start, stop - (not is_last), n_extreme
    return bands


@njit(cache=True, nogil=True, fastmath={"reassoc", "nsz"})
def _least(values: NDArray[np.float64], sign: float) -> float:
    """Return the smallest of a group of values times a sign."""
    least = np.inf
    for k in range(_GROUP):
        least = min(least, sign * values[k])
    return least


@njit(cache=True, nogil=True)
def _insert(value: float, room: NDArray[np.float64]) -> None:
    """Put a value into its place among the smallest so far, of which the last drops out."""
    place = room.shape[0] - 1
    while place > 0 and room[place - 1] > value:
        room[place] = room[place - 1]
        place -= 1
    room[place] = value


@njit(cache=True, nogil=True)
def _smallest(values: NDArray[np.float64], sign: float, room: NDArray[np.float64]) -> float:
    """Return the mean of the smallest values times a sign, as many as there is room for.

    Groups without any candidate are passed over as a whole.
    """
    room[:] = np.inf
    last = room.shape[0] - 1
    for start in range(0, values.shape[0], _GROUP):
        group = values[start : start + _GROUP]
        if group.shape[0] == _GROUP and _least(group, sign) >= room[last]:
            continue
        for k in range(group.shape[0]):
            if sign * group[k] < room[last]:
                _insert(sign * group[k], room)
    total = 0.0
    for value in room:
        total += value
    return float(total / room.shape[0])


@njit(cache=True, nogil=True)
def band_contrast(
    magnitude: NDArray[np.float64], bands: NDArray[np.int64], out: NDArray[np.float64]
) -> None:
    """Fill the contrast of each band, 10 log10 of peak over valley of the magnitudes, dB."""
    room = np.empty(bands[:, 2].max())
    for band in range(bands.shape[0]):
        start, stop, n_extreme = bands[band]
        if stop <= start:
            out[band] = np.nan
            continue
        inside = magnitude[start:stop]
        valley = _smallest(inside, 1.0, room[:n_extreme])
        peak = -_smallest(inside, -1.0, room[:n_extreme])
        out[band] = 10 * np.log10(max(peak, FLOOR) / max(valley, FLOOR))
