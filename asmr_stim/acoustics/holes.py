"""Runs of exact zeros in a channel: digital silence, and dropouts in the midst of sound."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asmr_stim.compiling import njit

SHORTEST_S = 0.001  # shorter runs of zeros occur in any sound
SHORTEST_SAMPLES = 8  # so do runs of fewer samples, at low rates
SILENCE_S = 0.1  # a run from here on is silence; a shorter one may be a dropout
AROUND_POWER = 1e-7  # mean square that a dropout has for 1 ms on either side, -67 dBFS
LAST_STEPS = 3  # a soft sound of 8 bits flickers between zero and so many steps
LAST_PEAK = LAST_STEPS / 128


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some samples, from ``start`` up to, but not including, ``stop``."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        """Number of samples."""
        return self.stop - self.start


@njit(cache=True, nogil=True)
def _zero_runs(samples: NDArray[np.float64], shortest: int) -> NDArray[np.int64]:
    """Return start and stop of runs of zeros that are long enough, shape (runs, 2).

    A run that reaches the end is returned however short it is.
    """
    runs = np.empty((samples.shape[0] // shortest + 2, 2), np.int64)
    n_runs, start = 0, -1
    for k in range(samples.shape[0] + 1):
        is_zero = k < samples.shape[0] and samples[k] == 0.0
        if is_zero and start < 0:
            start = k
        elif not is_zero and start >= 0:
            if k - start >= shortest or k == samples.shape[0]:
                runs[n_runs, 0], runs[n_runs, 1] = start, k
                n_runs += 1
            start = -1
    return runs[:n_runs]


def _is_sound(samples: NDArray[np.float64]) -> bool:
    """Say whether there is sound beside a run of zeros, and not the last steps of few bits."""
    if len(samples) == 0 or np.mean(samples * samples) < AROUND_POWER:
        return False
    magnitudes = np.unique(np.abs(samples[samples != 0]))
    return bool(magnitudes[-1] > LAST_PEAK or len(magnitudes) > LAST_STEPS)


class HoleFinder:
    """Digital silence and dropouts of one channel, piece by piece.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    """

    def __init__(self, rate_hz: float) -> None:
        self._shortest = max(round(SHORTEST_S * rate_hz), SHORTEST_SAMPLES)
        self._long = max(round(SILENCE_S * rate_hz), 2 * self._shortest)
        self._kept = np.empty(0)  # the sound before a run that is not over, and the run
        self._kept_start = 0
        self._open_since: int | None = None  # where a run began whose start is no longer kept
        self.silences: list[Stretch] = []
        self.dropouts: list[Stretch] = []

    def push(self, samples: NDArray[np.float64]) -> None:
        """Take the next samples, shape (frames,)."""
        together = np.concatenate([self._kept, samples])
        keep_from = max(len(together) - self._shortest, 0)
        for start, stop in _zero_runs(together, self._shortest):
            if stop + self._shortest > len(together):
                keep_from = min(keep_from, max(int(start) - self._shortest, 0))
                break
            self._judge(together, int(start), int(stop))
        self._keep(together, keep_from)

    def _keep(self, together: NDArray[np.float64], keep_from: int) -> None:
        """Keep what the next piece needs; of a long run of zeros, only where it began."""
        kept = together[keep_from:]
        start = self._kept_start + keep_from
        if len(kept) > self._long + 2 * self._shortest and not kept[self._shortest :].any():
            if self._open_since is None:
                n_sound = int(np.flatnonzero(kept)[-1]) + 1 if kept.any() else 0
                self._open_since = start + n_sound
            start += len(kept) - self._shortest
            kept = kept[len(kept) - self._shortest :]
        self._kept, self._kept_start = kept.copy(), start

    def _judge(self, samples: NDArray[np.float64], start: int, stop: int) -> None:
        """Note a run that is over, with at least 1 ms of sound after it."""
        since = self._kept_start + start
        if start == 0 and self._open_since is not None:
            since, self._open_since = self._open_since, None
        run = Stretch(since, self._kept_start + stop)
        if run.length >= self._long:
            self.silences.append(run)
            return
        before = samples[max(start - self._shortest, 0) : start]
        after = samples[stop : stop + self._shortest]
        if _is_sound(before) and _is_sound(after):
            self.dropouts.append(run)

    def finish(self) -> None:
        """Note a silence that lasts to the end; call it once."""
        runs = _zero_runs(self._kept, self._shortest)
        for start, stop in runs:
            since = self._kept_start + int(start)
            if start == 0 and self._open_since is not None:
                since = self._open_since
            run = Stretch(since, self._kept_start + int(stop))
            if run.length >= self._long:
                self.silences.append(run)
