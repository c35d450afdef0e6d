"""Running autocorrelation of a channel, as Ando describes the sense of pitch and duration.

The autocorrelation of each window is that of its samples alone, divided by its energy. It is not
weighted, and not corrected for the fewer products at longer lags.
"""

from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from asmr_stim.acoustics.peaks import parabola_top
from asmr_stim.acoustics.sliding import Window
from asmr_stim.compiling import njit

COLUMNS = ("acf_tau_1_ms", "acf_phi_1", "acf_tau_e_ms", "acf_w_phi_0_ms", "acf_level_dbfs")
LONGEST_LAG_S = 0.05  # pitches down to 20 Hz
LEAST_PHI_1 = 0.1  # a lower peak is none
SEGMENT_S = 0.005  # the envelope of the function is the largest value in each segment
DECAY_TO = 0.1  # Ando: tau_e is where the envelope has fallen to a tenth
MAJOR_SHARE = 0.9  # the first major peak reaches this share of the highest one
_HALF = 0.5


@njit(cache=True, nogil=True)
def _crossing(phi: NDArray[np.float64], height: float) -> float:
    """Return the lag, straight between samples, at which a function first falls below a height.

    nan if it does not.
    """
    for k in range(1, phi.shape[0]):
        if phi[k] < height:
            return float(k - 1 + (phi[k - 1] - height) / (phi[k - 1] - phi[k]))
    return np.nan


@njit(cache=True, nogil=True)
def _effective_duration(phi: NDArray[np.float64], segment: int) -> float:
    """Return the lag at which a straight line through the decibels of the envelope is at a tenth.

    The line is fitted to the segments before the envelope first falls below a tenth; if that
    happens in the first two, the lag after which the function stays below a tenth there.
    """
    n_segments = phi.shape[0] // segment
    lags, levels, n = np.empty(n_segments), np.empty(n_segments), 0
    for s in range(n_segments):
        part = np.abs(phi[s * segment : (s + 1) * segment])
        place = int(np.argmax(part))
        if part[place] < DECAY_TO:
            break
        lags[n], levels[n] = s * segment + place, 10 * np.log10(part[place])
        n += 1
    if n < 3:
        last = 0
        for k in range(min(2 * segment, phi.shape[0])):
            if abs(phi[k]) >= DECAY_TO:
                last = k
        return float(last + 1)
    x, y = lags[:n] - lags[:n].mean(), levels[:n]
    slope = (x * y).sum() / (x * x).sum()
    if slope >= 0:
        return np.nan
    return float(lags[:n].mean() + (10 * np.log10(DECAY_TO) - y.mean()) / slope)


@njit(cache=True, nogil=True)
def _first_peak(phi: NDArray[np.float64], start: int) -> int:
    """Return the lag of the first peak that is nearly as high as the highest one."""
    highest = start + int(np.argmax(phi[start:]))
    for k in range(start + 1, highest):
        if phi[k] >= MAJOR_SHARE * phi[highest] and phi[k - 1] <= phi[k] > phi[k + 1]:
            return k
    return highest


@njit(cache=True, nogil=True)
def describe_autocorrelation(
    function: NDArray[np.float64], rate_hz: float, n_samples: int, out: NDArray[np.float64]
) -> None:
    """Fill the features of one window; nan where one is not defined.

    Parameters
    ----------
    function : ndarray, shape (lags,)
        Sums of products at lags from 0 on.
    rate_hz : float
        Sampling rate.
    n_samples : int
        Samples in the window.
    out : ndarray, shape (5,)
        Filled with ``COLUMNS``.

    References
    ----------
    Ando, Y. (1998), Architectural Acoustics, Springer, chapter 3 (tau_1, phi_1, tau_e, W_phi(0),
    Phi(0)).
    """
    out[:] = np.nan
    if not function[0] > 0:
        return
    phi, per_ms = function / function[0], rate_hz / 1000
    out[4] = 10 * np.log10(2 * function[0] / n_samples)
    out[3] = 2 * _crossing(phi, _HALF) / per_ms
    out[2] = _effective_duration(phi, round(SEGMENT_S * rate_hz)) / per_ms
    zero = _crossing(phi, 0.0)
    if np.isnan(zero) or zero + 2 >= phi.shape[0]:
        return
    place, height = parabola_top(phi, _first_peak(phi, int(zero) + 1))
    out[1] = min(max(height, 0.0), 1.0)
    if height >= LEAST_PHI_1:
        out[0] = place / per_ms


class AutocorrelationMeter:
    """Running autocorrelation of one channel, piece by piece.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    window : Window
        Length and step.

    Notes
    -----
    The products of samples that begin in one step are summed once, as a spectrum, and serve every
    window that the step lies in; those that reach out of a window belong to its last step alone,
    which therefore has a sum of its own. With steps shorter than the longest lag, each window is
    one block.
    """

    def __init__(self, rate_hz: float, window: Window) -> None:
        self._rate_hz = rate_hz
        self._step = window.step_samples(rate_hz)
        self._length = window.steps * self._step
        self._n_lags = round(LONGEST_LAG_S * rate_hz)
        is_shared = window.steps > 1 and self._step >= self._n_lags
        self._n_blocks = window.steps if is_shared else 1
        self._block = self._length // self._n_blocks
        self._size = scipy.fft.next_fast_len(self._block + self._n_lags, real=True)
        # The last block; then the one before it with what follows, as far as products reach
        self._rows = np.zeros((2 if is_shared else 1, self._size))
        self._before: NDArray[np.complex128] | None = None  # spectrum of the block before
        self._reaching: list[NDArray[np.complex128]] = []  # sums of the blocks before the last
        self._waiting = np.empty(0)

    def push(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take the next samples; return rows (windows, 5) of ``COLUMNS``."""
        together = np.concatenate([self._waiting, samples])
        n_blocks = max((len(together) - self._block) // self._step + 1, 0)
        rows = []
        for start in range(0, n_blocks * self._step, self._step):
            spectrum = self._taken(together[start : start + self._block])
            if spectrum is not None:
                rows.append(self._described(spectrum))
        self._waiting = together[n_blocks * self._step :].copy()
        return np.array(rows).reshape(-1, len(COLUMNS))

    def _taken(self, block: NDArray[np.float64]) -> NDArray[Any] | None:
        """Take the next block; return the power spectrum of the window that it completes."""
        self._rows[0, : self._block] = block
        if self._n_blocks > 1:
            self._rows[1, self._block : self._block + self._n_lags] = block[: self._n_lags]
        spectra = scipy.fft.rfft(self._rows, axis=1)
        if self._n_blocks > 1:
            if self._before is not None:
                self._reaching.append(self._before.conj() * spectra[1])
            self._before = spectra[0]
            self._rows[1, : self._block] = block
        if len(self._reaching) < self._n_blocks - 1:
            return None
        own = spectra[0].real ** 2 + spectra[0].imag ** 2
        total = np.sum([*self._reaching, own], axis=0)
        del self._reaching[:1]
        return np.asarray(total)

    def _described(self, spectrum: NDArray[Any]) -> NDArray[np.float64]:
        """Return the features of one window from the spectrum of its autocorrelation."""
        function = scipy.fft.irfft(spectrum, self._size)[: self._n_lags]
        out = np.empty(len(COLUMNS))
        describe_autocorrelation(function, self._rate_hz, self._length, out)
        return out
