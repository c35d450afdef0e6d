"""Running autocorrelation of each channel."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics import autocorrelation
from asmr_stim.acoustics.autocorrelation import AutocorrelationMeter
from asmr_stim.acoustics.readings import Readings, Rows, Series
from asmr_stim.acoustics.sliding import RUNNING

AUTOCORRELATION = Series("autocorrelation", autocorrelation.COLUMNS)


class AutocorrelationFamily:
    """Running autocorrelation of each channel, half a second each 0.1 s.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    n_channels : int
        Number of channels.
    """

    series: tuple[Series, ...] = (AUTOCORRELATION,)

    def __init__(self, rate_hz: float, n_channels: int) -> None:
        self._meters = [AutocorrelationMeter(rate_hz, RUNNING) for _ in range(n_channels)]

    def push(self, samples: NDArray[np.float64]) -> Rows:
        """Take the next samples; return the windows that they complete."""
        rows = [meter.push(row) for meter, row in zip(self._meters, samples, strict=True)]
        return {AUTOCORRELATION.name: np.array(rows)}

    def finish(self) -> Rows:
        """Return nothing: a last incomplete window is left out."""
        return {}

    def readings(self) -> Readings:
        """Return nothing: everything is a series."""
        return Readings()
