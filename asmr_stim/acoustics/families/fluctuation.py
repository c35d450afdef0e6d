"""Fluctuation strength of each channel at stated playback levels."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.fluctuation import (
    FRAME_S,
    HOP_S,
    STEP_FRAMES,
    WINDOW_FRAMES,
    FluctuationMeter,
)
from asmr_stim.acoustics.readings import Clock, Readings, Rows, Series


class FluctuationFamily:
    """Fluctuation strength by Osses, García and Kohlrausch, at the native rate.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    n_channels : int
        Number of channels.
    pascals : dict
        Sound pressure of a sample of 1, Pa, by the suffix of each playback level.
    """

    def __init__(self, rate_hz: float, n_channels: int, pascals: dict[str, float]) -> None:
        columns = tuple(f"fluctuation_strength_vacil_{suffix}" for suffix in pascals)
        levels = tuple(pascals.values())
        self._meters = [FluctuationMeter(rate_hz, levels) for _ in range(n_channels)]
        self.series: tuple[Series, ...] = (Series("fluctuation", columns, clock=_clock(rate_hz)),)

    def push(self, samples: NDArray[np.float64]) -> Rows:
        """Take the next samples; return fluctuation strength each 0.5 s."""
        rows = [meter.push(row) for meter, row in zip(self._meters, samples, strict=True)]
        return {self.series[0].name: np.array(rows)}

    def finish(self) -> Rows:
        """Return nothing: a last incomplete window is left out."""
        return {}

    def readings(self) -> Readings:
        """Return nothing: everything is a series."""
        return Readings()


def _clock(rate_hz: float) -> Clock:
    """Return when the windows are, which are made of frames of the spectrum."""
    hop_s = max(round(HOP_S * rate_hz), 1) / rate_hz
    return Clock(((WINDOW_FRAMES - 1) * hop_s + FRAME_S) / 2, STEP_FRAMES * hop_s)
