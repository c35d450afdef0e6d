"""The short-time Fourier transform of a sound that arrives piece by piece.

Periodic Hann window, double precision (single precision would widen the bandwidth of a pure tone by
1 %), frames as ``framing`` cuts them. One transform serves every feature of the spectrum.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.framing import Carry, Framing, bin_frequencies_hz
from asmr_stim.acoustics.lane_transform import RealLaneTransform
from asmr_stim.compiling import njit

_LANES = 8  # frames side by side
_LINE = 8  # values moved together
_BATCH = 32  # frames at a time: a batch of spectra stays in the processor's cache


@dataclass(frozen=True, slots=True)
class Batch:
    """Some frames of every channel, to be used before the next batch is asked for.

    Parameters
    ----------
    samples : ndarray, shape (channels, samples)
        The samples from the start of the first frame on, at least to the end of the last one; the
        next piece of the sound overwrites them.
    spectra : ndarray of complex128, shape (channels, frames, bins)
        Spectra of the frames; the next batch overwrites them.
    """

    samples: NDArray[np.float64]
    spectra: NDArray[np.complex128]


@njit(cache=True, nogil=True)
def _place(
    samples: NDArray[np.float64],
    hop: int,
    window: NDArray[np.float64],
    n_frames: int,
    w: NDArray[np.float64],
    imag: int,
) -> None:
    """Put windowed frames side by side; as many values of a frame as a line of the cache holds."""
    for first in range(0, window.shape[0], _LINE):
        place = first // 2 * _LANES
        even = w[place : place + _LINE // 2 * _LANES]
        odd = w[imag + place : imag + place + _LINE // 2 * _LANES]
        factors = window[first : first + _LINE]
        for lane in range(n_frames):
            values = samples[lane * hop + first : lane * hop + first + _LINE]
            for k in range(_LINE // 2):
                even[k * _LANES + lane] = values[2 * k] * factors[2 * k]
                odd[k * _LANES + lane] = values[2 * k + 1] * factors[2 * k + 1]


@njit(cache=True, nogil=True)
def _take(w: NDArray[np.float64], source: int, imag: int, spectra: NDArray[np.complex128]) -> None:
    """Fill one spectrum a row; some bins of every row at a time, which the cache then holds."""
    last = spectra.shape[1] - 1  # a power of two: the bins before it make whole lines
    for first in range(0, last, _LINE):
        place = source + first * _LANES
        real = w[place : place + _LINE * _LANES]
        imaginary = w[imag + place : imag + place + _LINE * _LANES]
        for lane in range(spectra.shape[0]):
            row = spectra[lane, first : first + _LINE]
            for k in range(_LINE):
                row[k] = complex(real[k * _LANES + lane], imaginary[k * _LANES + lane])
    for lane in range(spectra.shape[0]):
        place = source + last * _LANES + lane
        spectra[lane, last] = complex(w[place], w[imag + place])


class ShortTimeTransform:
    """Spectra of every frame of every channel.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    n_channels : int
        Number of channels.
    """

    def __init__(self, rate_hz: float, n_channels: int) -> None:
        self.framing = Framing.for_rate(rate_hz)
        length = self.framing.length
        self.bins_hz = bin_frequencies_hz(rate_hz, length)
        self._carry = Carry(n_channels, self.framing)
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
        self._half_window = window / 2
        self._transform = RealLaneTransform(length, _LANES, np.float64)
        self._spectra = np.empty((n_channels, _BATCH, len(self.bins_hz)), dtype=np.complex128)

    def batches(self, samples: NDArray[np.float64]) -> Iterator[Batch]:
        """Take the next samples (channels, frames); yield the frames that they complete."""
        samples, n_frames = self._carry.whole_frames(samples)
        for start in range(0, n_frames, _BATCH):
            part = samples[:, start * self.framing.hop :]
            spectra = self._spectra[:, : min(_BATCH, n_frames - start)]
            for row, of_channel in zip(part, spectra, strict=True):
                self._fill(row, of_channel)
            yield Batch(part, spectra)

    def _fill(self, samples: NDArray[np.float64], spectra: NDArray[np.complex128]) -> None:
        """Fill the spectra of the frames of one channel."""
        transform, hop = self._transform, self.framing.hop
        imag = transform.layout.imag
        for start in range(0, len(spectra), _LANES):
            rows = spectra[start : start + _LANES]
            part = samples[start * hop :]
            _place(part, hop, self._half_window, len(rows), transform.buffer, imag)
            transform.run()
            _take(transform.buffer, transform.result, imag, rows)
