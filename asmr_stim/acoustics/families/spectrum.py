"""Features of the short-time spectrum of each channel, and the onsets that follow from them."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.onsets import OnsetDetector
from asmr_stim.acoustics.readings import NO_ROWS, SILENT, Reading, Readings, Undefined
from asmr_stim.acoustics.spectrum import COLUMNS, SpectrumAnalyser

_STRENGTH = COLUMNS.index("onset_strength_db")


class SpectrumFamily:
    """Features of every frame, and the onsets that follow from them."""

    name = "spectrum"
    columns: tuple[str, ...] = COLUMNS

    def __init__(self, rate_hz: float, n_channels: int) -> None:
        self._rate_hz = rate_hz
        self._analyser = SpectrumAnalyser(rate_hz, n_channels)
        self._detectors = [
            OnsetDetector(rate_hz, self._analyser.framing) for _ in range(n_channels)
        ]
        self._is_silent = np.ones(n_channels, dtype=bool)
        self._n_samples = 0

    def push(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take the next samples; return the features of the frames that they complete."""
        rows = self._analyser.push(samples)
        for detector, row, frames in zip(self._detectors, samples, rows, strict=True):
            detector.push(row, frames[:, _STRENGTH])
        self._is_silent &= ~samples.any(axis=1)
        self._n_samples += samples.shape[1]
        return rows

    def finish(self) -> NDArray[np.float64]:
        """Return nothing: a last incomplete frame is left out."""
        return NO_ROWS

    def readings(self) -> Readings:
        """Return the onset rate of each channel."""
        rates: list[Reading] = []
        for detector, is_silent in zip(self._detectors, self._is_silent, strict=True):
            rates.append(SILENT if is_silent else self._rate(detector))
        return Readings(channels={"onset_rate_per_s": rates})

    def _rate(self, detector: OnsetDetector) -> Reading:
        if self._n_samples < self._analyser.framing.length:
            return Undefined("shorter_than_frame")
        return len(detector.times_s()) * self._rate_hz / self._n_samples
