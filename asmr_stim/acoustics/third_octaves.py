"""Energies of third-octave bands over time, as ISO 532-1 wants them.

28 bands from 25 Hz to 12.5 kHz at 48 kHz: three second-order sections each, squared, smoothed by
three first-order low-passes, and taken 2000 times a second. All bands advance together, one sample
after the other, so that the result does not depend on how a sound is cut into pieces.
"""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.iso532_tables import (
    BAND_GAINS,
    REFERENCE_A1,
    REFERENCE_A2,
    SECTION_DIFFERENCES,
    THIRD_OCTAVE_HZ,
)
from asmr_stim.compiling import njit

RATE_HZ = 48000
STEP_SAMPLES = 24  # one energy each 0.5 ms
N_BANDS = 28
SLOWEST_SMOOTHED_HZ = 1000.0  # ISO 532-1, 6.3: above this the smoothing gets no faster

_LANES = 32  # bands side by side, filled up so that vector instructions fit
# Rows of the buffer that holds the filters and where they stand. One array for all tells the
# compiler that rows do not overlap, which makes the loop over bands ten times as fast.
_A1, _A2, _GAIN, _POLE, _STATE, _SMOOTH, _ROWS = 0, 3, 6, 7, 8, 14, 17
_EXACT = {"contract", "nsz"}  # multiply and add in one instruction; no change of order


def _buffer() -> NDArray[np.float64]:
    """Return the filters at rest, one row after the other."""
    rows = np.zeros((_ROWS, _LANES))
    rows[_A1 : _A1 + 3, :N_BANDS] = (REFERENCE_A1 - SECTION_DIFFERENCES[:, :, 0]).T
    rows[_A2 : _A2 + 3, :N_BANDS] = (REFERENCE_A2 - SECTION_DIFFERENCES[:, :, 1]).T
    rows[_GAIN, :N_BANDS] = BAND_GAINS
    time_constant_s = 2 / (3 * np.minimum(THIRD_OCTAVE_HZ, SLOWEST_SMOOTHED_HZ))
    rows[_POLE, :N_BANDS] = np.exp(-1 / (RATE_HZ * time_constant_s))
    return rows.ravel()


@njit(cache=True, nogil=True, fastmath=_EXACT)
def _advance(sample: float, w: NDArray[np.float64]) -> None:
    """Pass one sample through every band: sections in transposed direct form II, then smoothing.

    The numerators of the sections are 1 2 1, 1 0 -1 and 1 -2 1.
    """
    for b in range(_LANES):
        x = sample * w[_GAIN * _LANES + b]
        y = x + w[_STATE * _LANES + b]
        w[_STATE * _LANES + b] = 2 * x - w[_A1 * _LANES + b] * y + w[(_STATE + 1) * _LANES + b]
        w[(_STATE + 1) * _LANES + b] = x - w[_A2 * _LANES + b] * y
        x = y
        y = x + w[(_STATE + 2) * _LANES + b]
        w[(_STATE + 2) * _LANES + b] = w[(_STATE + 3) * _LANES + b] - w[(_A1 + 1) * _LANES + b] * y
        w[(_STATE + 3) * _LANES + b] = -x - w[(_A2 + 1) * _LANES + b] * y
        x = y
        y = x + w[(_STATE + 4) * _LANES + b]
        w[(_STATE + 4) * _LANES + b] = (
            w[(_STATE + 5) * _LANES + b] - 2 * x - w[(_A1 + 2) * _LANES + b] * y
        )
        w[(_STATE + 5) * _LANES + b] = x - w[(_A2 + 2) * _LANES + b] * y
        value = y * y
        for row in range(_SMOOTH, _SMOOTH + 3):
            value += w[_POLE * _LANES + b] * (w[row * _LANES + b] - value)
            w[row * _LANES + b] = value


@njit(cache=True, nogil=True, fastmath=_EXACT)
def _band_energies(
    samples: NDArray[np.float64], w: NDArray[np.float64], phase: int, out: NDArray[np.float64]
) -> None:
    """Fill one row for each sample whose count, continued from ``phase``, is a multiple of 24."""
    row = 0
    for t in range(samples.shape[0]):
        _advance(samples[t], w)
        if (t + phase) % STEP_SAMPLES == 0:
            last = (_SMOOTH + 2) * _LANES
            out[row] = w[last : last + N_BANDS]
            row += 1


class ThirdOctaveBank:
    """Smoothed energies of third-octave bands of one channel, piece by piece."""

    def __init__(self) -> None:
        self._buffer = _buffer()
        self._n_samples = 0

    def push(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take the next samples and return the energies that fall into them.

        Parameters
        ----------
        samples : ndarray, shape (frames,)
            One channel at 48 kHz, in any unit.

        Returns
        -------
        ndarray, shape (steps, 28)
            Mean square in each band, in the square of that unit, each 0.5 ms.

        References
        ----------
        ISO 532-1:2017, 6.2 and 6.3, Annex A, Tables A.1 and A.2.
        """
        phase = self._n_samples % STEP_SAMPLES
        n_rows = (phase + len(samples) - 1) // STEP_SAMPLES - (phase - 1) // STEP_SAMPLES
        out = np.empty((n_rows, N_BANDS))
        _band_energies(samples, self._buffer, phase, out)
        self._n_samples += len(samples)
        return out
