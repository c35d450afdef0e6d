"""How nearly a frame repeats itself, after how long, and how much of it is noise.

Autocorrelations are those of Boersma (1993): that of a windowed frame over that of the window, so
that a periodic sound has 1 at its period. The period is found with the normalisation of YIN (de
Cheveigné & Kawahara 2002), which does not mistake short lags or two periods for one.
"""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.compiling import njit

LOWEST_HZ, HIGHEST_HZ = 65.0, 500.0
PERIODS = 3  # of the lowest voice in a frame, as Boersma (1993)
LARGEST_DIP = 0.6  # of YIN's normalised difference, above which there is no period
NEARLY = 0.1  # the threshold of YIN, above the deepest dip
LARGEST_HNR_DB = 60.0
_SINC_HALF_WIDTH = 24  # samples on either side that place a peak between lags
_GOLDEN = 0.6180339887498949
_N_SECTIONS = 12


@njit(cache=True, nogil=True)
def _between(function: NDArray[np.float64], place: float) -> float:
    """Return a band-limited function between its samples, by a sinc under a Hann taper."""
    nearest = int(np.floor(place))
    part = place - nearest
    if part == 0.0:
        return float(function[nearest])
    total, sine = 0.0, np.sin(np.pi * part) / np.pi
    for k in range(nearest - _SINC_HALF_WIDTH + 1, nearest + _SINC_HALF_WIDTH + 1):
        apart = place - k
        sign = 1.0 if (nearest - k) % 2 == 0 else -1.0
        taper = 0.5 + 0.5 * np.cos(np.pi * apart / _SINC_HALF_WIDTH)
        if abs(k) < function.shape[0]:
            total += function[abs(k)] * taper * sign * sine / apart
    return total


@njit(cache=True, nogil=True)
def _normalised(difference: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return YIN's normalised difference: each value over the mean of those up to it."""
    out, total = np.ones_like(difference), 0.0
    for lag in range(1, difference.shape[0]):
        total += difference[lag]
        if total > 0:
            out[lag] = difference[lag] * lag / total
    return out


@njit(cache=True, nogil=True)
def _is_dip(values: NDArray[np.float64], k: int) -> bool:
    return bool(values[k - 1] >= values[k] < values[k + 1])


@njit(cache=True, nogil=True)
def _first_dip(difference: NDArray[np.float64]) -> tuple[int, float]:
    """Return lag and depth of the first dip that is nearly as deep as the deepest."""
    deepest = np.inf
    for lag in range(2, difference.shape[0] - 1):
        if _is_dip(difference, lag):
            deepest = min(deepest, difference[lag])
    for lag in range(2, difference.shape[0] - 1):
        if _is_dip(difference, lag) and difference[lag] <= deepest + NEARLY:
            return lag, difference[lag]
    return 2, 1.0


@njit(cache=True, nogil=True)
def _highest_near(
    function: NDArray[np.float64], window: NDArray[np.float64], lag: int
) -> tuple[float, float]:
    """Return place and height of the peak of the corrected autocorrelation around a lag."""
    low, high = lag - 1.0, lag + 1.0
    inner, outer = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    a = _between(function, inner) / _between(window, inner)
    b = _between(function, outer) / _between(window, outer)
    for _ in range(_N_SECTIONS):
        if a < b:
            low, inner, a = inner, outer, b
            outer = low + _GOLDEN * (high - low)
            b = _between(function, outer) / _between(window, outer)
        else:
            high, outer, b = outer, inner, a
            inner = high - _GOLDEN * (high - low)
            a = _between(function, inner) / _between(window, inner)
    return (inner, a) if a > b else (outer, b)


@njit(cache=True, nogil=True)
def _describe(
    function: NDArray[np.float64],
    window: NDArray[np.float64],
    rate_hz: float,
    out: NDArray[np.float64],
) -> None:
    """Fill what one frame has; nan where it has not."""
    out[:] = np.nan
    if not function[0] > 0:
        return
    n_lags = int(rate_hz / LOWEST_HZ) + 2
    difference = 1 - function[:n_lags] / (function[0] * window[:n_lags])
    lag, dip = _first_dip(_normalised(difference))
    out[2] = min(max(dip, 0.0), 1.0)
    if dip > LARGEST_DIP:
        return
    place, height = _highest_near(function, window, lag)
    f0_hz, height = rate_hz / place, min(height / function[0], 1.0)
    if height > 0 and LOWEST_HZ <= f0_hz <= HIGHEST_HZ:
        out[0] = f0_hz
        out[1] = 10 * np.log10(height / max(1 - height, 10 ** (-LARGEST_HNR_DB / 10)))


@njit(cache=True, nogil=True)
def describe_periodicity(
    functions: NDArray[np.float64],
    window: NDArray[np.float64],
    rate_hz: float,
    out: NDArray[np.float64],
) -> None:
    """Fill fundamental frequency, harmonics-to-noise ratio and aperiodicity of frames.

    Parameters
    ----------
    functions : ndarray, shape (frames, lags)
        Sums of products of the windowed frames, from lag 0 to that of 65 Hz and 30 more.
    window : ndarray, shape (lags,)
        The same of the window, 1 at lag 0.
    rate_hz : float
        Sampling rate.
    out : ndarray, shape (frames, 3)
        Filled with f0 in Hz and ratio in dB, nan if the frame is not periodic between 65 and 500
        Hz, and the depth of YIN's dip: 0 for a periodic frame, about 1 for noise.

    Notes
    -----
    With the height r of the corrected autocorrelation at the period, the ratio is
    10 log10(r / (1 - r)), at most 60 dB.

    References
    ----------
    Boersma (1993), Proc. Institute of Phonetic Sciences Amsterdam 17, 97-110, equations 4 and 9;
    de Cheveigné & Kawahara (2002), JASA 111, 1917-1930, equation 8.
    """
    for t in range(out.shape[0]):
        _describe(functions[t], window, rate_hz, out[t])
