"""Spectra of frames of any length, filled up with zeros to any size, of one channel.

For features whose frames are set by the voice or by the ear rather than by the spectrum; what the
features of the spectrum share is in ``stft``.
"""

from collections.abc import Iterator

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from asmr_stim.acoustics.framing import Carry, Framing, bin_frequencies_hz
from asmr_stim.compiling import njit

_BATCH = 16  # frames at a time: a batch of spectra stays in the processor's cache
_LANES = 16  # batches are filled up to a multiple of this, so that every frame takes the same path


@njit(cache=True, nogil=True)
def _windowed(
    samples: NDArray[np.float64],
    hop: int,
    window: NDArray[np.float64],
    frames: NDArray[np.float64],
) -> None:
    """Fill one windowed frame a row, and leave what is beyond the window."""
    for t in range(frames.shape[0]):
        piece = samples[t * hop : t * hop + window.shape[0]]
        for k in range(window.shape[0]):
            frames[t, k] = piece[k] * window[k]


class FrameTransform:
    """Spectra of the frames of one channel, under a periodic Hann window.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    framing : Framing
        The frames, of any length.
    size : int
        Length of the transform, at least that of a frame.
    """

    def __init__(self, rate_hz: float, framing: Framing, size: int) -> None:
        length = framing.length
        self.bins_hz = bin_frequencies_hz(rate_hz, size)
        self.window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
        self._framing = framing
        self._carry = Carry(1, framing)
        self._frames = np.zeros((_BATCH, size))

    def batches(self, samples: NDArray[np.float64]) -> Iterator[NDArray[np.complex128]]:
        """Take the next samples; yield the spectra of the frames that they complete.

        Parameters
        ----------
        samples : ndarray, shape (frames,)
            The next samples of the channel.

        Yields
        ------
        ndarray, shape (frames, bins)
            Some spectra.
        """
        together, n_frames = self._carry.whole_frames(samples[None])
        for start in range(0, n_frames, _BATCH):
            part = together[0, start * self._framing.hop :]
            yield self._spectra(part, min(_BATCH, n_frames - start))

    def _spectra(self, samples: NDArray[np.float64], n_frames: int) -> NDArray[np.complex128]:
        _windowed(samples, self._framing.hop, self.window, self._frames[:n_frames])
        return np.asarray(forward(self._frames[: filled(n_frames)])[:n_frames])


def filled(n_frames: int) -> int:
    """Return how many rows a transform needs so that every frame takes the same path."""
    return -(-n_frames // _LANES) * _LANES


def forward(rows: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Return the spectra of rows whose number ``filled`` gave."""
    return np.asarray(scipy.fft.rfft(rows, axis=1))


def back(rows: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Return what has these real spectra, rows whose number ``filled`` gave."""
    return np.asarray(scipy.fft.irfft(rows, size, axis=1))
