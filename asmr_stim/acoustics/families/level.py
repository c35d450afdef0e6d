"""RMS, peaks and A-weighted levels of each channel."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.aweighting import AWeightedMeter
from asmr_stim.acoustics.decibels import peak_dbfs
from asmr_stim.acoustics.kweighting import LOWEST_RATE_HZ
from asmr_stim.acoustics.level import LevelMeter
from asmr_stim.acoustics.readings import (
    Reading,
    Readings,
    Remark,
    Rows,
    Series,
    Undefined,
    levels_or_silent,
)
from asmr_stim.acoustics.true_peak import TruePeakMeter

AT_FULL_SCALE_DBFS = -0.001  # 0 dBFS but for the last step of 16 bits
_SHOWN_DB = 0.005  # less over full scale is shown as 0.00


class LevelFamily:
    """RMS, peaks and A-weighted levels of each channel."""

    series: tuple[Series, ...] = ()

    def __init__(self, rate_hz: float, n_channels: int) -> None:
        self._meter = LevelMeter(n_channels)
        self._true_peak = TruePeakMeter(rate_hz, n_channels)
        has_room = rate_hz >= LOWEST_RATE_HZ
        self._a_weighted = AWeightedMeter(rate_hz, n_channels) if has_room else None
        self._n_channels = n_channels

    def push(self, samples: NDArray[np.float64]) -> Rows:
        """Take the next samples."""
        self._meter.push(samples)
        self._true_peak.push(samples)
        if self._a_weighted is not None:
            self._a_weighted.push(samples)
        return {}

    def finish(self) -> Rows:
        """Return nothing: there are no frames."""
        return {}

    def readings(self) -> Readings:
        """Return levels per channel."""
        levels, true_peak_dbtp = self._meter.levels(), peak_dbfs(self._true_peak.peak())
        return Readings(
            channels={
                "rms_level_dbfs": levels_or_silent(levels.rms_dbfs),
                "sample_peak_dbfs": levels_or_silent(levels.peak_dbfs),
                "true_peak_dbtp": levels_or_silent(true_peak_dbtp),
                "crest_factor_db": levels_or_silent(levels.crest_db),
                **self._a_weighted_levels(),
            },
            remarks=tuple(_at_full_scale(levels.peak_dbfs, true_peak_dbtp)),
        )

    def _a_weighted_levels(self) -> dict[str, list[Reading]]:
        names = ("a_weighted_level_dbfs", "a_weighted_fast_max_dbfs")
        if self._a_weighted is None:
            return {name: [Undefined("rate_too_low")] * self._n_channels for name in names}
        levels = self._a_weighted.levels()
        found = (levels.equivalent_dbfs, levels.fast_max_dbfs)
        return {name: levels_or_silent(row) for name, row in zip(names, found, strict=True)}


def _at_full_scale(
    peak_dbfs: NDArray[np.float64], true_peak_dbtp: NDArray[np.float64]
) -> Iterator[Remark]:
    """Yield what leaves no room above the largest sample, or between samples."""
    for channel, (peak, true_peak) in enumerate(zip(peak_dbfs, true_peak_dbtp, strict=True)):
        if peak >= AT_FULL_SCALE_DBFS:
            yield Remark("peak_at_full_scale", f"the largest sample is {peak:.2f} dBFS", channel)
        if true_peak >= _SHOWN_DB:
            detail = f"between samples the wave reaches {true_peak:+.2f} dBTP"
            yield Remark("true_peak_above_full_scale", detail, channel)
