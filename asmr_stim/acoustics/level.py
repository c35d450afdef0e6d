"""Level of each channel over the whole sound, gathered piece by piece."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.decibels import peak_dbfs, rms_dbfs
from asmr_stim.compiling import njit


@dataclass(frozen=True, slots=True)
class Levels:
    """Levels of every channel, each of shape (channels,).

    Parameters
    ----------
    rms_dbfs : ndarray
        Level of the RMS, dBFS (0 dBFS is the RMS of a full-scale sine); -inf for silence.
    peak_dbfs : ndarray
        Level of the largest absolute sample, dBFS; -inf for silence.
    crest_db : ndarray
        Largest absolute sample over RMS, dB; nan for silence.
    """

    rms_dbfs: NDArray[np.float64]
    peak_dbfs: NDArray[np.float64]
    crest_db: NDArray[np.float64]


@njit(cache=True, nogil=True)
def _accumulate(samples: NDArray[np.float64], energy: float, peak: float) -> tuple[float, float]:
    """Return the sum of squares and the largest absolute sample, continued."""
    for sample in samples:
        energy += sample * sample
        peak = max(peak, abs(sample))
    return energy, peak


class LevelMeter:
    """Sum of squares and peak of each channel.

    Parameters
    ----------
    n_channels : int
        Number of channels.
    """

    def __init__(self, n_channels: int) -> None:
        self._energy = np.zeros(n_channels)
        self._peak = np.zeros(n_channels)
        self._n_frames = 0

    def push(self, samples: NDArray[np.float64]) -> None:
        """Take the next samples, shape (channels, frames); any number of frames."""
        for channel, row in enumerate(samples):
            self._energy[channel], self._peak[channel] = _accumulate(
                row, self._energy[channel], self._peak[channel]
            )
        self._n_frames += samples.shape[1]

    def levels(self) -> Levels:
        """Return the levels of everything taken so far, which must be at least one frame."""
        mean_square = self._energy / self._n_frames
        with np.errstate(divide="ignore", invalid="ignore"):
            crest = 20 * np.log10(self._peak / np.sqrt(mean_square))
        return Levels(rms_dbfs(mean_square), peak_dbfs(self._peak), crest)
