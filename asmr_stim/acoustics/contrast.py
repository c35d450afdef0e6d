"""Spectral contrast: how far peaks stand above valleys in octave-wide bands."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.compiling import njit

N_CONTRAST_BANDS = 7
LOWEST_EDGE_HZ = 200.0  # the first band is what lies below
SHARE = 0.02  # of the bins of a band that make its peak and its valley
FLOOR = 1e-10


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
    """Return the smallest of values times a sign."""
    least = np.inf
    for k in range(values.shape[0]):
        least = min(least, sign * values[k])
    return least


@njit(cache=True, nogil=True)
def _candidates(
    values: NDArray[np.float64], sign: float, n_wanted: int, out: NDArray[np.float64]
) -> int:
    """Fill values times a sign, the smallest ones among them; return how many.

    The largest of the minima of as many parts as values are wanted is a limit that at least so many
    do not exceed. Whether a value does is counted, not branched on, which nothing could predict.
    """
    limit = -np.inf
    for part in range(n_wanted):
        start, stop = part * len(values) // n_wanted, (part + 1) * len(values) // n_wanted
        limit = max(limit, _least(values[start:stop], sign))
    n_found = 0
    for k in range(values.shape[0]):
        out[n_found] = sign * values[k]
        n_found += sign * values[k] <= limit
    return n_found


@njit(cache=True, nogil=True)
def _smallest(
    values: NDArray[np.float64], sign: float, n_wanted: int, room: NDArray[np.float64]
) -> float:
    """Return the mean of the smallest values times a sign."""
    if n_wanted == 1:
        return float(_least(values, sign))
    n_found = _candidates(values, sign, n_wanted, room)
    for k in range(1, n_found):
        value, place = room[k], min(k, n_wanted)
        while place > 0 and room[place - 1] > value:
            room[place] = room[place - 1]
            place -= 1
        room[place] = value
    total = 0.0
    for k in range(n_wanted):
        total += room[k]
    return float(total / n_wanted)


@njit(cache=True, nogil=True)
def band_contrast(
    magnitude: NDArray[np.float64], bands: NDArray[np.int64], out: NDArray[np.float64]
) -> None:
    """Fill peak over valley of the magnitudes of each band; its contrast is 10 log10 of that."""
    room = np.empty(magnitude.shape[0] + 1)
    for band in range(bands.shape[0]):
        start, stop, n_extreme = bands[band]
        if stop <= start:
            out[band] = np.nan
            continue
        inside = magnitude[start:stop]
        valley = _smallest(inside, 1.0, n_extreme, room)
        peak = -_smallest(inside, -1.0, n_extreme, room)
        out[band] = max(peak, FLOOR) / max(valley, FLOOR)
