"""Where a sound begins or ends near a place, to the millisecond."""

import numpy as np
from numpy.typing import NDArray

REACH_S = 0.3
"""How far from the cursor a sudden change is looked for."""

CELL_S = 0.001
SIDE_CELLS = 8  # the level of 8 ms before is compared with that of 8 ms after
APART_CELLS = 10  # of changes less than 10 ms apart the largest counts
CHANGE_DB = 6.0  # a doubled amplitude; steady noise stays below 4 dB
FLOOR = 1e-8  # mean square, -80 dB: what is weaker is rounding noise of 16-bit recordings


def nearest_change(
    samples: NDArray[np.float32], rate_hz: int, place: int, *, is_end: bool
) -> int | None:
    """Return the sample at which the sound suddenly rises, or falls, nearest to a place.

    Parameters
    ----------
    samples : ndarray of float, shape (frames, channels)
        A stretch of sound around the place.
    rate_hz : int
    place : int, samples
        From the start of the stretch.
    is_end : bool
        Look for a fall of the level rather than a rise.

    Returns
    -------
    int or None
        Samples from the start of the stretch; None if the level changes nowhere by 6 dB within
        16 ms.
    """
    if is_end:
        rise = _nearest_rise(samples[::-1], rate_hz, len(samples) - place)
        return None if rise is None else len(samples) - rise
    return _nearest_rise(samples, rate_hz, place)


def _nearest_rise(samples: NDArray[np.float32], rate_hz: int, place: int) -> int | None:
    """Return the sudden rise nearest to a place."""
    cell = max(1, round(CELL_S * rate_hz))
    n_cells = len(samples) // cell
    if n_cells < 2 * SIDE_CELLS:
        return None
    squares = np.square(samples[: n_cells * cell], dtype=np.float64).mean(axis=1)
    power = squares.reshape(n_cells, cell).mean(axis=1) + FLOOR
    steps_db = _steps_db(power)
    peaks = np.flatnonzero((steps_db >= CHANGE_DB) & (steps_db >= _largest_around(steps_db)))
    if len(peaks) == 0:
        return None
    edges = np.array([_steepest(power, int(peak)) for peak in peaks]) * cell
    return int(edges[np.argmin(np.abs(edges - place))])


def _steps_db(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much higher the level is after each boundary of cells than before it, dB."""
    sums = np.concatenate([[0.0], np.cumsum(power)])
    levels_db = 10 * np.log10(np.maximum(sums[SIDE_CELLS:] - sums[:-SIDE_CELLS], FLOOR))
    steps_db: NDArray[np.float64] = levels_db[SIDE_CELLS:] - levels_db[:-SIDE_CELLS]
    return steps_db


def _steepest(power: NDArray[np.float64], peak: int) -> int:
    """Return the cell after a boundary that rises most above the one before it.

    A click is shorter than the 8 ms that are compared, so any of them may hold it.
    """
    first = peak + SIDE_CELLS
    levels_db = 10 * np.log10(power[first - 1 : first + SIDE_CELLS])
    return first + int(np.argmax(np.diff(levels_db)))


def _largest_around(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the largest value within 10 ms on either side of each."""
    padded = np.pad(values, APART_CELLS, constant_values=-np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * APART_CELLS + 1)
    largest: NDArray[np.float64] = windows.max(axis=1)
    return largest
