"""What the two ears have in common: running correlation, time and level difference, movement."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics import interaural
from asmr_stim.acoustics.interaural import InterauralMeter
from asmr_stim.acoustics.readings import SILENT, Reading, Readings, Rows, Series, Undefined
from asmr_stim.acoustics.sliding import RUNNING, Window

EARS_TOGETHER = Series(
    "ears together", (*interaural.COLUMNS, "ild_movement_db_per_s"), is_of_pair=True
)
_ILD = interaural.COLUMNS.index("ild_db")


class BinauralFamily:
    """Running interaural features of a file of two channels.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    running : Window
        Length and step, by default half a second each 0.1 s.
    """

    def __init__(self, rate_hz: float, running: Window = RUNNING) -> None:
        self.series: tuple[Series, ...] = (EARS_TOGETHER.at(running.clock(rate_hz)),)
        self._step_s = running.step_s
        self._meter = InterauralMeter(rate_hz, running)
        self._ild_before = np.nan
        self._spread = _Spread()
        self._n_windows = 0

    def push(self, samples: NDArray[np.float64]) -> Rows:
        """Take the next samples, shape (2, frames)."""
        return {EARS_TOGETHER.name: self._with_movement(self._meter.push(samples))}

    def finish(self) -> Rows:
        """Return the last windows."""
        return {EARS_TOGETHER.name: self._with_movement(self._meter.finish())}

    def readings(self) -> Readings:
        """Return the variance of the level difference."""
        variance: Reading | None = self._spread.variance()
        if variance is None:
            variance = SILENT if self._n_windows else Undefined("shorter_than_window")
        return Readings(pair={"ild_variance_db2": variance})

    def _with_movement(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return rows with the change of the level difference since the window before."""
        movement = np.diff(rows[:, _ILD], prepend=self._ild_before) / self._step_s
        if len(rows):
            self._ild_before = rows[-1, _ILD]
        self._spread.add(rows[:, _ILD])
        self._n_windows += len(rows)
        return np.concatenate([rows, movement[:, None]], axis=1)[None]


class _Spread:
    """The variance of values that come piece by piece, one after the other (Welford 1962)."""

    def __init__(self) -> None:
        self._n, self._mean, self._sum = 0, 0.0, 0.0

    def add(self, values: NDArray[np.float64]) -> None:
        """Take the next values; nan is left out."""
        for value in values[np.isfinite(values)].tolist():
            self._n += 1
            apart = value - self._mean
            self._mean += apart / self._n
            self._sum += apart * (value - self._mean)

    def variance(self) -> float | None:
        """Return the variance, with n in the denominator; None without a value."""
        return self._sum / self._n if self._n else None
