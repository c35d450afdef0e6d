"""A stretch of sound in memory: samples of one or more channels at one rate."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples at full scale [-1, 1] with the rate at which they were taken.

    Parameters
    ----------
    samples : ndarray of float64, shape (channels, frames)
        One row a channel, at least one of each; finite. Floating-point recordings may exceed 1.
    rate_hz : float
        Frames per second, above zero.

    Raises
    ------
    ValueError
        If the shape is not two-dimensional, a dimension is empty, a sample is not finite, or the
        rate is not a positive number.

    Examples
    --------
    >>> Sound(np.zeros((2, 480)), 48000).duration_s
    0.01
    """

    samples: NDArray[np.float64]
    rate_hz: float

    def __post_init__(self) -> None:
        samples = np.asarray(self.samples, dtype=np.float64)
        if samples.ndim != 2 or 0 in samples.shape:
            raise ValueError(
                f"samples must have the shape (channels, frames), found {samples.shape}"
            )
        if not np.isfinite(samples).all():
            raise ValueError("samples must be finite numbers")
        if not (np.isfinite(self.rate_hz) and self.rate_hz > 0):
            raise ValueError(f"the rate must be above 0 Hz, found {self.rate_hz}")
        object.__setattr__(self, "samples", samples)

    @property
    def n_channels(self) -> int:
        """Number of channels."""
        return len(self.samples)

    @property
    def n_frames(self) -> int:
        """Number of samples in each channel."""
        return int(self.samples.shape[1])

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.n_frames / self.rate_hz
