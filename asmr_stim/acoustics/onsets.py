"""When sounds begin: sudden rises of the short-time spectrum, placed within a millisecond or two.

Every decision is local: it looks at a quarter of a second around a frame and at fixed levels,
never at the loudest moment of the recording, so that an event is found whatever else the recording
holds. ``OnsetDetector`` takes one channel piece by piece.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.decibels import rms_dbfs
from asmr_stim.acoustics.framing import Framing
from asmr_stim.compiling import njit

CELLS_PER_HOP = 8  # energies of 1.3 ms place an event inside its frame
PEAK_FRAMES = 3  # an onset is the strongest rise within 3 frames (32 ms) on either side
LOCAL_FRAMES = 10  # and stands out from the median of 10 frames (107 ms) on either side
RISE_DB = 3.0  # by this much, as the mean over mel bands; noise stays below 1.5 dB
FLOOR_DBFS = -80.0  # events weaker than this are rounding noise of 16-bit recordings
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
        self._rest = np.empty(0)  # samples of the cell that is not yet full
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
        together = np.concatenate([self._rest, samples])
        whole = len(together) // self._cell
        self._rest = together[whole * self._cell :]
        self._cells = np.concatenate([self._cells, _mean_squares(together, self._cell, whole)])
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
        for frame in np.flatnonzero(_stands_out(self._strength, n_frames)):
            self._place(int(frame))
        self._strength = self._strength[n_frames:]
        self._cells = self._cells[n_frames * CELLS_PER_HOP :]
        self._first_frame += n_frames

    def _place(self, frame: int) -> None:
        """Note an event at the steepest rise among the samples that are new to its frame."""
        stop = frame * CELLS_PER_HOP + self._framing.length // self._cell
        start = max(stop - SEARCH_HOPS * CELLS_PER_HOP, 1)
        window = self._cells[start - 1 : stop]
        if len(window) < 2 or rms_dbfs(window).max() < FLOOR_DBFS:
            return
        cell = start + int(np.argmax(np.diff(window))) + self._first_frame * CELLS_PER_HOP
        self._note(cell * self._cell / self._rate_hz)

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
def _mean_squares(samples: NDArray[np.float64], cell: int, n_cells: int) -> NDArray[np.float64]:
    """Return the mean square of each whole cell."""
    out = np.zeros(n_cells)
    for c in range(n_cells):
        for k in range(c * cell, (c + 1) * cell):
            out[c] += samples[k] * samples[k]
    return out / cell


@njit(cache=True, nogil=True)
def _stands_out(strength: NDArray[np.float64], n_frames: int) -> NDArray[np.bool_]:
    """Say of each frame whether it is a peak that stands out from its surroundings.

    ``strength`` has 10 frames more on either side.
    """
    out = np.zeros(n_frames, np.bool_)
    for t in range(n_frames):
        here = strength[t + LOCAL_FRAMES]
        around = strength[t : t + 2 * LOCAL_FRAMES + 1]
        before = strength[t + LOCAL_FRAMES - PEAK_FRAMES : t + LOCAL_FRAMES]
        after = strength[t + LOCAL_FRAMES + 1 : t + LOCAL_FRAMES + PEAK_FRAMES + 1]
        if here > before.max() and here >= after.max():
            out[t] = here >= np.median(around) + RISE_DB
    return out
