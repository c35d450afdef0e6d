"""How the values of a series are distributed, however long it is."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]
Parts = Callable[[], Iterable[Values]]

PERCENTILES = (5, 10, 50, 90, 95)
_DIGITS = ((21, 11), (10, 11), (0, 10))  # lowest bit and width: they make up 32 bits
_SIGN = np.uint32(1 << 31)


@dataclass(frozen=True, slots=True)
class Distribution:
    """Mean, spread and percentiles of the ``n_frames`` values that are defined."""

    n_frames: int
    mean: float
    sd: float
    percentiles: tuple[float, ...]


def distribution(series: Parts) -> Distribution | None:
    """Return how the values that are not nan are distributed; None if there are none.

    A series of one part is sorted in memory. One of several is looked at again and again, a part
    at a time, so that hours of it need no more memory than minutes; the percentiles are exact
    either way.

    Parameters
    ----------
    series : callable
        Returns the parts of the series one after the other, each time it is called: arrays of
        shape (frames,), in any unit; nan where the feature is not defined.

    Returns
    -------
    Distribution or None
        In the unit of the series; ``sd`` with n in the denominator, percentiles 5, 10, 50, 90 and
        95 linear between ranks.

    Examples
    --------
    >>> distribution(lambda: [np.array([1.0, np.nan, 3.0], np.float32)]).mean
    2.0
    """
    beginning = list(islice(series(), 2))
    if len(beginning) < 2:
        whole = list(_defined(beginning))
        series = lambda: whole  # noqa: E731 one word
    n_frames, total = 0, 0.0
    for values in _defined(series()):
        n_frames += len(values)
        total += float(values.sum(dtype=np.float64))
    if n_frames == 0:
        return None
    mean = total / n_frames
    return Distribution(
        n_frames, mean, _standard_deviation(series, n_frames, mean), _percentiles(series, n_frames)
    )


def _defined(parts: Iterable[Values]) -> Iterator[Values]:
    """Yield the values of each part that are not nan."""
    for part in parts:
        yield part[~np.isnan(part)]


def _standard_deviation(series: Parts, n_frames: int, mean: float) -> float:
    """Return the spread around the mean, in double precision."""
    total = 0.0
    for values in _defined(series()):
        apart = values.astype(np.float64) - mean
        total += float(apart @ apart)
    return float(np.sqrt(total / n_frames))


def _percentiles(series: Parts, n_frames: int) -> tuple[float, ...]:
    """Return the percentiles, linear between the values of the ranks on either side."""
    places = np.array(PERCENTILES) / 100 * (n_frames - 1)
    ranks = np.floor(places).astype(np.int64)
    both = np.concatenate([ranks, np.minimum(ranks + 1, n_frames - 1)])
    lower, upper = _values_of_rank(series, both).reshape(2, -1)
    return tuple((lower + (places - ranks) * (upper - lower)).tolist())


def _values_of_rank(series: Parts, ranks: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the values that would stand at these places, from 0, if the series were sorted."""
    beginning = list(islice(series(), 2))
    if len(beginning) == 1:
        return np.partition(beginning[0], ranks)[ranks].astype(np.float64)
    heads, left = np.zeros(len(ranks), np.uint32), ranks.copy()
    for shift, width in _DIGITS:
        wanted, of_rank = np.unique(heads, return_inverse=True)
        until = np.cumsum(_counted(series, wanted, shift, width), axis=1)
        for k, count in enumerate(until[of_rank]):
            digit = np.searchsorted(count, left[k], side="right")
            left[k] -= count[digit - 1] if digit else 0
            heads[k] = heads[k] << width | digit
    return _numbers(heads).astype(np.float64)


def _counted(series: Parts, heads: NDArray[np.uint32], shift: int, width: int) -> NDArray[np.int64]:
    """Return how often each digit follows each head, shape (heads, 2 ** width)."""
    counts = np.zeros((len(heads), 1 << width), np.int64)
    for values in _defined(series()):
        keys = _keys(values) >> shift
        digits, above = keys & ((1 << width) - 1), keys >> width
        for k, head in enumerate(heads):
            counts[k] += np.bincount(digits[above == head], minlength=1 << width)
    return counts


def _keys(values: Values) -> NDArray[np.uint32]:
    """Return whole numbers that sort as the values do: the bits of IEEE 754, made to rise."""
    bits = values.view(np.uint32)
    return np.where(bits & _SIGN, ~bits, bits | _SIGN)


def _numbers(keys: NDArray[np.uint32]) -> Values:
    """Return the values of such numbers."""
    return np.where(keys & _SIGN, keys ^ _SIGN, ~keys).view(np.float32)
