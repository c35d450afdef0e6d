"""How the values of a series are distributed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32] | NDArray[np.float64]

PERCENTILES = (5, 10, 50, 90, 95)
_AT_ONCE = 65536  # values in double precision, of millions in single


@dataclass(frozen=True, slots=True)
class Distribution:
    """Mean, spread and percentiles of the ``n_frames`` values that are defined."""

    n_frames: int
    mean: float
    sd: float
    percentiles: tuple[float, ...]


def distribution(series: Values, *, overwrite: bool = False) -> Distribution | None:
    """Return how the values that are not nan are distributed; None if there are none.

    Parameters
    ----------
    series : ndarray, shape (frames,)
        Values in any unit; nan where the feature is not defined.
    overwrite : bool
        Use the array itself as working space, which leaves it in disorder; an hour of values
        needs no second copy then.

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
    values = _defined(series if overwrite else series.copy())
    if len(values) == 0:
        return None
    mean = float(values.mean(dtype=np.float64))
    sd = _standard_deviation(values, mean)
    percentiles = np.percentile(values, PERCENTILES, overwrite_input=True)
    return Distribution(len(values), mean, sd, tuple(float(p) for p in percentiles))


def _defined(series: Values) -> Values:
    """Move the values that are not nan to the front, in order, and return that part."""
    n_defined = 0
    for start in range(0, len(series), _AT_ONCE):
        part = series[start : start + _AT_ONCE]
        kept = part[~np.isnan(part)]
        series[n_defined : n_defined + len(kept)] = kept
        n_defined += len(kept)
    return series[:n_defined]


def _standard_deviation(values: Values, mean: float) -> float:
    """Return the spread around the mean, in double precision and little memory."""
    total = 0.0
    for start in range(0, len(values), _AT_ONCE):
        apart = values[start : start + _AT_ONCE].astype(np.float64) - mean
        total += float(apart @ apart)
    return float(np.sqrt(total / len(values)))
