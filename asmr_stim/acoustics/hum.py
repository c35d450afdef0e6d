"""Mains hum: lines at multiples of 50 or 60 Hz that stand out from what is around them."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.resampling import Resampler

RATE_HZ = 1000  # hum and its first harmonics lie far below half of this
WINDOW_S = 2.0  # resolves 0.5 Hz
HARMONICS = (1, 2, 3, 4)
LINE_HZ = 1.0  # half the width of a line: that of the window
AROUND_HZ = 8.0  # the surroundings reach so far
# Of the sound as a whole: a line softer than this is not heard beside it at any level that a
# person listens at, and may be nothing but the rounding of a tone to integers.
SOFTEST_DB = -70.0


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
        self._sum, self._squares = np.zeros(n_channels), np.zeros(n_channels)
        self._n_samples = 0

    def push(self, samples: NDArray[np.float64]) -> None:
        """Take the next samples, shape (channels, frames)."""
        self._sum += samples.sum(axis=1)
        self._squares += np.einsum("ck,ck->c", samples, samples)
        self._n_samples += samples.shape[1]
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
        """Return how far lines at multiples of the mains stand out, per channel.

        Two of the first four lines have to stand out, and one of them is the first or second, so
        that neither a single low tone nor two high ones are taken for hum. A line stands out from
        the louder of its two sides: the skirt of a stronger tone beside it does not. None if the
        sound is shorter than 2 s; nan for silence.

        Parameters
        ----------
        mains_hz : float
            50 or 60 Hz.
        """
        if self._n_windows == 0:
            return None
        lines = np.array([self._line_db(harmonic * mains_hz) for harmonic in HARMONICS])
        second = np.sort(lines, axis=0)[-2]
        return np.asarray(np.minimum(second, lines[:2].max(axis=0)))

    def _line_db(self, line_hz: float) -> NDArray[np.float64]:
        """Return how far a line stands out from both of its sides and from what is not heard."""
        bins_hz = np.fft.rfftfreq(self._length, 1 / RATE_HZ)
        away = bins_hz - line_hz
        line = self._power[:, np.abs(away) <= LINE_HZ / 2].max(axis=1)
        sides = [
            np.median(self._power[:, (side > 2 * LINE_HZ) & (side <= AROUND_HZ)], axis=1)
            for side in (-away, away)
        ]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(10 * np.log10(line / np.maximum.reduce([*sides, self._unheard()])))

    def _unheard(self) -> NDArray[np.float64]:
        """Return the power in a bin of a line that is too soft to count, per channel."""
        variance = self._squares / self._n_samples - (self._sum / self._n_samples) ** 2
        of_full_scale = self._n_windows * (self._window.sum() / 2) ** 2  # a sine of amplitude 1
        return np.asarray(2 * variance.clip(0) * 10 ** (SOFTEST_DB / 10) * of_full_scale)
