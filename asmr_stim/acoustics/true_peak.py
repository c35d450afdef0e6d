"""The largest value that a sound reaches between its samples, by interpolation.

A windowed-sinc interpolator gives values between the samples, at 350 kHz or more in all for rates
from 44.1 kHz on. Only where a peak could exceed the largest one found so far is anything computed.
"""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.compiling import njit

TARGET_RATE_HZ = (
    384000.0  # twice what BS.1770-4, Annex 2 asks for: at most 0.14 dB is missed at fs/4
)
MOST_PHASES = 8
HALF_TAPS = 16
KAISER_BETA = 8.0  # side lobes about 80 dB down
_SIDE_BY_SIDE = 128


def interpolation_phases(rate_hz: float) -> NDArray[np.float64]:
    """Return the filters that give the values between two samples, shape (phases - 1, taps).

    Each has unit gain at 0 Hz. Row p gives the value (p + 1) / phases of the way from the sample
    under tap 16 (counted from 1) to the next.

    References
    ----------
    ITU-R BS.1770-4, Annex 2, which leaves the interpolator free.
    """
    wanted = 2 ** round(float(np.log2(TARGET_RATE_HZ / rate_hz)))
    n_phases = int(np.clip(wanted, 2, MOST_PHASES))
    offset = np.arange(1 - HALF_TAPS, HALF_TAPS + 1)
    away = offset - np.arange(1, n_phases)[:, None] / n_phases
    inside = np.sqrt(np.maximum(0, 1 - (away / HALF_TAPS) ** 2))
    filters = np.sinc(away) * np.i0(KAISER_BETA * inside)
    return np.asarray(filters / filters.sum(axis=1, keepdims=True))


@njit(cache=True, nogil=True)
def _raise_peak(samples: NDArray[np.float64], filters: NDArray[np.float64], peak: float) -> float:
    """Return the larger of ``peak`` and all values at and between the samples that have context.

    Sums run over the taps with many samples side by side, which vector instructions can follow
    without changing their order.
    """
    n_phases, n_taps = filters.shape
    most = np.abs(filters).sum(axis=1).max()
    between = np.empty(_SIDE_BY_SIDE)
    n_values = samples.shape[0] - n_taps + 1
    for start in range(0, n_values, _SIDE_BY_SIDE):
        n_here = min(_SIDE_BY_SIDE, n_values - start)
        largest = 0.0
        for k in range(start, start + n_here + n_taps - 1):
            largest = max(largest, abs(samples[k]))
        if largest * most <= peak:
            continue
        for k in range(start + HALF_TAPS - 1, start + HALF_TAPS - 1 + n_here):
            peak = max(peak, abs(samples[k]))
        for phase in range(n_phases):
            between[:] = 0.0
            for tap in range(n_taps):
                part = samples[start + tap : start + tap + n_here]
                weight = filters[phase, tap]
                for k in range(n_here):
                    between[k] += part[k] * weight
            for k in range(n_here):
                peak = max(peak, abs(between[k]))
    return peak


class TruePeakMeter:
    """True peak of each channel, piece by piece.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    n_channels : int
        Number of channels.
    """

    def __init__(self, rate_hz: float, n_channels: int) -> None:
        self._filters = interpolation_phases(rate_hz)
        self._waiting = np.zeros((n_channels, 2 * HALF_TAPS - 1))  # silence before the sound
        self._peak = np.zeros(n_channels)

    def push(self, samples: NDArray[np.float64]) -> None:
        """Take the next samples, shape (channels, frames); any number of frames."""
        together = np.concatenate([self._waiting, samples], axis=1)
        for channel, row in enumerate(together):
            self._peak[channel] = _raise_peak(row, self._filters, self._peak[channel])
        self._waiting = together[:, together.shape[1] - 2 * HALF_TAPS + 1 :].copy()

    def peak(self) -> NDArray[np.float64]:
        """Return the largest absolute value of each channel, with silence after the sound."""
        self.push(np.zeros((len(self._peak), 2 * HALF_TAPS - 1)))
        return self._peak
