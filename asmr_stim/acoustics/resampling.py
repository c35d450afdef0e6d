"""The same sound at another rate, piece by piece, for methods that are defined at one rate only."""

import numpy as np
import soxr
from numpy.typing import NDArray

QUALITY = "VHQ"  # flat to 0.95 of the lower half-rate; about 150 dB of rejection


class Resampler:
    """Bring a sound to another rate.

    Parameters
    ----------
    rate_hz, wanted_hz : float
        The rate that it has, and the one wanted; equal rates pass samples through unchanged.
    n_channels : int
        Number of channels.

    Notes
    -----
    The SoX resampler, linear phase, without delay. Its output does not depend on the pieces.
    """

    def __init__(self, rate_hz: float, wanted_hz: float, n_channels: int) -> None:
        self._n_channels = n_channels
        self._stream = (
            None
            if rate_hz == wanted_hz
            else soxr.ResampleStream(
                rate_hz, wanted_hz, n_channels, dtype="float64", quality=QUALITY
            )
        )

    def push(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take the next samples (channels, frames); return those that they complete."""
        return samples if self._stream is None else self._resampled(samples, is_last=False)

    def finish(self) -> NDArray[np.float64]:
        """Return the rest, shape (channels, frames)."""
        nothing = np.empty((self._n_channels, 0))
        return nothing if self._stream is None else self._resampled(nothing, is_last=True)

    def _resampled(self, samples: NDArray[np.float64], *, is_last: bool) -> NDArray[np.float64]:
        assert self._stream is not None  # noqa: S101 both callers have looked
        out = self._stream.resample_chunk(np.ascontiguousarray(samples.T), last=is_last)
        return np.ascontiguousarray(out.reshape(-1, self._n_channels).T)
