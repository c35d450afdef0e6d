"""The exact share of labellings that differ as much, voxel by voxel, by enumeration.

Only the experiments that cover a voxel matter there. For k of them all 2^k patterns are counted,
each weighing as much as there are labellings that look like it: C(n - k, n1 - j) / C(n, n1) for a
pattern with j of the k in the first group. The sums of either half of the experiments are sorted
and met in the middle (Horowitz and Sahni 1974, Journal of the ACM 21:277), so that 2^(k/2) steps
do for 2^k patterns.

With L1 the summed loss of the first group and T that of both, |d*| >= |d| is the same as
|2 L1* - T| >= |2 L1 - T| (see ``labelling``): this is the distance that is spoken of here.

Offers: ``enumerated_p``, ``MOST_ENUMERATED``; for compiled code ``pattern_weights``, ``Halves``,
``halves``, ``subset_sums``, ``tail``.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numba import uint64
from numpy.typing import NDArray

from asmr_stim.compiling import njit
from asmr_stim.moderator.ale.coverage import Coverage

MOST_ENUMERATED = 20  # experiments over a voxel: twice 1,024 sums, met in the middle

_compiled = njit(cache=True, nogil=True, error_model="numpy")


def enumerated_p(
    cover: Coverage, in_first: NDArray[np.bool_], n_threads: int = 1
) -> NDArray[np.float64]:
    """Return the exact two-sided p of each voxel; NaN where too many experiments cover it.

    Parameters
    ----------
    cover : Coverage
    in_first : bool array, shape (n_experiments,)
        Which experiments are in the first group.
    n_threads : int

    Returns
    -------
    float array, shape (n_voxels,)
        P(|d*| >= |d|) over all labellings with groups of these sizes; 1 where no or one
        experiment covers the voxel.
    """
    weights = pattern_weights(len(in_first), int(in_first.sum()))
    p = np.full(len(cover.first) - 1, np.nan)
    order = np.argsort(np.minimum(cover.depth, 2**15 - 1).astype(np.int16), kind="stable")
    parts = [order[start :: 8 * n_threads] for start in range(8 * n_threads)]
    with ThreadPoolExecutor(n_threads) as pool:
        tasks = [
            pool.submit(_enumerate, cover, in_first, weights, part, halves(), p) for part in parts
        ]
        for task in tasks:
            task.result()
    return p


def pattern_weights(n: int, n_first: int) -> NDArray[np.float64]:
    """Return the share of labellings for each pattern, by experiments k and of them j in front."""
    weights = np.zeros((MOST_ENUMERATED + 1, MOST_ENUMERATED + 1))
    every = math.comb(n, n_first)
    for k in range(min(MOST_ENUMERATED, n) + 1):
        for j in range(min(k, n_first) + 1):
            weights[k, j] = math.comb(n - k, n_first - j) / every
    return weights


_HALF = MOST_ENUMERATED // 2


class Halves(NamedTuple):
    """Sums over all subsets of either half of a voxel's experiments, by size of subset.

    Two rows are filled by turns; those of subsets of j experiments stand in a row at
    ``first[row, j]:first[row, j + 1]``, rising.
    """

    low: NDArray[np.int64]
    low_first: NDArray[np.int64]
    high: NDArray[np.int64]
    high_first: NDArray[np.int64]


def halves() -> Halves:
    """Return room for the sums of one voxel."""
    sums, first = (2, 1 << _HALF), (2, _HALF + 2)
    return Halves(*(np.zeros(shape, np.int64) for shape in (sums, first, sums, first)))


@_compiled
def _enumerate(cover: Any, in_first: Any, weights: Any, voxels: Any, room: Any, p: Any) -> None:
    """Give p to the voxels that few enough experiments cover."""
    for voxel in voxels:
        begin, end = cover.first[voxel], cover.first[voxel + 1]
        if end - begin > MOST_ENUMERATED:
            continue
        total, first = 0, 0
        for at in range(begin, end):
            total += cover.loss[at]
            first += cover.loss[at] * in_first[cover.experiment[at]]
        observed = abs(2 * first - total)
        if observed == 0:
            p[voxel] = 1.0
            continue
        rows = subset_sums(cover.loss[begin:end], room)
        p[voxel] = tail(rows, room, weights, total, observed)


@_compiled
def subset_sums(given: Any, room: Any) -> Any:
    """Fill the room with the sums of either half; return in which rows, and the halves' sizes.

    Losses are sorted first, so that the order of the experiments cannot show in the last digit.
    """
    losses = np.sort(given)
    k = losses.shape[0]
    low = _sums_of_half(losses[: k // 2], room.low, room.low_first)
    high = _sums_of_half(losses[k // 2 :], room.high, room.high_first)
    return low, high, k // 2, k - k // 2


@_compiled
def tail(rows: Any, room: Any, weights: Any, total: Any, distance: Any) -> Any:
    """Return the share of labellings with |2 L1 - T| of at least ``distance``, above zero.

    A pattern and its opposite have the same distance, one with a sum of at least (T + D) / 2 and
    the other with a sum of at most (T - D) / 2: only the first kind is counted.
    """
    low, high, n_low, n_high = rows
    k = n_low + n_high
    found = 0.0
    for i in range(n_low + 1):
        ones = room.low[low, room.low_first[low, i] : room.low_first[low, i + 1]]
        for j in range(n_high + 1):
            twos = room.high[high, room.high_first[high, j] : room.high_first[high, j + 1]]
            hits = _pairs_from(ones, twos, (total + distance + 1) // 2)
            found += hits * (weights[k, i + j] + weights[k, k - i - j])
    return min(found, 1.0)


@_compiled
def _sums_of_half(losses: Any, sums: Any, first: Any) -> Any:
    """Sort the sums of all subsets by size of subset, then by sum; return the row they are in.

    Subsets of j of the first i + 1 losses are those of j of the first i, and those of j - 1 with
    one more: two rising lists that are merged into one.
    """
    row = 0
    sums[0, 0] = 0
    first[0, 0], first[0, 1] = 0, 1
    for i in range(losses.shape[0]):
        source, target = sums[row], sums[1 - row]
        out = 0
        for j in range(i + 2):
            first[1 - row, j] = out
            a, a_end, b, b_end = 0, 0, 0, 0
            if j <= i:
                a, a_end = first[row, j], first[row, j + 1]
            if j > 0:
                b, b_end = first[row, j - 1], first[row, j]
            _merge(source[a:a_end], source[b:b_end], losses[i], target[out:])
            out += a_end - a + b_end - b
        row = 1 - row
        first[row, i + 2] = out
    return row


@_compiled
def _merge(ones: Any, twos: Any, more: Any, out: Any) -> None:
    """Merge a rising list with another to which ``more`` is added; no branch to guess wrong."""
    a, b, at = uint64(0), uint64(0), uint64(0)
    n_ones, n_twos = uint64(ones.shape[0]), uint64(twos.shape[0])
    while a < n_ones and b < n_twos:
        one, two = ones[a], twos[b] + more
        is_one = one <= two
        out[at] = one if is_one else two
        a += uint64(is_one)
        b += uint64(1) - uint64(is_one)
        at += uint64(1)
    while a < n_ones:
        out[at] = ones[a]
        a, at = a + uint64(1), at + uint64(1)
    while b < n_twos:
        out[at] = twos[b] + more
        b, at = b + uint64(1), at + uint64(1)


@_compiled
def _pairs_from(ones: Any, twos: Any, least: Any) -> Any:
    """Count pairs of two rising lists whose sum is at least ``least``."""
    n = twos.shape[0]
    if ones[-1] + twos[-1] < least:
        return 0
    if ones[0] + twos[0] >= least:
        return ones.shape[0] * n
    hits, at = 0, n
    for a in range(ones.shape[0]):
        while at > 0 and ones[a] + twos[at - 1] >= least:
            at -= 1
        hits += n - at
    return hits
