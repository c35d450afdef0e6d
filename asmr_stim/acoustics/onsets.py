"""When sounds begin: sudden rises of the short-time spectrum, placed within a millisecond or two.

Every decision is local: it looks at a quarter of a second around a frame and at fixed levels,
never at the loudest moment of the recording, so that an event is found whatever else the recording
holds. ``OnsetDetector`` takes one channel piece by piece.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.decibels import FULL_SCALE_POWER, rms_dbfs
from asmr_stim.acoustics.framing import Framing
from asmr_stim.compiling import njit

CELLS_PER_HOP = 8  # energies of 1.3 ms place an event inside its frame
PEAK_FRAMES = 3  # an onset is the strongest rise within 3 frames (32 ms) on either side
LOCAL_FRAMES = 10  # and stands out from the median of 10 frames (107 ms) on either side
RISE_DB = 3.0  # by this much, as the mean over mel bands; noise stays below 1.5 dB
FLOOR_DBFS = -80.0  # events weaker than this are rounding noise of 16-bit recordings
FLOOR_POWER = FULL_SCALE_POWER * 10 ** (FLOOR_DBFS / 10)
SEARCH_HOPS = 3  # the window's taper delays the rise by up to three hops
START_S = 0.2  # a sound at the very beginning is an event if it dies down within this time
START_FALL_DB = 6.0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How events follow one another.

    Parameters
    ----------
    interval_s : float
        Median time from one onset to the next, seconds.
    interval_cv : float
        Standard deviation of these times, with n - 1 in the denominator, over their mean; 0 for a
        clock, about 1 for events at random.
    """

    interval_s: float
    interval_cv: float


def rhythm(times_s: NDArray[np.float64]) -> Rhythm | None:
    """Return how events follow one another; None for fewer than three."""
    if len(times_s) < 3:
        return None
    intervals_s = np.diff(times_s)
    spread = float(intervals_s.std(ddof=1) / intervals_s.mean())
    return Rhythm(float(np.median(intervals_s)), spread)


class OnsetDetector:
    """Onsets of one channel, piece by piece.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    framing : Framing
        The frames that the onset strength was computed with.
    """

    def __init__(self, rate_hz: float, framing: Framing) -> None:
        self._rate_hz = rate_hz
        self._framing = framing
        self._cell = framing.hop // CELLS_PER_HOP
        self._rest = np.zeros(2)  # energy and number of samples of the cell that is not yet full
        self._cells = np.empty(0)  # mean squares, from cell 8 * _first_frame on
        self._strength = np.zeros(LOCAL_FRAMES)  # from frame _first_frame - 10 on
        self._first_frame = 0  # the next frame to be judged
        self._times_s: list[float] = []
        self._start_is_judged = False

    def push(self, samples: NDArray[np.float64], strength: NDArray[np.float64]) -> None:
        """Take the next samples and the onset strength of the frames that they completed.

        Parameters
        ----------
        samples : ndarray, shape (frames,)
            The next samples of the channel.
        strength : ndarray, shape (frames completed,)
            Rise of the spectrum, dB; nan (the first frame) counts as 0.
        """
        new_cells = _mean_squares(samples, self._cell, self._rest)
        self._cells = np.concatenate([self._cells, new_cells])
        self._strength = np.concatenate([self._strength, np.nan_to_num(strength)])
        if len(self._cells) * self._cell >= START_S * self._rate_hz:
            self._judge_start()
            self._judge(len(self._strength) - 2 * LOCAL_FRAMES)

    def times_s(self) -> NDArray[np.float64]:
        """Return when each event begins, seconds, rising; call it once, at the end."""
        self._judge_start()
        ahead = len(self._strength) - LOCAL_FRAMES
        self._strength = np.concatenate([self._strength, np.zeros(LOCAL_FRAMES)])
        self._judge(ahead)
        return np.array(self._times_s)

    def _judge(self, n_frames: int) -> None:
        """Decide on the next frames, each of which has its context on both sides."""
        if n_frames <= 0:
            return
        n_cells = self._framing.length // self._cell
        for cell in _events(self._strength, n_frames, self._cells, n_cells):
            whole = int(cell) + self._first_frame * CELLS_PER_HOP
            self._note(whole * self._cell / self._rate_hz)
        self._strength = self._strength[n_frames:]
        self._cells = self._cells[n_frames * CELLS_PER_HOP :]
        self._first_frame += n_frames

    def _judge_start(self) -> None:
        """Note an event in the first frame, which has none before it, if it soon dies down."""
        if self._start_is_judged:
            return
        self._start_is_judged = True
        head = rms_dbfs(self._cells[: round(START_S * self._rate_hz / self._cell)])
        n_early = self._framing.length // self._cell
        early, later = head[:n_early], head[n_early:]
        if len(early) == 0 or early.max() < FLOOR_DBFS:
            return
        after = np.median(later) if len(later) else -np.inf
        if early.max() - after >= START_FALL_DB:
            rise = np.diff(self._cells[:n_early], prepend=0.0)
            self._note(int(np.argmax(rise)) * self._cell / self._rate_hz)

    def _note(self, time_s: float) -> None:
        """Keep an event unless it is the one noted before."""
        apart_s = PEAK_FRAMES * self._framing.hop / self._rate_hz
        if not self._times_s or time_s - self._times_s[-1] > apart_s:
            self._times_s.append(time_s)


@njit(cache=True, nogil=True)
def _mean_squares(
    samples: NDArray[np.float64], cell: int, rest: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean square of each cell that the samples complete.

    ``rest`` holds energy and number of samples of the cell that is not complete, before and after.
    """
    energy, n_samples = rest[0], int(rest[1])
    out = np.empty((n_samples + samples.shape[0]) // cell)
    place = 0
    for c in range(out.shape[0]):
        for k in range(place, place + cell - n_samples):
            energy += samples[k] * samples[k]
        out[c] = energy / cell
        place, energy, n_samples = place + cell - n_samples, 0.0, 0
    for k in range(place, samples.shape[0]):
        energy += samples[k] * samples[k]
    rest[0], rest[1] = energy, n_samples + samples.shape[0] - place
    return out


@njit(cache=True, nogil=True)
def _events(
    strength: NDArray[np.float64], n_frames: int, cells: NDArray[np.float64], n_in_frame: int
) -> NDArray[np.int64]:
    """Return the cells in which events begin.

    ``strength`` has 10 frames more on either side; the first of the ``cells`` is that in which the
    first frame to be judged begins.
    """
    found = np.empty(n_frames, np.int64)
    n_found = 0
    for t in range(n_frames):
        if _stands_out(strength[t : t + 2 * LOCAL_FRAMES + 1]):
            stop = min(t * CELLS_PER_HOP + n_in_frame, cells.shape[0])
            found[n_found] = _steepest(cells, stop)
            n_found += found[n_found] > 0
    return found[:n_found]


@njit(cache=True, nogil=True)
def _stands_out(strength: NDArray[np.float64]) -> bool:
    """Say whether the frame in the middle is a peak that stands out from its surroundings."""
    here = strength[LOCAL_FRAMES]
    before = strength[LOCAL_FRAMES - PEAK_FRAMES : LOCAL_FRAMES]
    after = strength[LOCAL_FRAMES + 1 : LOCAL_FRAMES + PEAK_FRAMES + 1]
    if here > before.max() and here >= after.max():
        return bool(here >= np.median(strength) + RISE_DB)
    return False


@njit(cache=True, nogil=True)
def _steepest(cells: NDArray[np.float64], stop: int) -> int:
    """Return the cell of the steepest rise among those that are new to a frame; 0 for silence."""
    steepest, rise, loudest = 0, -np.inf, 0.0
    for cell in range(max(stop - SEARCH_HOPS * CELLS_PER_HOP, 1), stop):
        if cells[cell] - cells[cell - 1] > rise:
            steepest, rise = cell, cells[cell] - cells[cell - 1]
        loudest = max(loudest, cells[cell], cells[cell - 1])
    return steepest if loudest >= FLOOR_POWER else 0
