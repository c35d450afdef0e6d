"""How often other labellings of the experiments differ as much, voxel by voxel.

With L1 and L2 the summed losses of the groups, d = ALE1 - ALE2 = exp(-L2) - exp(-L1). Whatever the
labels, L1 + L2 = T stays the same at a voxel, and |d| grows with |2 L1 - T|. So
|d*| >= |d_observed| is the same as |2 L1* - T| >= |2 L1 - T|: a comparison of whole numbers, in
which ties are ties.

Only the experiments that cover a voxel matter there. For k of them all 2^k patterns are counted,
each weighing as much as there are labellings that look like it: C(n - k, n1 - j) / C(n, n1) for a
pattern with j of the k in the first group. The sums of either half of the experiments are sorted
and met in the middle (Horowitz and Sahni 1974, Journal of the ACM 21:277), so that 2^(k/2) steps
do for 2^k patterns.

Offers: ``enumerated_p``, ``permuted``, ``labellings``, ``MOST_ENUMERATED``.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numba
import numpy as np
from numba import uint64
from numpy.typing import NDArray

from asmr_stim.moderator.ale.coverage import Coverage
from asmr_stim.moderator.ale.lanes import add_sixteen, tally_sixteen

MOST_ENUMERATED = 24  # experiments over a voxel: twice 4,096 sums, met in the middle
BATCH = 256  # voxels whose tables lie in the processor's cache together
SET = 6  # experiments summed by one look-up in a table of 64
_LANES = 16

_compiled = numba.njit(cache=True, nogil=True, error_model="numpy")


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
    weights = _pattern_weights(len(in_first), int(in_first.sum()))
    p = np.full(len(cover.first) - 1, np.nan)
    order = np.argsort(cover.depth, kind="stable")
    parts = [order[start :: 8 * n_threads] for start in range(8 * n_threads)]
    with ThreadPoolExecutor(n_threads) as pool:
        for done in [pool.submit(_enumerate, cover, in_first, weights, part, p) for part in parts]:
            done.result()
    return p


def _pattern_weights(n: int, n_first: int) -> NDArray[np.float64]:
    """Return the share of labellings for each pattern, by experiments k and of them j in front."""
    weights = np.zeros((MOST_ENUMERATED + 1, MOST_ENUMERATED + 1))
    every = math.comb(n, n_first)
    for k in range(min(MOST_ENUMERATED, n) + 1):
        for j in range(min(k, n_first) + 1):
            weights[k, j] = math.comb(n - k, n_first - j) / every
    return weights


_HALF = MOST_ENUMERATED // 2
_HALF_SUMS = 1 << _HALF


@_compiled
def _enumerate(cover: Any, in_first: Any, weights: Any, voxels: Any, p: Any) -> None:
    """Give p to voxels: sums of either half of their experiments, met in the middle.

    A pattern and its opposite have the same distance |2 L1 - T|, one with a sum of at least
    (T + D) / 2 and the other with a sum of at most (T - D) / 2: only the first kind is counted.
    """
    low_sums = np.zeros((2, _HALF_SUMS), np.int64)
    high_sums = np.zeros((2, _HALF_SUMS), np.int64)
    low_first = np.zeros((2, _HALF + 2), np.int64)
    high_first = np.zeros((2, _HALF + 2), np.int64)
    for voxel in voxels:
        begin, end = cover.first[voxel], cover.first[voxel + 1]
        k = end - begin
        if k > MOST_ENUMERATED:
            continue
        total, first = 0, 0
        for at in range(begin, end):
            total += cover.loss[at]
            first += cover.loss[at] * in_first[cover.experiment[at]]
        observed = abs(2 * first - total)
        p[voxel] = 1.0
        if observed == 0:
            continue
        middle = begin + k // 2
        low = _subset_sums(cover.loss[begin:middle], low_sums, low_first)
        high = _subset_sums(cover.loss[middle:end], high_sums, high_first)
        p[voxel] = 0.0
        for i in range(k // 2 + 1):
            ones = low_sums[low, low_first[low, i] : low_first[low, i + 1]]
            for j in range(k - k // 2 + 1):
                twos = high_sums[high, high_first[high, j] : high_first[high, j + 1]]
                hits = _pairs_from(ones, twos, (total + observed) // 2)
                p[voxel] += hits * (weights[k, i + j] + weights[k, k - i - j])
        p[voxel] = min(p[voxel], 1.0)


@_compiled
def _subset_sums(losses: Any, sums: Any, first: Any) -> Any:
    """Sort the sums of all subsets by size of subset, then by sum; return the row they are in.

    Subsets of j of the first i + 1 losses are those of j of the first i, and those of j - 1 with
    one more: two rising lists that are merged into one.
    """
    row = 0
    sums[0, 0] = 0
    first[0, 0], first[0, 1] = 0, 1
    for i in range(losses.shape[0]):
        loss, other, out = losses[i], 1 - row, 0
        for j in range(i + 2):
            first[other, j] = out
            a = first[row, j] if j <= i else 0
            a_end = first[row, j + 1] if j <= i else 0
            b = first[row, j - 1] if j > 0 else 0
            b_end = first[row, j] if j > 0 else 0
            while a < a_end or b < b_end:
                if b == b_end or (a < a_end and sums[row, a] <= sums[row, b] + loss):
                    sums[other, out] = sums[row, a]
                    a += 1
                else:
                    sums[other, out] = sums[row, b] + loss
                    b += 1
                out += 1
        first[other, i + 2] = out
        row = other
    return row


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


def labellings(n: int, n_first: int, n_permutations: int, seed: int) -> NDArray[np.bool_]:
    """Return random labellings, each a function of seed and row alone.

    Parameters
    ----------
    n, n_first : int
        Experiments in all and in the first group.
    n_permutations : int
    seed : int

    Returns
    -------
    bool array, shape (n_permutations, n)
        True for the first group; n_first of them in each row.
    """
    rows = np.zeros((n_permutations, n), bool)
    for row, members in enumerate(rows):
        generator = np.random.Generator(np.random.Philox(key=seed, counter=row << 64))
        members[generator.permutation(n)[:n_first]] = True
    return rows


class Permuted(NamedTuple):
    """What random labellings gave.

    Attributes
    ----------
    reaching : int64 array, shape (n_voxels,)
        Labellings with |d*| >= |d| at each voxel.
    largest : float array, shape (n_permutations,)
        Largest |d*| of each labelling over all voxels.
    """

    reaching: NDArray[np.int64]
    largest: NDArray[np.float64]


def permuted(
    cover: Coverage,
    in_first: NDArray[np.bool_],
    rows: NDArray[np.bool_],
    units_per_nat: float,
    n_threads: int = 1,
) -> Permuted:
    """Return tail counts and maxima over labellings.

    Parameters
    ----------
    cover : Coverage
    in_first : bool array, shape (n_experiments,)
    rows : bool array, shape (n_permutations, n_experiments)
    units_per_nat : float
        Of the losses in ``cover``.
    n_threads : int
        Changes the time, not the result.
    """
    n_sets = -(-len(in_first) // SET)
    bits = np.zeros((len(rows), n_sets * SET), np.uint8)
    bits[:, : len(in_first)] = rows
    codes = np.packbits(bits.reshape(len(rows), n_sets, SET), axis=2, bitorder="little")[..., 0]
    voxels = _heaviest_first(cover)
    reaching = np.full(len(cover.first) - 1, len(rows), np.int64)
    largest = np.zeros((n_threads, len(rows)))
    n_batches = -(-len(voxels) // BATCH)
    with ThreadPoolExecutor(n_threads) as pool:
        tasks = [
            pool.submit(
                _permute,
                cover,
                in_first,
                np.ascontiguousarray(codes),
                units_per_nat,
                (voxels, np.arange(thread, n_batches, n_threads)),
                (reaching, largest[thread]),
            )
            for thread in range(n_threads)
        ]
        for task in tasks:
            task.result()
    return Permuted(reaching, largest.max(axis=0))


def _heaviest_first(cover: Coverage) -> NDArray[np.int64]:
    """Return the covered voxels, those with the largest summed loss first."""
    running = np.concatenate([[0], np.cumsum(cover.loss, dtype=np.int64)])
    total = running[cover.first[1:]] - running[cover.first[:-1]]
    covered = np.flatnonzero(total)
    return covered[np.argsort(-total[covered], kind="stable")]


@_compiled
def _permute(cover: Any, in_first: Any, codes: Any, units: Any, where: Any, out: Any) -> None:
    """Go through all labellings for batches of voxels.

    The bound |d| <= |2 L1 - T|, in nats, spares the exponentials wherever it lies below the largest
    |d| that the labelling had so far; it is widened by a rounding error, so that the order of the
    voxels cannot matter.
    """
    voxels, batches = where
    reaching, largest = out
    n_sets = codes.shape[1]
    tables = np.zeros(n_sets * (1 << SET) * BATCH, np.int32)
    totals, observed = np.zeros(BATCH, np.int32), np.zeros(BATCH, np.int32)
    counts, sums = np.zeros(BATCH, np.int32), np.zeros(BATCH, np.int32)
    top = np.zeros(_LANES, np.int32)
    for batch in batches:
        these = voxels[batch * BATCH : (batch + 1) * BATCH]
        _fill_tables(cover, in_first, these, tables, totals, observed)
        counts[:] = 0
        for row in range(codes.shape[0]):
            _look_up(codes, row, tables, sums)
            top[:] = 0
            for lane in range(0, BATCH, _LANES):
                tally_sixteen(sums, totals, observed, counts, top, uint64(lane))
            highest = 0
            for lane in range(_LANES):
                highest = max(highest, top[lane])
            if highest / units * (1.0 + 1e-9) > largest[row]:
                _refine(sums, totals, units, row, largest)
        for i in range(these.shape[0]):
            reaching[these[i]] = counts[i]


@_compiled
def _look_up(codes: Any, row: Any, tables: Any, sums: Any) -> None:
    """Add up the first group's losses from one table entry for each set of experiments."""
    sums[:] = 0
    for s in range(codes.shape[1]):
        start = uint64((s << SET) + codes[row, s]) * uint64(BATCH)
        for lane in range(0, BATCH, _LANES):
            add_sixteen(sums, uint64(lane), tables, start + uint64(lane))


@_compiled
def _refine(sums: Any, totals: Any, units: Any, row: Any, largest: Any) -> None:
    """Raise the largest |d| of a labelling by the voxels of a batch that may exceed it."""
    for i in range(BATCH):
        if abs(2 * sums[i] - totals[i]) / units * (1.0 + 1e-9) > largest[row]:
            second = (totals[i] - sums[i]) / units
            difference = abs(np.exp(-second) - np.exp(-sums[i] / units))
            largest[row] = max(largest[row], difference)


@_compiled
def _fill_tables(
    cover: Any, in_first: Any, these: Any, tables: Any, totals: Any, observed: Any
) -> None:
    """Write the sums over all subsets of each set of experiments, for a batch of voxels."""
    tables[:] = 0
    totals[:] = 0
    observed[:] = 1  # no distance of an empty place reaches it
    for i in range(these.shape[0]):
        total, first = 0, 0
        for at in range(cover.first[these[i]], cover.first[these[i] + 1]):
            e, loss = cover.experiment[at], cover.loss[at]
            total += loss
            first += loss * in_first[e]
            tables[(((e // SET) << SET) + (1 << (e % SET))) * BATCH + i] = loss
        totals[i] = total
        observed[i] = abs(2 * first - total)
    for s in range(tables.shape[0] // BATCH >> SET):
        for code in range(1, 1 << SET):
            rest = code & (code - 1)
            if rest == 0:
                continue
            here = uint64((s << SET) + code) * uint64(BATCH)
            for part in (rest, code ^ rest):
                start = uint64((s << SET) + part) * uint64(BATCH)
                for lane in range(0, BATCH, _LANES):
                    add_sixteen(tables, here + uint64(lane), tables, start + uint64(lane))
