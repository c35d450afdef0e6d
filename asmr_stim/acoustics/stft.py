"""The short-time Fourier transform of a sound that arrives piece by piece.

Periodic Hann window, double precision (single precision would widen the bandwidth of a pure tone by
1 %), frames as ``framing`` cuts them. One transform serves every feature of the spectrum.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from asmr_stim.acoustics.framing import Carry, Framing, bin_frequencies_hz
from asmr_stim.compiling import njit

_BATCH = 128  # frames at a time: a batch of spectra stays in the processor's cache
_LANES = 16  # batches are filled up to a multiple of this, so that every frame takes the same path


@dataclass(frozen=True, slots=True)
class Batch:
    """Some frames of every channel.

    Parameters
    ----------
    samples : ndarray, shape (channels, samples)
        The samples from the start of the first frame on, at least to the end of the last one.
    spectra : ndarray of complex128, shape (channels, frames, bins)
        Their spectra.
    """

    samples: NDArray[np.float64]
    spectra: NDArray[np.complex128]


@njit(cache=True, nogil=True)
def _windowed(
    samples: NDArray[np.float64],
    hop: int,
    window: NDArray[np.float64],
    frames: NDArray[np.float64],
) -> None:
    """Fill one windowed frame a row."""
    length = window.shape[0]
    for t in range(frames.shape[0]):
        piece = samples[t * hop : t * hop + length]
        for k in range(length):
            frames[t, k] = piece[k] * window[k]


class ShortTimeTransform:
    """Spectra of every frame of every channel.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    n_channels : int
        Number of channels.
    framing : Framing, optional
        The frames, of any length; by default those of ``Framing.for_rate``.
    size : int, optional
        Length of the transform, by default that of a frame; zeros fill what a frame lacks.
    """

    def __init__(
        self, rate_hz: float, n_channels: int, framing: Framing | None = None, size: int = 0
    ) -> None:
        self.framing = framing or Framing.for_rate(rate_hz)
        length = self.framing.length
        size = max(size, length)
        self.bins_hz = bin_frequencies_hz(rate_hz, size)
        self._carry = Carry(n_channels, self.framing)
        self._window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
        self._frames = np.zeros((_BATCH, size))

    def batches(self, samples: NDArray[np.float64]) -> Iterator[Batch]:
        """Take the next samples (channels, frames); yield the frames that they complete."""
        samples, n_frames = self._carry.whole_frames(samples)
        for start in range(0, n_frames, _BATCH):
            part = samples[:, start * self.framing.hop :]
            yield Batch(part, self._spectra(part, min(_BATCH, n_frames - start)))

    def _spectra(self, samples: NDArray[np.float64], n_frames: int) -> NDArray[np.complex128]:
        """Return the spectra of one batch."""
        filled = -(-n_frames // _LANES) * _LANES
        spectra = np.empty((len(samples), n_frames, len(self.bins_hz)), dtype=np.complex128)
        for channel, row in enumerate(samples):
            _windowed(row, self.framing.hop, self._window, self._frames[:n_frames])
            self._frames[n_frames:filled] = 0  # what is left of other batches
            spectra[channel] = scipy.fft.rfft(self._frames[:filled], axis=1)[:n_frames]
        return spectra
