"""A-weighted sound pressure levels of each channel at stated playback levels."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.aweighting import AWeightedMeter
from asmr_stim.acoustics.core_loudness import REFERENCE_PA
from asmr_stim.acoustics.decibels import FULL_SCALE_POWER, power_db
from asmr_stim.acoustics.readings import SILENT, Reading, Readings, Rows, Series, levels_or_silent


class PressureFamily:
    """LAeq and LAFmax of each channel, and the energy mean of all channels.

    Parameters
    ----------
    rate_hz : float
        Sampling rate, at least 8000 Hz.
    n_channels : int
        Number of channels.
    pascals : dict
        Sound pressure of a sample of 1, Pa, by the suffix of each playback level.
    """

    series: tuple[Series, ...] = ()

    def __init__(self, rate_hz: float, n_channels: int, pascals: dict[str, float]) -> None:
        self._pascals = pascals
        self._meter = AWeightedMeter(rate_hz, n_channels)

    def push(self, samples: NDArray[np.float64]) -> Rows:
        """Take the next samples."""
        self._meter.push(samples)
        return {}

    def finish(self) -> Rows:
        """Return nothing: there are no frames."""
        return {}

    def readings(self) -> Readings:
        """Return the levels."""
        levels = self._meter.levels()
        mean_power = np.mean(10 ** (levels.equivalent_dbfs / 10), keepdims=True)
        channels: dict[str, list[Reading]] = {}
        pair: dict[str, Reading] = {}
        for suffix, pascals in self._pascals.items():
            full_scale_db = 20 * np.log10(pascals * FULL_SCALE_POWER**0.5 / REFERENCE_PA)
            equivalent = levels.equivalent_dbfs + full_scale_db
            channels[f"laeq_db_{suffix}"] = levels_or_silent(equivalent)
            channels[f"lafmax_db_{suffix}"] = levels_or_silent(levels.fast_max_dbfs + full_scale_db)
            mean_db = power_db(mean_power)[0] + full_scale_db
            pair[f"laeq_energy_mean_db_{suffix}"] = (
                float(mean_db) if np.isfinite(mean_db) else SILENT
            )
        return Readings(channels=channels, pair=pair)
