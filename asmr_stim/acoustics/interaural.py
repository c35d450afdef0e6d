"""What the two ears have in common, window by window: correlation, time and level difference.

Positive times mean that the left ear leads, positive levels that it is louder; exchanging the ears
changes the sign of both and nothing else.
"""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.peaks import parabola_top
from asmr_stim.acoustics.sliding import Window
from asmr_stim.compiling import njit

LARGEST_LAG_S = 0.001  # ISO 3382-1: the time that sound needs round the head
WIDTH_SHARE = 0.9  # Ando: W_IACC is the width of the peak at 10 % below its top
AS_HIGH = 0.99  # of the highest peak: one as high, nearer to lag 0, is taken
ILD_LIMIT_DB = 60.0  # a level difference beyond this says only that one ear is silent
COLUMNS = (
    "iacc",
    "iacf_peak",
    "tau_iacc_ms",
    "w_iacc_ms",
    "itd_ms",
    "ild_db",
)
_CHUNK = 64  # sums of a constant length are compiled to vector instructions
_MOST_SHIFT = 4  # stretches of eight lags begin within so many samples
_REORDER = {"reassoc", "contract", "nsz"}


@njit(cache=True, nogil=True, fastmath=_REORDER)
def _product(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Return the sum of products of two stretches of the same length."""
    total, n_whole = 0.0, left.shape[0] - left.shape[0] % _CHUNK
    for start in range(0, n_whole, _CHUNK):
        a, b = left[start : start + _CHUNK], right[start : start + _CHUNK]
        for k in range(_CHUNK):
            total += a[k] * b[k]
    for k in range(n_whole, left.shape[0]):
        total += left[k] * right[k]
    return total


@njit(cache=True, nogil=True, fastmath=_REORDER)
def _eight_products(
    left: NDArray[np.float64], right: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    """Fill the sums of products with eight stretches that begin one sample after the other.

    Each sample of the left ear is fetched once for all eight. ``right`` has seven samples more.
    """
    s0, s1, s2, s3, s4, s5, s6, s7 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    n_whole = left.shape[0] - left.shape[0] % _CHUNK
    for start in range(0, n_whole, _CHUNK):
        a, b = left[start : start + _CHUNK], right[start : start + _CHUNK + 7]
        for k in range(_CHUNK):
            s0 += a[k] * b[k]
            s1 += a[k] * b[k + 1]
            s2 += a[k] * b[k + 2]
            s3 += a[k] * b[k + 3]
            s4 += a[k] * b[k + 4]
            s5 += a[k] * b[k + 5]
            s6 += a[k] * b[k + 6]
            s7 += a[k] * b[k + 7]
    out[0], out[1], out[2], out[3], out[4], out[5], out[6], out[7] = s0, s1, s2, s3, s4, s5, s6, s7
    for k in range(n_whole, left.shape[0]):
        for j in range(8):
            out[j] += left[k] * right[k + j]


@njit(cache=True, nogil=True)
def _eight_lags(
    left: NDArray[np.float64],
    right: NDArray[np.float64],
    lag: int,
    context: int,
    out: NDArray[np.float64],
) -> None:
    """Fill the sums of products at eight lags, whose stretches differ by a few samples."""
    n_samples, first = left.shape[0] - 2 * context, context - lag // 2
    n_shared = n_samples - _MOST_SHIFT
    stretch = left[first : first + n_shared]
    _eight_products(stretch, right[first + lag : first + lag + n_shared + 7], out)
    for j in range(8):
        start = context - (lag + j) // 2
        for k in range(start, first):
            out[j] += left[k] * right[k + lag + j]
        for k in range(first + n_shared, start + n_samples):
            out[j] += left[k] * right[k + lag + j]


@njit(cache=True, nogil=True)
def cross_products(
    left: NDArray[np.float64],
    right: NDArray[np.float64],
    largest_lag: int,
    out: NDArray[np.float64],
) -> None:
    """Fill the sums of products of the ears at every lag, then the energies of the ears.

    Parameters
    ----------
    left, right : ndarray, shape (samples + 2 context,)
        A stretch with ``largest_lag // 2 + 1`` samples more on either side.
    largest_lag : int
        Lags run from minus to plus this; positive ones have the left ear lead.
    out : ndarray, shape (2 largest_lag + 3,)
        Filled.

    Notes
    -----
    A pair of samples belongs to the stretch in which its middle lies, so that exchanging the ears
    gives the same pairs.
    """
    context = largest_lag // 2 + 1
    n_samples = left.shape[0] - 2 * context
    n_eights = (2 * largest_lag + 1) // 8 if n_samples > _MOST_SHIFT else 0
    for eight in range(n_eights):
        lag = 8 * eight - largest_lag
        _eight_lags(left, right, lag, context, out[8 * eight : 8 * eight + 8])
    for lag in range(8 * n_eights - largest_lag, largest_lag + 1):
        first = context - lag // 2
        second = first + lag
        out[lag + largest_lag] = _product(
            left[first : first + n_samples], right[second : second + n_samples]
        )
    inner = slice(context, context + n_samples)
    out[-2] = _product(left[inner], left[inner])
    out[-1] = _product(right[inner], right[inner])


@njit(cache=True, nogil=True)
def _width(magnitude: NDArray[np.float64], peak: int) -> float:
    """Return the width of a peak at 0.9 of its height, in samples.

    Where it falls so low before the next lag, as noise of a wide band does, along the parabola
    through the peak and its neighbours, which is round as the peak is; further down straight
    between lags.
    """
    place, height = parabola_top(magnitude, peak)
    threshold = WIDTH_SHARE * height
    before = _side(magnitude, peak, -1, place, threshold)
    after = _side(magnitude, peak, 1, place, threshold)
    return float(before + after)


@njit(cache=True, nogil=True)
def _side(
    magnitude: NDArray[np.float64], peak: int, step: int, place: float, threshold: float
) -> float:
    """Return how far a peak reaches to one side of its top before it falls below a threshold."""
    k = peak
    while 0 <= k + step < magnitude.shape[0] and magnitude[k + step] >= threshold:
        k += step
    reach = (k - place) * step
    if not 0 <= k + step < magnitude.shape[0]:
        return reach
    if k == peak and 0 < peak < magnitude.shape[0] - 1:
        bend = magnitude[peak - 1] - 2 * magnitude[peak] + magnitude[peak + 1]
        return float(np.sqrt(2 * (threshold / WIDTH_SHARE - threshold) / -bend))
    return float(reach + (magnitude[k] - threshold) / (magnitude[k] - magnitude[k + step]))


@njit(cache=True, nogil=True)
def _nearest_peak(values: NDArray[np.float64]) -> int:
    """Return the peak nearest to lag 0 among those that are as high as the highest, within 1 %.

    A tone has a peak each period; ears that hear the same tone have no lag.
    """
    best, least, middle = -1, AS_HIGH * values.max(), values.shape[0] // 2
    for k in range(values.shape[0]):
        is_top = (k == 0 or values[k] >= values[k - 1]) and (
            k == values.shape[0] - 1 or values[k] >= values[k + 1]
        )
        if not is_top or values[k] < least:
            continue
        nearer = abs(best - middle) - abs(k - middle)
        if best < 0 or nearer > 0 or (nearer == 0 and values[k] > values[best]):
            best = k
    return best if best >= 0 else int(np.argmax(values))


@njit(cache=True, nogil=True)
def describe_window(sums: NDArray[np.float64], rate_hz: float, out: NDArray[np.float64]) -> None:
    """Fill the features of one window from its sums; nan where one is not defined.

    Parameters
    ----------
    sums : ndarray, shape (2 lags + 3,)
        As ``cross_products`` gives them, added over the window.
    rate_hz : float
        Sampling rate.
    out : ndarray, shape (6,)
        Filled with ``COLUMNS``.

    References
    ----------
    ISO 3382-1:2009, Annex B (IACF, IACC); Ando, Y. (1998), Architectural Acoustics (tau_IACC,
    W_IACC).
    """
    out[:] = np.nan
    left, right = sums[-2], sums[-1]
    if left == 0 and right == 0:
        return
    if left == 0 or right == 0:
        out[0] = 0.0
        out[5] = ILD_LIMIT_DB if right == 0 else -ILD_LIMIT_DB
        return
    function = sums[:-2] / np.sqrt(left * right)
    magnitude = np.abs(function)
    peak, middle = _nearest_peak(magnitude), function.shape[0] // 2
    per_ms = rate_hz / 1000
    out[0], out[1] = min(magnitude.max(), 1.0), min(max(function[peak], -1.0), 1.0)
    out[2] = (peak - middle) / per_ms
    out[3] = _width(magnitude, peak) / per_ms
    place, _ = parabola_top(function, _nearest_peak(function))
    out[4] = (place - middle) / per_ms
    level = 10 * (np.log10(left) - np.log10(right))  # the same for exchanged ears
    out[5] = min(max(level, -ILD_LIMIT_DB), ILD_LIMIT_DB)


class InterauralMeter:
    """Running interaural features of a pair of channels, piece by piece.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    window : Window
        Length and step, seconds. A step is summed once, whatever the overlap.
    """

    def __init__(self, rate_hz: float, window: Window) -> None:
        self._rate_hz = rate_hz
        self._lag = round(LARGEST_LAG_S * rate_hz)
        self._context = self._lag // 2 + 1
        self._step = round(window.step_s * rate_hz)
        self._steps_per_window = window.steps
        self._waiting = np.zeros((2, self._context))
        self._sums = np.empty((0, 2 * self._lag + 3))

    def push(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take the next samples, shape (2, frames); return rows (windows, 6) of ``COLUMNS``."""
        together = np.concatenate([self._waiting, samples], axis=1)
        n_steps = max((together.shape[1] - 2 * self._context) // self._step, 0)
        sums = np.empty((n_steps, self._sums.shape[1]))
        for k in range(n_steps):
            part = together[:, k * self._step : (k + 1) * self._step + 2 * self._context]
            cross_products(part[0], part[1], self._lag, sums[k])
        self._waiting = together[:, n_steps * self._step :].copy()
        return self._windows(sums)

    def finish(self) -> NDArray[np.float64]:
        """Return the last rows, with silence after the sound."""
        return self.push(np.zeros((2, self._context)))

    def _windows(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the features of every window that the new steps complete."""
        sums = np.concatenate([self._sums, sums])
        n_windows = max(len(sums) - self._steps_per_window + 1, 0)
        out = np.empty((n_windows, len(COLUMNS)))
        for k in range(n_windows):
            window = sums[k : k + self._steps_per_window].sum(axis=0)
            describe_window(window, self._rate_hz, out[k])
        self._sums = sums[n_windows:]
        return out
