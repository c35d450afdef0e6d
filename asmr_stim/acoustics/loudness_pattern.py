"""From core loudness to the pattern over the critical-band scale, its integral, and its weighting.

The second half of Zwicker's method, ISO 532-1:2017: upper slopes of masking, total loudness, and
the two low-passes with which the ear gathers loudness over time.
"""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.iso532_tables import RANGE_LIMITS, SLOPES, UPPER_LIMITS_BARK
from asmr_stim.compiling import njit

N_POINTS = 240  # specific loudness each 0.1 bark, from 0.1 to 24
POINT_BARK = 0.1
_LAST_RANGE = len(RANGE_LIMITS) - 1
_LIMIT_MARGIN_BARK = 0.0001  # of the standard's program
_N_SLOPE_COLUMNS = SLOPES.shape[1]

FAST_S, SLOW_S = 0.0035, 0.070  # ISO 532-1: time constants of the weighting
FAST_SHARE, SLOW_SHARE = 0.47, 0.53
_INNER_STEPS, _STEP_S = 24, 0.0005


@njit(cache=True, nogil=True)
def _fill(
    pattern: NDArray[np.float64], point: int, stop_bark: float, line: tuple[float, float, float]
) -> int:
    """Fill the points up to ``stop_bark`` with a line (start, height there, steepness)."""
    start_bark, height, steepness = line
    while point < pattern.shape[0] and (point + 1) * POINT_BARK <= stop_bark:
        pattern[point] = height - ((point + 1) * POINT_BARK - start_bark) * steepness
        point += 1
    return point


@njit(cache=True, nogil=True)
def _range_of(value: float) -> int:
    """Return the first range whose lower limit does not exceed a specific loudness."""
    line = 0
    while line < _LAST_RANGE and RANGE_LIMITS[line] > value:
        line += 1
    return line


@njit(cache=True, nogil=True)
def loudness_pattern(core: NDArray[np.float64], pattern: NDArray[np.float64]) -> float:
    """Return the total loudness of one step, and fill its specific loudness.

    Parameters
    ----------
    core : ndarray, shape (21,)
        Core loudness, sone/bark; the last one is 0.
    pattern : ndarray, shape (240,) or (0,)
        Filled with specific loudness, sone/bark; an empty one is left alone, which is faster.

    Returns
    -------
    float
        Total loudness, sone. It is not rounded to three digits, as the standard's program does.

    References
    ----------
    ISO 532-1:2017, Annex A (specific loudness and total loudness).
    """
    total, z, height, line, point = 0.0, 0.0, 0.0, _LAST_RANGE, 0
    for band in range(core.shape[0]):
        end = UPPER_LIMITS_BARK[band] + _LIMIT_MARGIN_BARK
        column = min(max(band - 1, 0), _N_SLOPE_COLUMNS - 1)
        while z < end:
            if height <= core[band]:
                if height < core[band]:
                    line = _range_of(core[band])
                stop, reached, steepness, height = end, core[band], 0.0, core[band]
            else:
                steepness = SLOPES[line, column]
                reached = max(RANGE_LIMITS[line], core[band])
                stop = z + (height - reached) / steepness
                if stop > end:
                    stop, reached = end, height - (end - z) * steepness
            total += (stop - z) * (height + reached) / 2
            if pattern.shape[0] > 0:
                point = _fill(pattern, point, stop, (z, height, steepness))
            while line < _LAST_RANGE and reached <= RANGE_LIMITS[line]:
                line += 1
            z, height = stop, reached
    return max(total, 0.0)


def weighting_constants() -> NDArray[np.float64]:
    """Return what 0.5 ms of a straight line do to each low-pass, shape (2, 5).

    A row is: the factor and the gain of one inner step; then, for the 23 steps that follow the
    first, the factor of the output, of this input and of the next one.
    """
    rows = []
    for time_constant_s in (FAST_S, SLOW_S):
        factor = np.exp(-_STEP_S / _INNER_STEPS / time_constant_s)
        step = np.arange(1, _INNER_STEPS)
        weights = (1 - factor) * factor ** (_INNER_STEPS - 1 - step)
        towards = float((weights * step).sum() / _INNER_STEPS)
        rows.append(
            [factor, 1 - factor, factor ** (_INNER_STEPS - 1), weights.sum() - towards, towards]
        )
    return np.array(rows)


@njit(cache=True, nogil=True)
def weight_over_time(
    loudness: NDArray[np.float64],
    following: float,
    states: NDArray[np.float64],
    constants: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return loudness as it is perceived at each step.

    Parameters
    ----------
    loudness : ndarray, shape (steps,)
        Total loudness, sone, each 0.5 ms.
    following : float
        The step after the last one.
    states : ndarray, shape (2,)
        Outputs of the two low-passes; carried on.
    constants : ndarray, shape (2, 5)
        ``weighting_constants()``.

    References
    ----------
    ISO 532-1:2017, Annex A (temporal weighting of loudness).
    """
    out = np.empty_like(loudness)
    for t in range(loudness.shape[0]):
        here = loudness[t]
        after = loudness[t + 1] if t + 1 < loudness.shape[0] else following
        for k in range(2):
            states[k] = constants[k, 0] * states[k] + constants[k, 1] * here
        out[t] = FAST_SHARE * states[0] + SLOW_SHARE * states[1]
        for k in range(2):
            states[k] = (
                constants[k, 2] * states[k] + constants[k, 3] * here + constants[k, 4] * after
            )
    return out
