"""Mains hum: lines at multiples of 50 or 60 Hz that stand out from what is around them."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.resampling import Resampler

RATE_HZ = 1000  # hum and its first harmonics lie far below half of this
WINDOW_S = 2.0  # resolves 0.5 Hz
HARMONICS = (1, 2, 3, 4)
LINE_HZ = 1.0  # half the width of a line: that of the window
AROUND_HZ = 8.0  # the surroundings reach so far


class HumMeter:
    """Mains hum of each channel, piece by piece.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    n_channels : int
        Number of channels.
    """

    def __init__(self, rate_hz: float, n_channels: int) -> None:
        self._resampler = Resampler(rate_hz, RATE_HZ, n_channels)
        self._length = round(WINDOW_S * RATE_HZ)
        self._window = np.hanning(self._length + 1)[:-1]
        self._waiting = np.empty((n_channels, 0))
        self._power = np.zeros((n_channels, self._length // 2 + 1))
        self._n_windows = 0

    def push(self, samples: NDArray[np.float64]) -> None:
        """Take the next samples, shape (channels, frames)."""
        self._take(self._resampler.push(samples))

    def finish(self) -> None:
        """Take what the resampler still holds; call it once."""
        self._take(self._resampler.finish())

    def _take(self, samples: NDArray[np.float64]) -> None:
        """Add the spectra of windows that overlap by half."""
        together = np.concatenate([self._waiting, samples], axis=1)
        hop = self._length // 2
        while together.shape[1] >= self._length:
            spectrum = np.fft.rfft(together[:, : self._length] * self._window, axis=1)
            self._power += spectrum.real**2 + spectrum.imag**2
            self._n_windows += 1
            together = together[:, hop:]
        self._waiting = together.copy()

    def prominence_db(self, mains_hz: float) -> NDArray[np.float64] | None:
        """Return how far the second strongest of the first four lines stands out, per channel.

        Two lines have to stand out, so that a single low tone is not taken for hum. None if the
        sound is shorter than 2 s; nan for silence.

        Parameters
        ----------
        mains_hz : float
            50 or 60 Hz.
        """
        if self._n_windows == 0:
            return None
        bins_hz = np.fft.rfftfreq(self._length, 1 / RATE_HZ)
        lines = []
        for harmonic in HARMONICS:
            away = np.abs(bins_hz - harmonic * mains_hz)
            line = self._power[:, away <= LINE_HZ / 2].max(axis=1)
            around = np.median(self._power[:, (away > 2 * LINE_HZ) & (away <= AROUND_HZ)], axis=1)
            with np.errstate(divide="ignore", invalid="ignore"):
                lines.append(10 * np.log10(line / around))
        return np.asarray(np.sort(lines, axis=0)[-2])
