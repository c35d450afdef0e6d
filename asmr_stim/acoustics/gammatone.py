"""Envelopes of auditory bands: gammatone filters whose middles lie two ERBs apart.

One of the 15 bands is at 5 kHz, where the envelope was found to go with tingling (Terashima et al.
2024). All bands advance together, sample by sample.
"""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.compiling import njit

ANCHOR_HZ = 5000.0
ERBS_APART = 2.0
N_BELOW, N_ABOVE = 11, 3
N_BANDS = N_BELOW + 1 + N_ABOVE
BANDWIDTH_FACTOR = 1.019  # of the ERB, for a filter of order 4
ORDER = 4
HIGHEST_SHARE = 0.4  # of the rate: bands above are left out
CELLS_PER_S = 200

_LANES = 16
_GAIN, _C_RE, _C_IM, _STATE = 0, 1, 2, 3
_ENERGY = _STATE + 2 * ORDER
_ROWS = _ENERGY + 1


def erb_number(frequency_hz: float) -> float:
    """Return the number of ERBs below a frequency.

    References
    ----------
    Glasberg & Moore (1990), Hearing Research 47, 103-138.
    """
    return float(21.4 * np.log10(4.37 * frequency_hz / 1000 + 1))


def band_middles_hz() -> NDArray[np.float64]:
    """Return the middle frequencies of the bands, rising, 261 Hz to 9.7 kHz."""
    numbers = erb_number(ANCHOR_HZ) + ERBS_APART * np.arange(-N_BELOW, N_ABOVE + 1)
    return np.asarray((10 ** (numbers / 21.4) - 1) * 1000 / 4.37)


MIDDLES_HZ = band_middles_hz()


def _buffer(rate_hz: float) -> NDArray[np.float64]:
    """Return the filters at rest, one row after the other."""
    rows = np.zeros((_ROWS, _LANES))
    erb_hz = 24.7 * (4.37 * MIDDLES_HZ / 1000 + 1)
    decay = np.exp(-2 * np.pi * BANDWIDTH_FACTOR * erb_hz / rate_hz)
    angle = 2 * np.pi * MIDDLES_HZ / rate_hz
    is_used = HIGHEST_SHARE * rate_hz >= MIDDLES_HZ
    rows[_GAIN, :N_BANDS] = np.where(is_used, 1 - decay, 0.0)
    rows[_C_RE, :N_BANDS], rows[_C_IM, :N_BANDS] = decay * np.cos(angle), decay * np.sin(angle)
    return rows.ravel()


@njit(cache=True, nogil=True)
def _advance(sample: float, w: NDArray[np.float64]) -> None:
    """Pass one sample through every band and add the energy of its envelope."""
    for b in range(_LANES):
        re, im = sample, 0.0
        for stage in range(ORDER):
            place = (_STATE + 2 * stage) * _LANES + b
            old_re, old_im = w[place], w[place + _LANES]
            c_re, c_im, gain = w[_C_RE * _LANES + b], w[_C_IM * _LANES + b], w[b]
            re, im = (
                gain * re + c_re * old_re - c_im * old_im,
                gain * im + c_re * old_im + c_im * old_re,
            )
            w[place], w[place + _LANES] = re, im
        w[_ENERGY * _LANES + b] += re * re + im * im


@njit(cache=True, nogil=True)
def _cells(
    samples: NDArray[np.float64],
    w: NDArray[np.float64],
    phase: int,
    cell: int,
    out: NDArray[np.float64],
) -> None:
    """Fill the mean square of each band in each cell that is completed."""
    row = 0
    for t in range(samples.shape[0]):
        _advance(samples[t], w)
        if (t + phase + 1) % cell == 0:
            for b in range(out.shape[1]):
                out[row, b] = 2 * w[_ENERGY * _LANES + b] / cell
            w[_ENERGY * _LANES : (_ENERGY + 1) * _LANES] = 0.0
            row += 1


class EnvelopeBank:
    """Power envelopes of auditory bands of one channel, piece by piece.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    """

    def __init__(self, rate_hz: float) -> None:
        self._cell = max(round(rate_hz / CELLS_PER_S), 1)
        self.cells_per_s = rate_hz / self._cell
        self._buffer = _buffer(rate_hz)
        self._n_samples = 0

    def push(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take the next samples; return mean squares, shape (cells of 5 ms, 15)."""
        phase = self._n_samples % self._cell
        out = np.empty(((phase + len(samples)) // self._cell, N_BANDS))
        _cells(samples, self._buffer, phase, self._cell, out)
        self._n_samples += len(samples)
        return out
