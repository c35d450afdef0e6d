"""How deeply and how fast the envelopes of a sound rise and fall: its modulation spectrum."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.peaks import parabola_top

WINDOW_S, STEP_S = 4.0, 2.0
OCTAVES_HZ = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
PEAK_FROM_HZ, PEAK_TO_HZ = 0.5, 32.0
NOISE_BANDWIDTH = 1.5  # of a Hann window, bins


@dataclass(frozen=True, slots=True)
class Modulation:
    """Modulation of a sound over its whole length.

    Parameters
    ----------
    depths : tuple of float
        Modulation index of the octaves around 0.5 to 32 Hz; 1 for full sinusoidal modulation.
    peak_hz : float
        Frequency at which the modulation per octave is largest.
    """

    depths: tuple[float, ...]
    peak_hz: float


class ModulationMeter:
    """Modulation spectrum of envelopes, piece by piece.

    Parameters
    ----------
    cells_per_s : float
        Values of the envelopes in a second.
    n_bands : int
        Number of envelopes.

    Notes
    -----
    Windows of 4 s, each 2 s. With the spectrum E_b(f) of the amplitude envelope of band b in a
    window, the squared index is sum_b |2 E_b(f)|^2 / sum_b |E_b(0)|^2, both summed over windows, so
    that loud bands and loud moments count most.
    """

    def __init__(self, cells_per_s: float, n_bands: int) -> None:
        self._length = round(WINDOW_S * cells_per_s)
        self._step = round(STEP_S * cells_per_s)
        self._frequency_hz = np.arange(self._length // 2 + 1) * (cells_per_s / self._length)
        self._window = np.hanning(self._length + 1)[:-1]
        self._waiting = np.empty((0, n_bands))
        self._power = np.zeros(len(self._frequency_hz))
        self._steady = 0.0

    def push(self, power: NDArray[np.float64]) -> None:
        """Take the next values of the power envelopes, shape (cells, bands)."""
        together = np.concatenate([self._waiting, power])
        while len(together) >= self._length:
            envelope = np.sqrt(together[: self._length])
            spectrum = np.fft.rfft(envelope * self._window[:, None], axis=0)
            self._power += (2 * np.abs(spectrum) ** 2 * 2).sum(axis=1)
            self._steady += float((np.abs(spectrum[0]) ** 2).sum())
            together = together[self._step :]
        self._waiting = together.copy()

    def modulation(self) -> Modulation | None:
        """Return the modulation; None for a sound shorter than 4 s or silent."""
        if self._steady == 0:
            return None
        squared = self._power / self._steady
        depths = [
            np.sqrt(squared[self._within(hz / np.sqrt(2), hz * np.sqrt(2))].sum() / NOISE_BANDWIDTH)
            for hz in OCTAVES_HZ
        ]
        inside = np.flatnonzero(self._within(PEAK_FROM_HZ, PEAK_TO_HZ))
        per_octave = squared[inside] * self._frequency_hz[inside]
        place, _ = parabola_top(per_octave, int(np.argmax(per_octave)))
        peak_hz = float(self._frequency_hz[inside[0]] + place * self._frequency_hz[1])
        return Modulation(tuple(float(depth) for depth in depths), peak_hz)

    def _within(self, low_hz: float, high_hz: float) -> NDArray[np.bool_]:
        return (self._frequency_hz >= low_hz) & (self._frequency_hz < high_hz)
