"""Loudness and sharpness of each channel at stated playback levels."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.core_loudness import Field
from asmr_stim.acoustics.readings import Clock, Reading, Readings, Rows, Series, Undefined
from asmr_stim.acoustics.resampling import Resampler
from asmr_stim.acoustics.third_octaves import RATE_HZ
from asmr_stim.acoustics.zwicker import (
    OUTPUT_HZ,
    LoudnessSeries,
    ZwickerMeter,
    stationary_loudness_sone,
)

EARS = "loudness of ears"
TOO_SHORT = Undefined("shorter_than_step")
AUDIBLE_SONE = 0.1  # below this, sharpness is not heard and is left undefined


class PsychoacousticFamily:
    """Loudness by ISO 532-1 and sharpness by DIN 45692, on a copy of the sound at 48 kHz.

    Parameters
    ----------
    rate_hz : float
        Native sampling rate.
    n_channels : int
        Number of channels.
    pascals : dict
        Sound pressure of a sample of 1, Pa, by the suffix of each playback level.
    field : {"free", "diffuse"}
        The sound field.
    """

    def __init__(
        self, rate_hz: float, n_channels: int, pascals: dict[str, float], field: Field
    ) -> None:
        self._pascals = pascals
        self._field: Field = field
        self._resampler = Resampler(rate_hz, RATE_HZ, n_channels)
        levels = tuple(pascals.values())
        self._meters = [ZwickerMeter(levels, field) for _ in range(n_channels)]
        self._largest = np.zeros((n_channels, len(levels)))
        self._waiting = [np.empty((0, len(levels)))] * n_channels
        self._waiting_loudness = [np.empty((0, len(levels)))] * n_channels
        columns = [
            f"{name}_{suffix}" for name in ("loudness_sone", "sharpness_acum") for suffix in pascals
        ]
        clock = Clock(0.0, 1 / OUTPUT_HZ)
        ears = tuple(f"ear_mean_loudness_sone_{suffix}" for suffix in pascals)
        self.series: tuple[Series, ...] = (
            Series("loudness over time", tuple(columns), clock=clock),
            *([Series(EARS, ears, is_of_pair=True, clock=clock)] if n_channels == 2 else []),
        )

    def push(self, samples: NDArray[np.float64]) -> Rows:
        """Take the next samples; return loudness and sharpness each 2 ms."""
        resampled = self._resampler.push(samples)
        series = [meter.push(row) for meter, row in zip(self._meters, resampled, strict=True)]
        return self._with_ears(self._rows(series))

    def finish(self) -> Rows:
        """Return the last rows."""
        rest = self._resampler.finish()
        series = [meter.push(row) for meter, row in zip(self._meters, rest, strict=True)]
        last = self._rows(series)
        rest = np.concatenate([last, self._rows([m.finish() for m in self._meters])], axis=1)
        return self._with_ears(rest)

    def _with_ears(self, rows: NDArray[np.float64]) -> Rows:
        """Return rows of channels, and the mean loudness of two ears."""
        if len(rows) != 2:
            return {self.series[0].name: rows}
        loudness = rows[:, :, : len(self._pascals)]
        return {self.series[0].name: rows, EARS: ((loudness[0] + loudness[1]) / 2)[None]}

    def _rows(self, series: list[list[LoudnessSeries]]) -> NDArray[np.float64]:
        """Return rows of what is complete: loudness lags one step behind sharpness."""
        rows = []
        for channel, levels in enumerate(series):
            loudness = np.array([level.loudness_sone for level in levels]).T
            if len(loudness):
                self._largest[channel] = np.maximum(self._largest[channel], loudness.max(axis=0))
            loudness = np.concatenate([self._waiting_loudness[channel], loudness])
            sharpness = np.array([_audible_sharpness(level) for level in levels]).T
            sharpness = np.concatenate([self._waiting[channel], sharpness])
            n_rows = min(len(loudness), len(sharpness))
            self._waiting_loudness[channel] = loudness[n_rows:]
            self._waiting[channel] = sharpness[n_rows:]
            rows.append(np.concatenate([loudness[:n_rows], sharpness[:n_rows]], axis=1))
        return np.array(rows)

    def readings(self) -> Readings:
        """Return the largest and the stationary loudness."""
        found: dict[str, list[Reading]] = {}
        for k, (suffix, pascals) in enumerate(self._pascals.items()):
            largest, stationary = (
                f"loudness_max_sone_{suffix}",
                f"stationary_loudness_sone_{suffix}",
            )
            found[largest], found[stationary] = [], []
            for meter, row in zip(self._meters, self._largest, strict=True):
                energies = meter.mean_energies()
                if energies is None:
                    found[largest].append(TOO_SHORT)
                    found[stationary].append(TOO_SHORT)
                    continue
                found[largest].append(float(row[k]))
                loudness = stationary_loudness_sone(energies, pascals, self._field)
                found[stationary].append(loudness)
        return Readings(channels=found)


def _audible_sharpness(series: LoudnessSeries) -> NDArray[np.float64]:
    """Return sharpness, nan where the sound is too soft to have any."""
    return np.where(series.specific_sone >= AUDIBLE_SONE, series.sharpness_acum, np.nan)
