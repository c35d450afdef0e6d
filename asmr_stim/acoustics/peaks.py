"""The top of a peak between samples."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.compiling import njit


@njit(cache=True, nogil=True)
def parabola_top(values: NDArray[np.float64], peak: int) -> tuple[float, float]:
    """Return place and height of the top of the parabola through a maximum and its neighbours.

    Parameters
    ----------
    values : ndarray, shape (n,)
        A sampled function.
    peak : int
        The index of a local maximum; at an end it is returned as it is.
    """
    if peak == 0 or peak == values.shape[0] - 1:
        return float(peak), float(values[peak])
    before, top, after = values[peak - 1], values[peak], values[peak + 1]
    bend = before - 2 * top + after
    if bend >= 0:
        return float(peak), float(top)
    shift = 0.5 * (before - after) / bend
    return peak + shift, top - 0.25 * (before - after) * shift
