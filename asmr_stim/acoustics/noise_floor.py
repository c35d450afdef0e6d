"""The level of what is always there, from the distribution of short-time levels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asmr_stim.compiling import njit

CELL_S = 0.05
FLOOR_SHARE = 0.10  # the floor is exceeded 90 % of the time
SIGNAL_SHARE = 0.95
ACTIVE_DB = 6.0
_LOWEST_DBFS, _HIGHEST_DBFS, _BIN_DB = -400.0, 140.0, 0.02  # any sample that is let in


@njit(cache=True, nogil=True)
def _levels(
    samples: NDArray[np.float64], cell: int, state: NDArray[np.float64], counts: NDArray[np.int64]
) -> None:
    """Count the level of every cell that is full; cells of digital silence do not count."""
    for value in samples:
        state[0] += value * value
        state[1] += 1
        if state[1] == cell:
            state[2] += 1
            if state[0] > 0:
                level = 10 * np.log10(2 * state[0] / cell)
                place = int((level - _LOWEST_DBFS) / _BIN_DB)
                counts[min(max(place, 0), counts.shape[0] - 1)] += 1
            state[:2] = 0.0


@dataclass(frozen=True, slots=True)
class Floor:
    """The floor and what rises above it.

    Parameters
    ----------
    floor_dbfs, signal_dbfs : float
        Levels exceeded by 90 % and by 5 % of cells, dBFS.
    active_share : float
        Share of all cells, digital silence too, that are 6 dB and more above the floor.
    """

    floor_dbfs: float
    signal_dbfs: float
    active_share: float


class FloorMeter:
    """Noise floor of one channel, piece by piece.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    """

    def __init__(self, rate_hz: float) -> None:
        self._cell = round(CELL_S * rate_hz)
        self._state = np.zeros(3)  # energy and samples of this cell, number of cells
        n_bins = round((_HIGHEST_DBFS - _LOWEST_DBFS) / _BIN_DB)
        self._counts = np.zeros(n_bins, dtype=np.int64)

    def push(self, samples: NDArray[np.float64]) -> None:
        """Take the next samples, shape (frames,)."""
        _levels(samples, self._cell, self._state, self._counts)

    def levels_dbfs(self) -> Floor | None:
        """Return floor, signal and activity in cells of 50 ms, the levels within 0.01 dB.

        None if there is no cell with any sound.
        """
        total = int(self._counts.sum())
        if total == 0:
            return None
        ranks = np.cumsum(self._counts)
        places = [
            int(np.searchsorted(ranks, max(share * total, 1)))
            for share in (FLOOR_SHARE, SIGNAL_SHARE)
        ]
        n_active = int(self._counts[places[0] + round(ACTIVE_DB / _BIN_DB) :].sum())
        floor, signal = (_LOWEST_DBFS + _BIN_DB * (place + 0.5) for place in places)
        return Floor(floor, signal, n_active / self._state[2])
