"""How strongly a sound comes and goes at one rate, as designed cyclic patterns and tapping do.

``CycleMeter`` finds the strongest cyclic frequency of power envelopes; ``BandCycles`` asks it and
the meter of repetitions for one set of envelopes.
"""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from asmr_stim.acoustics.peaks import parabola_top
from asmr_stim.acoustics.repetition import Repetition, RepetitionMeter

CELLS_TOGETHER = 2  # of 5 ms: a repetition is placed within 10 ms, and between by a parabola
BANDS_TOGETHER = 3  # six ERBs: which kind of sound repeats, not which sound
WINDOW_S, STEP_S = 4.0, 2.0
FROM_HZ, TO_HZ = 1.0, 20.0  # slower ones do not part from 0 Hz in such a window
LEAST_COHERENCE = 0.2
MAJOR_SHARE = 0.9  # of the highest peak: the first such peak is the rate, not a multiple
_FINER = 4  # so many points between the bins of a window


@dataclass(frozen=True, slots=True)
class Cycle:
    """How strongly a sound comes and goes at one rate.

    Parameters
    ----------
    coherence : float
        0 for a steady sound, 0.67 for full sinusoidal modulation, 1 for clicks in silence.
    frequency_hz : float or None
        The rate; None if the coherence is below 0.2.
    """

    coherence: float
    frequency_hz: float | None


class CycleMeter:
    """Coherence of cyclic frequencies of power envelopes, piece by piece.

    Parameters
    ----------
    cells_per_s : float
        Values in a second.
    n_bands : int
        Number of envelopes.

    Notes
    -----
    C(a)^2 = sum_b |P_b(a)|^2 / sum_b P_b(0)^2, both summed over windows of 4 s, each 2 s, under a
    Hann taper, with the transform P_b(a) of the power in band b at the cyclic frequency a. The
    coherence is the height of the highest peak of C from 1 to 20 Hz above the lowest value before
    it, so that a single event, whose C is flat, has none.

    References
    ----------
    Own convention, after the cyclic modulation coherence in Antoni (2009), Mechanical Systems and
    Signal Processing 23, 987-1036.
    """

    def __init__(self, cells_per_s: float, n_bands: int) -> None:
        self._length = round(WINDOW_S * cells_per_s)
        self._step = round(STEP_S * cells_per_s)
        size = _FINER * self._length
        self._frequency_hz = np.arange(size // 2 + 1) * (cells_per_s / size)
        self._taper = np.hanning(self._length + 1)[:-1, None]
        self._waiting = np.empty((0, n_bands))
        self._common = np.zeros(len(self._frequency_hz))

    def push(self, power: NDArray[np.float64]) -> None:
        """Take the next values of the power envelopes, shape (cells, bands)."""
        together = np.concatenate([self._waiting, power])
        while len(together) >= self._length:
            tapered = together[: self._length] * self._taper
            spectrum = scipy.fft.rfft(tapered, _FINER * self._length, axis=0)
            self._common += (np.abs(spectrum) ** 2).sum(axis=1)
            together = together[self._step :]
        self._waiting = together.copy()

    def cycle(self) -> Cycle | None:
        """Return the strongest cycle; None for a sound shorter than 4 s or silent."""
        if self._common[0] == 0:
            return None
        found = np.sqrt(self._common / self._common[0])
        prominence = found - np.minimum.accumulate(found)
        inside = np.flatnonzero((self._frequency_hz >= FROM_HZ) & (self._frequency_hz <= TO_HZ))
        is_peak = (found[inside] >= found[inside - 1]) & (found[inside] > found[inside + 1])
        peaks = inside[is_peak]
        if len(peaks) == 0:
            return Cycle(0.0, None)
        coherence = float(prominence[peaks].max())
        if coherence < LEAST_COHERENCE:
            return Cycle(coherence, None)
        first = peaks[prominence[peaks] >= MAJOR_SHARE * coherence][0]
        place, _ = parabola_top(found, int(first))
        return Cycle(coherence, place * float(self._frequency_hz[1]))


class BandCycles:
    """Repetition and cycle of the envelopes of auditory bands of one channel, piece by piece.

    Parameters
    ----------
    cells_per_s : float
        Values in a second.
    n_bands : int
        Number of envelopes, a multiple of 3.
    """

    def __init__(self, cells_per_s: float, n_bands: int) -> None:
        per_s = cells_per_s / CELLS_TOGETHER
        self._waiting = np.empty((0, n_bands))
        self._repetitions = RepetitionMeter(per_s, n_bands // BANDS_TOGETHER)
        self._cycles = CycleMeter(per_s, n_bands)

    def push(self, power: NDArray[np.float64]) -> None:
        """Take the next values of the power envelopes, shape (cells, bands)."""
        together = np.concatenate([self._waiting, power])
        n_cells, n_bands = len(together) // CELLS_TOGETHER, together.shape[1]
        whole = together[: n_cells * CELLS_TOGETHER]
        self._waiting = together[n_cells * CELLS_TOGETHER :].copy()
        if n_cells == 0:
            return
        cells = whole.reshape(n_cells, CELLS_TOGETHER, n_bands).mean(axis=1)
        groups = cells.reshape(n_cells, n_bands // BANDS_TOGETHER, BANDS_TOGETHER).sum(axis=2)
        self._repetitions.push(np.sqrt(groups))
        self._cycles.push(cells)

    def repetition(self) -> Repetition | None:
        """Return how the sound repeats; None if it is shorter than 0.3 s."""
        return self._repetitions.repetition()

    def cycle(self) -> Cycle | None:
        """Return its strongest cycle; None if it is shorter than 4 s or silent."""
        return self._cycles.cycle()
