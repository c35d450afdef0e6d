"""Loudness of the programme by ITU-R BS.1770, and the K-weighted level of each channel."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.kweighting import LOWEST_RATE_HZ
from asmr_stim.acoustics.programme import (
    ProgrammeMeter,
    integrated_lufs,
    loudness_range,
    momentary_lufs,
    short_term_lufs,
)
from asmr_stim.acoustics.readings import (
    SILENT,
    Clock,
    Reading,
    Readings,
    Rows,
    Series,
    Undefined,
    levels_or_silent,
)

STEP_S = 0.1
MOMENTARY = Series(
    "momentary loudness", ("momentary_lufs",), is_of_pair=True, clock=Clock(0.2, STEP_S)
)
SHORT_TERM = Series(
    "short-term loudness", ("short_term_lufs",), is_of_pair=True, clock=Clock(1.5, STEP_S)
)


class LoudnessFamily:
    """Loudness of the programme, and the K-weighted level of each channel."""

    def __init__(self, rate_hz: float, n_channels: int) -> None:
        self._n_channels = n_channels
        self._meter = ProgrammeMeter(rate_hz, n_channels) if rate_hz >= LOWEST_RATE_HZ else None
        self.series: tuple[Series, ...] = () if self._meter is None else (MOMENTARY, SHORT_TERM)

    def push(self, samples: NDArray[np.float64]) -> Rows:
        """Take the next samples."""
        if self._meter is not None:
            self._meter.push(samples)
        return {}

    def finish(self) -> Rows:
        """Return momentary and short-term loudness each 0.1 s; nan for silence."""
        if self._meter is None:
            return {}
        steps = self._meter.step_power()
        found = {MOMENTARY.name: momentary_lufs(steps), SHORT_TERM.name: short_term_lufs(steps)}
        return {
            name: np.where(np.isfinite(row), row, np.nan)[None, :, None]
            for name, row in found.items()
        }

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
        momentary = self._meter.momentary_max_lufs()
        short_term = self._meter.short_term_max_lufs()
        return Readings(
            channels={"k_weighted_level_dbfs": levels_or_silent(levels)},
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


def _gated(value: float | None, largest: float | None, too_short: str) -> Reading:
    """Return a gated value, or whether it lacks length or level."""
    if value is not None:
        return value
    return Undefined(too_short if largest is None else "below_absolute_gate")


def _largest(largest: float | None, too_short: str) -> Reading:
    """Return the largest of ungated values."""
    if largest is None:
        return Undefined(too_short)
    return largest if np.isfinite(largest) else SILENT
