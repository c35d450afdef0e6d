"""Roughness of each channel at stated playback levels."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.readings import Clock, Readings, Rows, Series
from asmr_stim.acoustics.resampling import Resampler
from asmr_stim.acoustics.roughness import STEP_S, RoughnessMeter
from asmr_stim.acoustics.roughness_bands import RATE_HZ, WINDOW_S


class RoughnessFamily:
    """Roughness by Daniel and Weber, on a copy of the sound at 24 kHz.

    Parameters
    ----------
    rate_hz : float
        Native sampling rate.
    n_channels : int
        Number of channels.
    pascals : dict
        Sound pressure of a sample of 1, Pa, by the suffix of each playback level.
    """

    def __init__(self, rate_hz: float, n_channels: int, pascals: dict[str, float]) -> None:
        columns = tuple(f"roughness_asper_{suffix}" for suffix in pascals)
        self.series: tuple[Series, ...] = (
            Series("roughness", columns, clock=Clock(WINDOW_S / 2, STEP_S)),
        )
        self._resampler = Resampler(rate_hz, RATE_HZ, n_channels)
        levels = tuple(pascals.values())
        self._meters = [RoughnessMeter(levels) for _ in range(n_channels)]

    def push(self, samples: NDArray[np.float64]) -> Rows:
        """Take the next samples; return roughness each 0.1 s."""
        return self._rows(self._resampler.push(samples))

    def finish(self) -> Rows:
        """Return the windows that waited for the resampler; an incomplete one is left out."""
        return self._rows(self._resampler.finish())

    def _rows(self, samples: NDArray[np.float64]) -> Rows:
        rows = [meter.push(row) for meter, row in zip(self._meters, samples, strict=True)]
        return {self.series[0].name: np.array(rows)}

    def readings(self) -> Readings:
        """Return nothing: everything is a series."""
        return Readings()
