"""Running autocorrelation of each channel."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics import autocorrelation
from asmr_stim.acoustics.autocorrelation import AutocorrelationMeter
from asmr_stim.acoustics.readings import Readings, Rows, Series
from asmr_stim.acoustics.sliding import RUNNING, Window

AUTOCORRELATION = Series("autocorrelation", autocorrelation.COLUMNS)


class AutocorrelationFamily:
    """Running autocorrelation of each channel.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    n_channels : int
        Number of channels.
    running : Window
        Length and step, by default half a second each 0.1 s.
    """

    def __init__(self, rate_hz: float, n_channels: int, running: Window = RUNNING) -> None:
        self.series: tuple[Series, ...] = (AUTOCORRELATION.at(running.clock(rate_hz)),)
        self._meters = [AutocorrelationMeter(rate_hz, running) for _ in range(n_channels)]

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
