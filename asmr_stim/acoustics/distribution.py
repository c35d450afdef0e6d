"""How the values of a series are distributed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PERCENTILES = (5, 10, 50, 90, 95)
_AT_ONCE = 65536  # values: double precision for all of an hour's would take megabytes
_AT_ONCE = 65536  # values in double precision, of millions in single


@dataclass(frozen=True, slots=True)
class Distribution:
    """Mean, spread and percentiles of the ``n_frames`` values that are defined."""

    n_frames: int
    mean: float
    sd: float
    percentiles: tuple[float, ...]


def distribution(series: NDArray[np.float32] | NDArray[np.float64]) -> Distribution | None:
    """Return how the values that are not nan are distributed; None if there are none.

    Parameters
    ----------
    series : ndarray, shape (frames,)
        Values in any unit; nan where the feature is not defined.

    Returns
    -------
    Distribution or None
        In the unit of the series; ``sd`` with n in the denominator, percentiles 5, 10, 50, 90 and
        95 linear between ranks.

    Examples
    --------
    >>> distribution(np.array([1.0, np.nan, 3.0])).mean
    2.0
    """
    values = series[~np.isnan(series)]
    if len(values) == 0:
        return None
    mean = float(values.mean(dtype=np.float64))
    sd = _standard_deviation(values, mean)
    percentiles = np.percentile(values, PERCENTILES, overwrite_input=True)
    return Distribution(len(values), mean, sd, tuple(float(p) for p in percentiles))


def _standard_deviation(values: NDArray[np.float32] | NDArray[np.float64], mean: float) -> float:
    """Return the spread around the mean, in double precision and little memory."""
    total = 0.0
    for start in range(0, len(values), _AT_ONCE):
        apart = values[start : start + _AT_ONCE].astype(np.float64) - mean
        total += float(apart @ apart)
    return float(np.sqrt(total / len(values)))


def _mean_and_sd(values: NDArray[np.float32] | NDArray[np.float64]) -> tuple[float, float]:
    """Return mean and standard deviation, computed in double precision part by part."""
    parts = [values[k : k + _AT_ONCE] for k in range(0, len(values), _AT_ONCE)]
    mean = sum(float(part.sum(dtype=np.float64)) for part in parts) / len(values)
    squares = sum(float(((part - np.float64(mean)) ** 2).sum()) for part in parts)
    return mean, float(np.sqrt(squares / len(values)))
