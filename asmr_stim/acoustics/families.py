"""The families of features that make up a clip profile, each with the names of its features."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.decibels import peak_dbfs
from asmr_stim.acoustics.kweighting import LOWEST_RATE_HZ
from asmr_stim.acoustics.level import LevelMeter
from asmr_stim.acoustics.onsets import OnsetDetector
from asmr_stim.acoustics.programme import (
    ProgrammeMeter,
    integrated_lufs,
    loudness_range,
    momentary_lufs,
    short_term_lufs,
)
from asmr_stim.acoustics.readings import Family, Reading, Readings, Undefined
from asmr_stim.acoustics.spectrum import COLUMNS, SpectrumAnalyser
from asmr_stim.acoustics.true_peak import TruePeakMeter

SILENT = Undefined("silent")
_STRENGTH = COLUMNS.index("onset_strength_db")


def all_families(rate_hz: float, n_channels: int) -> list[Family]:
    """Return every family, ready for a clip of this rate and number of channels."""
    return [
        LevelFamily(rate_hz, n_channels),
        LoudnessFamily(rate_hz, n_channels),
        SpectrumFamily(rate_hz, n_channels),
    ]


def _no_rows(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.empty((len(samples), 0, 0))


def _finite(values: NDArray[np.float64]) -> list[Reading]:
    """Return levels as readings; that of silence is not defined."""
    return [float(value) if np.isfinite(value) else SILENT for value in values]


class LevelFamily:
    """RMS and peak of each channel."""

    name = "level"
    columns: tuple[str, ...] = ()

    def __init__(self, rate_hz: float, n_channels: int) -> None:
        self._meter = LevelMeter(n_channels)
        self._true_peak = TruePeakMeter(rate_hz, n_channels)

    def push(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take the next samples."""
        self._meter.push(samples)
        self._true_peak.push(samples)
        return _no_rows(samples)

    def readings(self) -> Readings:
        """Return levels per channel."""
        levels = self._meter.levels()
        return Readings(
            channels={
                "rms_level_dbfs": _finite(levels.rms_dbfs),
                "sample_peak_dbfs": _finite(levels.peak_dbfs),
                "true_peak_dbtp": _finite(peak_dbfs(self._true_peak.peak())),
                "crest_factor_db": _finite(levels.crest_db),
            }
        )


class LoudnessFamily:
    """Loudness of the programme, and the K-weighted level of each channel."""

    name = "loudness"
    columns: tuple[str, ...] = ()

    def __init__(self, rate_hz: float, n_channels: int) -> None:
        self._n_channels = n_channels
        self._meter = ProgrammeMeter(rate_hz, n_channels) if rate_hz >= LOWEST_RATE_HZ else None

    def push(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take the next samples."""
        if self._meter is not None:
            self._meter.push(samples)
        return _no_rows(samples)

    def readings(self) -> Readings:
        """Return the loudness of all channels together and the level of each."""
        if self._meter is None:
            return self._all(Undefined("rate_too_low"))
        levels = self._meter.k_weighted_level_dbfs()
        if np.isneginf(levels).all():
            return self._all(SILENT)
        steps = self._meter.step_power()
        integrated, spread = integrated_lufs(steps), loudness_range(steps)
        gate, window = "shorter_than_gating_block", "shorter_than_short_term_window"
        momentary, short_term = momentary_lufs(steps), short_term_lufs(steps)
        return Readings(
            channels={"k_weighted_level_dbfs": _finite(levels)},
            pair={
                "integrated_loudness_lufs": _gated(integrated, momentary, gate),
                "momentary_max_lufs": _largest(momentary, gate),
                "short_term_max_lufs": _largest(short_term, window),
                "loudness_range_lu": _gated(
                    None if spread is None else spread.lra_lu, short_term, window
                ),
            },
        )

    def _all(self, reading: Reading) -> Readings:
        """Return the same reading for every feature."""
        pair = (
            "integrated_loudness_lufs",
            "momentary_max_lufs",
            "short_term_max_lufs",
            "loudness_range_lu",
        )
        return Readings(
            channels={"k_weighted_level_dbfs": [reading] * self._n_channels},
            pair=dict.fromkeys(pair, reading),
        )


def _gated(value: float | None, windows: NDArray[np.float64], too_short: str) -> Reading:
    """Return a gated value, or whether it lacks length or level."""
    if value is not None:
        return value
    return Undefined(too_short if len(windows) == 0 else "below_absolute_gate")


def _largest(windows: NDArray[np.float64], too_short: str) -> Reading:
    """Return the largest of ungated values."""
    if len(windows) == 0:
        return Undefined(too_short)
    largest = float(windows.max())
    return largest if np.isfinite(largest) else SILENT


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
